package history

import (
	"fmt"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// namespaces are what commands of scripts can name, beside one that there is not.
var namespaces = Namespaces{Own: "home", Others: map[string]orchestration.NamespaceID{"abroad": {8}}}

// testParent is the parent of runs that scripts start as children.
var testParent = &Parent{
	Namespace: orchestration.NamespaceID{8}, Name: "abroad", WorkflowID: "p", RunID: orchestration.RunID{4}, Initiated: 5, RootID: "r", Root: orchestration.RunID{5},
}

// childRun is the run id of the n-th child that a test starts, from 1.
func childRun(n int) orchestration.RunID { return orchestration.RunID{0xc0, byte(n >> 8), byte(n)} }

// childRuns are ids for the children of one completion.
func (s *stage) childRuns() (ids []orchestration.RunID) {
	for range 5 {
		s.begun++
		ids = append(ids, childRun(s.begun))
	}
	return ids
}

var effectNames = map[EffectKind]string{
	StartChild: "start-child", SignalExternal: "signal-external", CancelExternal: "cancel-external",
	TerminateChild: "terminate-child", CancelChild: "cancel-child", ReportClose: "report-close", AskClose: "ask-close",
}

func (s *stage) printEffect(id orchestration.EventID) string {
	e, ok := s.run.Effect(id)
	if !ok {
		s.t.Fatalf("effect %d was announced and cannot be sent", id)
	}
	text := fmt.Sprintf("%d %s to %s", e.ID, effectNames[e.Kind], e.Target.WorkflowID)
	if !e.Target.RunID.IsZero() {
		text += " run " + e.Target.RunID.String()[:8]
	}
	if e.Target.Namespace != testKey.Namespace {
		text += " in another namespace"
	}
	if e.Origin != s.run.Key.RunID {
		text += " as decided by run " + e.Origin.String()
	}
	if e.Tries > 0 {
		text += fmt.Sprintf(" after %d tries", e.Tries)
	}
	return text
}

var outcomeWords = map[string]Outcome{
	"done": EffectDone, "no-workflow": EffectNoWorkflow, "exists": EffectExists, "no-namespace": EffectNoNamespace, "too-many": EffectTooMany,
}

func (l line) id() orchestration.EventID {
	id := orchestration.EventID(0)
	if _, err := fmt.Sscan(l.word(0), &id); err != nil {
		l.t.Fatal(err)
	}
	return id
}

func playEnd(s *stage, l line, _ []string) {
	s.report(s.run.EndEffect(l.id(), outcomeWords[l.word(1)], s.now), nil)
}

func playPutOff(s *stage, l line, _ []string) {
	for range max(l.int("times"), 1) {
		if tr := s.run.Fire(s.run.NextTimer(), s.nextID()); tr.Changed {
			s.twin.follow(s.t, s.run, tr)
		}
		s.report(s.run.PutOffEffect(l.id(), 0.5, s.now), nil)
	}
}

// playChildClosed has a child tell how it ended: the one that was started by the given event.
func playChildClosed(s *stage, l line, _ []string) {
	in := ChildClosed{Initiated: l.id(), Close: closingEvent(s.t, l), RunID: orchestration.RunID{0xce}}
	if c := s.run.children[in.Initiated]; c != nil {
		in.First = c.RunID
	}
	if e := s.run.effects[in.Initiated]; e != nil {
		in.First = e.RunID
	}
	if l.has("other") {
		in.First = orchestration.RunID{0xff}
	}
	s.report(s.run.ChildClosed(in, s.now), nil)
}

func closingEvent(t *testing.T, l line) *historypb.HistoryEvent {
	switch l.word(1) {
	case "completed":
		return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, Attributes: &historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
			WorkflowExecutionCompletedEventAttributes: &historypb.WorkflowExecutionCompletedEventAttributes{Result: text(l.pairs["result"])},
		}}
	case "failed":
		return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
			WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{
				Failure: &failurepb.Failure{Message: l.pairs["message"]}, RetryState: enumspb.RETRY_STATE_RETRY_POLICY_NOT_SET,
			},
		}}
	case "canceled":
		return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, Attributes: &historypb.HistoryEvent_WorkflowExecutionCanceledEventAttributes{
			WorkflowExecutionCanceledEventAttributes: &historypb.WorkflowExecutionCanceledEventAttributes{Details: text(l.pairs["details"])},
		}}
	case "timed-out":
		return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, Attributes: &historypb.HistoryEvent_WorkflowExecutionTimedOutEventAttributes{
			WorkflowExecutionTimedOutEventAttributes: &historypb.WorkflowExecutionTimedOutEventAttributes{RetryState: enumspb.RETRY_STATE_TIMEOUT},
		}}
	case "terminated":
		return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, Attributes: &historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes{
			WorkflowExecutionTerminatedEventAttributes: &historypb.WorkflowExecutionTerminatedEventAttributes{},
		}}
	}
	t.Fatalf("no child ends as %q", l.word(1))
	return nil
}

