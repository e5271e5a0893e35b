package acceptance

import (
	"errors"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

// startAgain starts a workflow under an id that was used before.
func (l *lab) startAgain(id string, reuse enumspb.WorkflowIdReusePolicy, conflict enumspb.WorkflowIdConflictPolicy) (client.WorkflowRun, error) {
	return l.client.ExecuteWorkflow(l.ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: l.queue, WorkflowIDReusePolicy: reuse, WorkflowIDConflictPolicy: conflict,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, "flow", true)
}

func TestIDReuseOfAClosedRun(t *testing.T) {
	const (
		completed = true
		failed    = false
	)
	for name, c := range map[string]struct {
		policy  enumspb.WorkflowIdReusePolicy
		before  bool
		allowed bool
	}{
		"duplicate after success":        {enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, completed, true},
		"failed only after success":      {enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, completed, false},
		"failed only after failure":      {enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, failed, true},
		"reject duplicate after failure": {enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, failed, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.work(code{"flow": func(_ workflow.Context, well bool) error {
				if !well {
					return errors.New("failed on request")
				}
				return nil
			}}, nil)
			first := l.start("flow", c.before)
			if err := first.Get(l.ctx, nil); (err == nil) != c.before {
				t.Fatal(err)
			}
			second, err := l.startAgain(first.GetID(), c.policy, enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED)
			if c.allowed {
				l.must(err)
				if second.GetRunID() == first.GetRunID() {
					t.Error("no new run")
				}
				l.must(second.Get(l.ctx, nil))
				return
			}
			l.wantAlreadyStarted(err, first.GetRunID())
		})
	}
}

func (l *lab) wantAlreadyStarted(err error, runID string) {
	l.Helper()
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if !errors.As(err, &started) {
		l.Fatalf("got %T %v, want WorkflowExecutionAlreadyStarted", err, err)
	}
	equal(l.T, "run id in the error", started.RunId, runID)
}

func TestIDConflictWithAnOpenRun(t *testing.T) {
	reuse := enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	t.Run("fail", func(t *testing.T) {
		l := newLab(t)
		first := l.start("flow", true)
		_, err := l.startAgain(first.GetID(), reuse, enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
		l.wantAlreadyStarted(err, first.GetRunID())
	})
	t.Run("use existing", func(t *testing.T) {
		l := newLab(t)
		first := l.start("flow", true)
		second, err := l.startAgain(first.GetID(), reuse, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
		l.must(err)
		equal(t, "run", second.GetRunID(), first.GetRunID())
	})
	t.Run("terminate existing", func(t *testing.T) {
		l := newLab(t)
		first := l.start("flow", true)
		second, err := l.startAgain(first.GetID(), reuse, enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING)
		l.must(err)
		if second.GetRunID() == first.GetRunID() {
			t.Error("no new run")
		}
		equal(t, "old run", l.describe(first).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED)
		equal(t, "new run", l.describe(second).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	})
}

func TestRepeatedStartRequestIsOneRun(t *testing.T) {
	l := newLab(t)
	request := l.startRequest()
	first, err := l.service().StartWorkflowExecution(l.ctx, request)
	l.must(err)
	again, err := l.service().StartWorkflowExecution(l.ctx, request)
	l.must(err)
	equal(t, "run of the repeated request", again.RunId, first.RunId)
	request.RequestId += "-another"
	_, err = l.service().StartWorkflowExecution(l.ctx, request)
	l.wantAlreadyStarted(err, first.RunId)
}
