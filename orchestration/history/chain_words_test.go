package history

import (
	"strings"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
)

// chain reads the words of a start that are about the runs that follow.
func (s *stage) chain(l line, in *StartRun) {
	in.CronSchedule = strings.ReplaceAll(l.pairs["cron"], "_", " ")
	in.Input = text(l.pairs["input"])
	if l.pairs["attempts"]+l.pairs["initial"]+l.pairs["never"] != "" {
		in.RetryPolicy = retryWords(l)
	}
	if name := l.pairs["signal"]; name != "" {
		in.Signal = &Signal{Name: name, RequestID: in.RequestID, Identity: "client"}
	}
}

// retryWords reads a retry policy.
func retryWords(l line) *commonpb.RetryPolicy {
	p := &commonpb.RetryPolicy{MaximumAttempts: int32(l.int("attempts")), InitialInterval: l.optional("initial"), MaximumInterval: l.optional("maximum")}
	if never := l.pairs["never"]; never != "" {
		p.NonRetryableErrorTypes = strings.Split(never, ",")
	}
	return p
}

// playNext begins the run that follows the one that closed, as its owner does in the same commit.
func playNext(s *stage, _ line, _ []string) {
	if s.next == nil {
		s.t.Fatal("no run follows")
	}
	s.start(*s.next)
}

// playStatus prints what clients see of the run and its place in the chain.
func playStatus(s *stage, _ line, _ []string) {
	info := s.run.Info()
	s.printf("%v first=%s start=%s execution=%s", info.Status, info.FirstRunId, offset(info.StartTime.AsTime()), offset(info.ExecutionTime.AsTime()))
	for _, p := range info.AutoResetPoints.GetPoints() {
		s.printf("build %s %s from event %d of run %s, %s", p.BuildId, p.BinaryChecksum, p.FirstWorkflowTaskCompletedId, p.RunId, offset(p.CreateTime.AsTime()))
	}
	if at := s.run.Extended().ExecutionExpirationTime; at != nil {
		s.printf("the execution expires at %s", offset(at.AsTime()))
	}
	if at := s.run.Extended().RunExpirationTime; at != nil {
		s.printf("the run expires at %s", offset(at.AsTime()))
	}
}

func continueWord(l line) *commandpb.Command {
	a := &commandpb.ContinueAsNewWorkflowExecutionCommandAttributes{
		Input: text(l.pairs["input"]), WorkflowRunTimeout: l.optional("run-timeout"), WorkflowTaskTimeout: l.optional("task-timeout"),
		BackoffStartInterval: l.optional("backoff"), CronSchedule: strings.ReplaceAll(l.pairs["cron"], "_", " "),
		LastCompletionResult: text(l.pairs["last"]),
	}
	if name := l.pairs["type"]; name != "" {
		a.WorkflowType = &commonpb.WorkflowType{Name: name}
	}
	if name := l.pairs["queue"]; name != "" {
		a.TaskQueue = &taskqueuepb.TaskQueue{Name: name}
	}
	if k, v, ok := strings.Cut(l.pairs["memo"], ":"); ok {
		a.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{k: payload(v)}}
	}
	if _, ok := l.pairs["attempts"]; ok {
		a.RetryPolicy = retryWords(l)
	}
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
		Attributes:  &commandpb.Command_ContinueAsNewWorkflowExecutionCommandAttributes{ContinueAsNewWorkflowExecutionCommandAttributes: a},
	}
}