func playChildren(s *stage, _ line, _ []string) {
	for _, c := range s.run.PendingChildren() {
		s.printf("%s", printMessage(c.ProtoReflect()))
	}
}

// source is a run whose effects reach this one.
var source = &commonpb.WorkflowExecution{WorkflowId: "p", RunId: testParent.RunID.String()}

func playSignalFrom(s *stage, l line, _ []string) {
	s.report(s.run.Signal(Signal{Name: l.word(0), RequestID: l.pairs["request"], Source: source}, s.now))
}

func playCancelFrom(s *stage, l line, _ []string) {
	s.report(s.run.RequestCancel(Cancel{Reason: l.word(0), RequestID: l.pairs["request"], Source: source, Initiated: 7}, s.now))
}

func childWord(l line) *commandpb.Command {
	a := &commandpb.StartChildWorkflowExecutionCommandAttributes{
		WorkflowId: l.word(0), WorkflowType: &commonpb.WorkflowType{Name: "Part"}, Namespace: l.pairs["namespace"], Input: text(l.pairs["input"]),
		WorkflowRunTimeout: l.optional("run-timeout"), WorkflowIdReusePolicy: enumspb.WorkflowIdReusePolicy(l.int("reuse")),
		ParentClosePolicy: map[string]enumspb.ParentClosePolicy{
			"terminate": enumspb.PARENT_CLOSE_POLICY_TERMINATE, "cancel": enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
			"abandon": enumspb.PARENT_CLOSE_POLICY_ABANDON, "wrong": 77,
		}[l.pairs["policy"]],
	}
	if l.has("untyped") {
		a.WorkflowType = nil
	}
	if queue := l.pairs["queue"]; queue != "" {
		a.TaskQueue = &taskqueuepb.TaskQueue{Name: queue}
	}
	return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION, Attributes: &commandpb.Command_StartChildWorkflowExecutionCommandAttributes{StartChildWorkflowExecutionCommandAttributes: a}}
}

func signalExternalWord(l line) *commandpb.Command {
	a := &commandpb.SignalExternalWorkflowExecutionCommandAttributes{
		Execution: &commonpb.WorkflowExecution{WorkflowId: l.word(0), RunId: l.pairs["run"]}, SignalName: l.pairs["name"], Namespace: l.pairs["namespace"],
		Input: text(l.pairs["input"]), Control: l.pairs["control"], ChildWorkflowOnly: l.has("child-only"),
	}
	return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION, Attributes: &commandpb.Command_SignalExternalWorkflowExecutionCommandAttributes{SignalExternalWorkflowExecutionCommandAttributes: a}}
}

func cancelExternalWord(l line) *commandpb.Command {
	a := &commandpb.RequestCancelExternalWorkflowExecutionCommandAttributes{
		WorkflowId: l.word(0), RunId: l.pairs["run"], Namespace: l.pairs["namespace"], Control: l.pairs["control"], Reason: l.pairs["reason"], ChildWorkflowOnly: l.has("child-only"),
	}
	return &commandpb.Command{CommandType: enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION, Attributes: &commandpb.Command_RequestCancelExternalWorkflowExecutionCommandAttributes{RequestCancelExternalWorkflowExecutionCommandAttributes: a}}
}
