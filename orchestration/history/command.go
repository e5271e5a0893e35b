package history

import (
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// rule is how one type of command is judged and obeyed.
type rule struct {
	cause  enumspb.WorkflowTaskFailedCause // of the task's failure when the command is bad
	closes bool
	judge  func(p *plan, c *commandpb.Command) *refusal
	obey   func(o *orders, c *commandpb.Command)
}

// rules are the commands that this state machine obeys.
var rules map[enumspb.CommandType]rule

func init() { // an initialiser of the variable would be a cycle: judges refer to the rules' causes
	rules = map[enumspb.CommandType]rule{
		enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:                     {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, judge: judgeScheduleActivity, obey: scheduleActivity},
		enumspb.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:               {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES, judge: judgeCancelActivity, obey: cancelActivity},
		enumspb.COMMAND_TYPE_START_TIMER:                                {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES, judge: judgeStartTimer, obey: startTimer},
		enumspb.COMMAND_TYPE_CANCEL_TIMER:                               {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES, judge: judgeCancelTimer, obey: cancelTimer},
		enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:                {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES, closes: true, judge: judgeCompleteRun, obey: completeRun},
		enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:                    {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES, closes: true, judge: judgeFailRun, obey: failRun},
		enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:                  {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES, closes: true, judge: judgeCancelRun, obey: cancelRun},
		enumspb.COMMAND_TYPE_RECORD_MARKER:                              {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, judge: judgeMarker, obey: recordMarker},
		enumspb.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:          {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, judge: judgeUpsertSearch, obey: upsertSearch},
		enumspb.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:                 {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES, judge: judgeModifyProperties, obey: modifyProperties},
		enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:             {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES, judge: judgeStartChild, obey: startChild},
		enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:         {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES, judge: judgeSignalExternal, obey: signalExternal},
		enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION: {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES, judge: judgeCancelExternal, obey: cancelExternal},
		enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE:                           {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE, judge: judgeMessage, obey: passMessage},
		enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:         {cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES, closes: true, judge: judgeContinueAsNew, obey: continueAsNew},
	}
}

// refusal is why a command cannot be applied.
type refusal struct {
	cause   enumspb.WorkflowTaskFailedCause
	message string
}

// refuse makes a refusal with the usual cause of the command's type.
func refuse(c *commandpb.Command, format string, args ...any) *refusal {
	return &refusal{cause: rules[c.CommandType].cause, message: fmt.Sprintf(format, args...)}
}

// plan is what the commands of one completion would do to the state, as far as later commands of the same completion depend on it.
type plan struct {
	run        *Run
	activities map[string]bool                // scheduled by this completion
	gone       map[orchestration.EventID]bool // activities whose cancellation this completion requests
	timers     map[string]bool                // true: started by this completion, false: canceled by it
	pending    int                            // activities
	timing     int                            // timers
	children   int                            // pending
	signals    int                            // to other runs, pending
	cancels    int                            // of other runs, pending
	memo       memo
	search     searchAttrs
	updates    map[string]UpdateStage // those that this completion answers
	replies    inbox                  // all messages
	inbox      inbox                  // messages not yet judged
	writes     bool                   // a message becomes an event or an item
	attributes search.Attributes      // that commands can set
	closes     bool
}

// plan judges all commands and messages before any is applied. An error refuses the completion as such, a refusal fails the workflow task.
func (r *Run) plan(in CompleteWorkflowTask) (*plan, *refusal, error) {
	p := &plan{
		run: r, activities: map[string]bool{}, gone: map[orchestration.EventID]bool{}, timers: map[string]bool{},
		pending: len(r.activityIDs), timing: len(r.timerIDs), children: len(r.children), signals: len(r.externals) - r.cancels, cancels: r.cancels, memo: r.memo, search: r.search, updates: map[string]UpdateStage{},
		attributes: in.Attributes,
	}
	first := p.open(in.Messages)
	note := func(bad *refusal) {
		if first == nil {
			first = bad
		}
	}
	for _, c := range in.Commands {
		if rules[c.GetCommandType()].closes {
			note(p.judgeRest(in.Commands))
		}
		bad, err := p.judge(c)
		if err != nil {
			return nil, nil, err
		}
		note(bad)
	}
	note(p.judgeRest(in.Commands))
	return p, first, nil
}

func (p *plan) judge(c *commandpb.Command) (*refusal, error) {
	if unbuilt[c.GetCommandType()] {
		return &refusal{
			cause:   enumspb.WORKFLOW_TASK_FAILED_CAUSE_FEATURE_DISABLED,
			message: fmt.Sprintf("command %v is not supported by this server", c.CommandType),
		}, nil
	}
	rule, known := rules[c.GetCommandType()]
	if !known {
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "Unknown command type: %v", c.GetCommandType())
	}
	if p.closes {
		return refuse(c, "command %v follows a command that closes the workflow execution", c.CommandType), nil
	}
	if bad := rule.judge(p, c); bad != nil {
		return bad, nil
	}
	if size := proto.Size(c); size > orchestration.MaxPayloadSize {
		return &refusal{
			cause:   enumspb.WORKFLOW_TASK_FAILED_CAUSE_PAYLOADS_TOO_LARGE,
			message: fmt.Sprintf("command %v has %d bytes, the limit is %d", c.CommandType, size, orchestration.MaxPayloadSize),
		}, nil
	}
	p.closes = rule.closes
	return nil, nil
}

// unbuilt are commands of the protocol that this server does not obey.
var unbuilt = map[enumspb.CommandType]bool{
	enumspb.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION:       true,
	enumspb.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION: true,
}

// orders are commands being obeyed.
type orders struct {
	*step
	completedID orchestration.EventID // of WorkflowTaskCompleted
	identity    string                // of the worker
	inbox       inbox                 // messages not yet obeyed
	namespaces  Namespaces
	childRuns   []orchestration.RunID // not yet used
	eager       []orchestration.EventID
}

// obey applies commands and messages that plan accepted, after WorkflowTaskCompleted. What they cause beyond their own events is buffered until
// all are applied, because SDKs expect the events of commands side by side. Messages that no command asks for come last, but before a command that
// closes the run. It returns the activities that asked for eager execution.
func (s *step) obey(in CompleteWorkflowTask, p *plan) []orchestration.EventID {
	o := &orders{step: s, completedID: s.run.Header.NextEventID - 1, identity: in.Identity, inbox: p.replies, namespaces: in.Namespaces, childRuns: in.ChildRuns}
	s.holding = true
	for _, c := range in.Commands {
		if rules[c.CommandType].closes {
			o.heedRest(in.Commands)
		}
		rules[c.CommandType].obey(o, c)
	}
	o.heedRest(in.Commands)
	s.holding = false
	return o.eager
}

// record appends the event of a command.
func (o *orders) record(c *commandpb.Command, ev *historypb.HistoryEvent) {
	ev.UserMetadata, ev.EventGroupMarkers = c.UserMetadata, c.EventGroupMarkers
	o.append(ev)
}
