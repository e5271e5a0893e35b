package acceptance

import (
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

// twoSignals returns the payloads of two signals.
func twoSignals(ctx workflow.Context) ([]string, error) {
	var got []string
	for range 2 {
		var s string
		workflow.GetSignalChannel(ctx, "s").Receive(ctx, &s)
		got = append(got, s)
	}
	return got, nil
}

func TestSignalWithStartStartsOnce(t *testing.T) {
	l := newLab(t)
	o := client.StartWorkflowOptions{ID: l.newID(), TaskQueue: l.queue}
	first, err := l.client.SignalWithStartWorkflow(l.ctx, o.ID, "s", "one", o, "flow")
	l.must(err)
	second, err := l.client.SignalWithStartWorkflow(l.ctx, o.ID, "s", "two", o, "flow")
	l.must(err)
	equal(t, "run", second.GetRunID(), first.GetRunID())
	l.work(code{"flow": twoSignals}, nil)
	got := result[[]string](l, first)
	if len(got) != 2 || got[0] != "one" || got[1] != "two" {
		t.Errorf("signals %v", got)
	}
	l.wantShape(first, `WorkflowExecutionStarted WorkflowExecutionSignaled WorkflowTaskScheduled WorkflowExecutionSignaled
		WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted`)
}

func TestSignalWithStartAfterTheEnd(t *testing.T) {
	l := newLab(t)
	o := client.StartWorkflowOptions{ID: l.newID(), TaskQueue: l.queue}
	first, err := l.client.SignalWithStartWorkflow(l.ctx, o.ID, "s", "one", o, "flow")
	l.must(err)
	l.must(l.client.TerminateWorkflow(l.ctx, o.ID, "", "the end"))
	o.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	_, err = l.client.SignalWithStartWorkflow(l.ctx, o.ID, "s", "two", o, "flow")
	l.wantAlreadyStarted(err, first.GetRunID())
	o.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	second, err := l.client.SignalWithStartWorkflow(l.ctx, o.ID, "s", "two", o, "flow")
	l.must(err)
	if second.GetRunID() == first.GetRunID() {
		t.Error("no new run")
	}
}

// TestEagerStartNeedsNoPoll: the client's own worker gets the first workflow task with the answer to the start.
func TestEagerStartNeedsNoPoll(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(workflow.Context) (string, error) { return "done", nil }}, nil)
	run := l.startWith(client.StartWorkflowOptions{EnableEagerStart: true}, "flow")
	equal(t, "result", result[string](l, run), "done")
	request := l.startRequest()
	request.RequestEagerExecution = true
	resp, err := l.service().StartWorkflowExecution(l.ctx, request)
	l.must(err)
	task := resp.GetEagerWorkflowTask()
	if len(task.GetTaskToken()) == 0 || task.GetWorkflowExecution().GetRunId() != resp.GetRunId() || len(task.GetHistory().GetEvents()) != 3 {
		t.Errorf("task %v", task)
	}
	again, err := l.service().StartWorkflowExecution(l.ctx, request)
	l.must(err)
	equal(t, "token of the repeated start's task", string(again.GetEagerWorkflowTask().GetTaskToken()), string(task.GetTaskToken()))
}
