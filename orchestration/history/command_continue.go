package history

import (
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

func judgeContinueAsNew(p *plan, c *commandpb.Command) *refusal {
	a := c.GetContinueAsNewWorkflowExecutionCommandAttributes()
	if a == nil {
		return refuse(c, "ContinueAsNewWorkflowExecutionCommandAttributes is not set on ContinueAsNewWorkflowExecutionCommand.")
	}
	for _, n := range []named{{"WorkflowType", a.WorkflowType.GetName()}, {"TaskQueue", a.TaskQueue.GetName()}, {"CronSchedule", a.CronSchedule}} {
		if bad := judgeLength(c, n); bad != nil {
			return bad
		}
	}
	for field, d := range map[string]*durationpb.Duration{
		"WorkflowRunTimeout": a.WorkflowRunTimeout, "WorkflowTaskTimeout": a.WorkflowTaskTimeout, "BackoffStartInterval": a.BackoffStartInterval,
	} {
		if badDuration(d) {
			return refuse(c, "%s cannot be negative on ContinueAsNewWorkflowExecutionCommand.", field)
		}
	}
	if bad := badRetryPolicy(a.RetryPolicy); bad != "" {
		return refuse(c, "%s", bad)
	}
	if a.CronSchedule != "" {
		if _, err := ParseCron(a.CronSchedule); err != nil {
			return refuse(c, "CronSchedule %q is not one: %v.", a.CronSchedule, err)
		}
	}
	return p.judgeCarried(c, a)
}

// judgeCarried refuses a memo or search attributes that no run could start with.
func (p *plan) judgeCarried(c *commandpb.Command, a *commandpb.ContinueAsNewWorkflowExecutionCommandAttributes) *refusal {
	if size := proto.Size(a.Memo); size > orchestration.MaxMemoSize {
		return refuse(c, "the memo has %d bytes, the limit is %d", size, orchestration.MaxMemoSize)
	}
	if size := proto.Size(a.SearchAttributes); size > orchestration.MaxSearchAttributeSize {
		return refuse(c, "search attributes have %d bytes, the limit is %d", size, orchestration.MaxSearchAttributeSize)
	}
	return p.judgeSearch(c, a.SearchAttributes.GetIndexedFields())
}

// continueAsNew closes the run and has the next one begin with what the command says. What it leaves out is as it was in this run, but for
// the input.
func continueAsNew(o *orders, c *commandpb.Command) {
	a := c.GetContinueAsNewWorkflowExecutionCommandAttributes()
	next := o.continuation(a)
	o.closeRun(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionContinuedAsNewEventAttributes{
			WorkflowExecutionContinuedAsNewEventAttributes: &historypb.WorkflowExecutionContinuedAsNewEventAttributes{
				NewExecutionRunId:            o.followedBy(next),
				WorkflowType:                 &commonpb.WorkflowType{Name: next.Type},
				TaskQueue:                    normalQueue(next.TaskQueue),
				Input:                        next.Input,
				WorkflowRunTimeout:           durationpb.New(next.runTimeout()),
				WorkflowTaskTimeout:          durationpb.New(next.taskTimeout()),
				WorkflowTaskCompletedEventId: o.completedID,
				BackoffStartInterval:         durationpb.New(next.StartDelay),
				Initiator:                    next.Chain.Initiator,
				Failure:                      next.Chain.Failure,
				LastCompletionResult:         next.Chain.LastResult,
				Header:                       next.Header,
				Memo:                         next.Memo,
				SearchAttributes:             next.SearchAttributes,
			},
		},
	})
}

// continuation is the run that the command describes.
func (s *step) continuation(a *commandpb.ContinueAsNewWorkflowExecutionCommandAttributes) *StartRun {
	why := a.Initiator
	if why == enumspb.CONTINUE_AS_NEW_INITIATOR_UNSPECIFIED {
		why = enumspb.CONTINUE_AS_NEW_INITIATOR_WORKFLOW
	}
	next := s.another(why)
	next.Input, next.Header, next.Chain.Failure = a.Input, a.Header, a.Failure
	next.StartDelay = capped(a.BackoffStartInterval)
	if why == enumspb.CONTINUE_AS_NEW_INITIATOR_RETRY {
		next.Chain.Attempt = s.run.Header.attempt() + 1
	}
	overlay(&next.Type, a.WorkflowType.GetName())
	overlay(&next.TaskQueue, a.TaskQueue.GetName())
	overlay(&next.CronSchedule, a.CronSchedule)
	overlay(&next.RunTimeout, capped(a.WorkflowRunTimeout))
	overlay(&next.TaskTimeout, capped(a.WorkflowTaskTimeout))
	overlay(&next.RetryPolicy, a.RetryPolicy)
	overlay(&next.Memo, a.Memo)
	overlay(&next.SearchAttributes, a.SearchAttributes)
	overlay(&next.Chain.LastResult, a.LastCompletionResult)
	return next
}

// overlay sets the field to a value that is set.
func overlay[T comparable](field *T, value T) {
	var unset T
	if value != unset {
		*field = value
	}
}

// longest is what a longer wait is taken for, so that moments stay far from overflow.
const longest = 100 * 365 * 24 * time.Hour

// capped is a duration that is at most longest.
func capped(d *durationpb.Duration) time.Duration { return min(d.AsDuration(), longest) }
