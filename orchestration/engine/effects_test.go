package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func startChild(id string, policy enumspb.ParentClosePolicy) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_StartChildWorkflowExecutionCommandAttributes{
			StartChildWorkflowExecutionCommandAttributes: &commandpb.StartChildWorkflowExecutionCommandAttributes{
				WorkflowId: id, WorkflowType: &commonpb.WorkflowType{Name: "Child"}, Input: text("input of " + id), ParentClosePolicy: policy,
			},
		},
	}
}

func signalOther(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_SignalExternalWorkflowExecutionCommandAttributes{
			SignalExternalWorkflowExecutionCommandAttributes: &commandpb.SignalExternalWorkflowExecutionCommandAttributes{
				Execution: &commonpb.WorkflowExecution{WorkflowId: id}, SignalName: "go", ChildWorkflowOnly: true,
			},
		},
	}
}

// family is workflow code: a parent starts its children, signals each that has started, and completes when all have; a child completes when it is signaled.
type family struct{ children []string }

func (f family) decide(task *engine.WorkflowTask) (commands []*commandpb.Command) {
	if task.Type == "Child" {
		if slices.Contains(kinds(task.History), "WorkflowExecutionSignaled") {
			return []*commandpb.Command{completeWorkflow()}
		}
		return nil
	}
	names, signaled, ended, begun := map[int64]string{}, map[string]bool{}, 0, false
	for _, ev := range task.History {
		switch ev.EventType {
		case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
			names[ev.EventId], begun = ev.GetStartChildWorkflowExecutionInitiatedEventAttributes().WorkflowId, true
		case enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
			signaled[ev.GetSignalExternalWorkflowExecutionInitiatedEventAttributes().WorkflowExecution.WorkflowId] = true
		case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
			if id := names[ev.GetChildWorkflowExecutionStartedEventAttributes().InitiatedEventId]; !signaled[id] {
				commands = append(commands, signalOther(id))
			}
		case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
			ended++
		}
	}
	switch {
	case !begun:
		for _, id := range f.children {
			commands = append(commands, startChild(id, enumspb.PARENT_CLOSE_POLICY_TERMINATE))
		}
	case ended == len(f.children):
		commands = []*commandpb.Command{completeWorkflow()}
	default: // a child is signaled once, also when it was seen to start only now
		commands = slices.DeleteFunc(commands, func(c *commandpb.Command) bool {
			return signaled[c.GetSignalExternalWorkflowExecutionCommandAttributes().Execution.WorkflowId]
		})
	}
	return commands
}

// live answers workflow tasks until ctx ends, whatever fails.
func (f family) live(ctx context.Context, e *engine.Engine) {
	for ctx.Err() == nil {
		task, err := e.PollWorkflowTask(ctx, engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
		if err != nil || task == nil {
			continue
		}
		token, err := orchestration.DecodeTaskToken(task.Token, orchestration.WorkflowTask)
		if err == nil {
			stubbornly(ctx, func() error {
				_, err := e.CompleteWorkflowTask(ctx, engine.WorkflowTaskAnswer{Token: token, Answer: history.CompleteWorkflowTask{Commands: f.decide(task)}})
				return err
			})
		}
	}
}

// checkFamily: each child was started once, signaled once and has ended once, as its parent and as the child itself have it.
func (f family) check(t *testing.T, parent []*historypb.HistoryEvent, child func(id string) []*historypb.HistoryEvent) {
	t.Helper()
	for kind, want := range map[string]int{
		"StartChildWorkflowExecutionInitiated": len(f.children), "ChildWorkflowExecutionStarted": len(f.children), "ChildWorkflowExecutionCompleted": len(f.children),
		"ExternalWorkflowExecutionSignaled": len(f.children), "StartChildWorkflowExecutionFailed": 0, "SignalExternalWorkflowExecutionFailed": 0,
	} {
		if got := countKind(parent, kind); got != want {
			t.Errorf("the parent has %d of %s, want %d", got, kind, want)
		}
	}
	for _, id := range f.children {
		if got := countKind(child(id), "WorkflowExecutionSignaled"); got != 1 {
			t.Errorf("child %s was signaled %d times", id, got)
		}
	}
}

func countKind(events []*historypb.HistoryEvent, kind string) (n int) {
	for _, k := range kinds(events) {
		if k == kind {
			n++
		}
	}
	return n
}

// TestEffectsUnderFaults: whichever commit of a family's life is refused, or stored without an answer, everything happens once.
func TestEffectsUnderFaults(t *testing.T) {
	for n := 2; n <= 13; n++ {
		for name, fail := range map[string]func(*rig){
			"refused": func(r *rig) { r.faulty.FailBefore(n, store.ErrUnavailable) },
			"lost":    func(r *rig) { r.faulty.FailAfter(n, store.ErrUnknownOutcome) },
		} {
			t.Run(fmt.Sprintf("%s %d", name, n), func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				f := family{children: []string{"c1", "c2"}}
				fail(r)
				ctx, stop := context.WithCancel(r.ctx())
				done := make(chan struct{})
				go func() {
					defer close(done)
					f.live(ctx, r.Engine)
				}()
				k := r.start("parent")
				eventually(t, func() bool { return slices.Contains(kinds(r.history(k)), "WorkflowExecutionCompleted") })
				stop()
				<-done
				f.check(t, r.events(k), func(id string) []*historypb.HistoryEvent { return r.events(key(id)) })
			})
		}
	}
}

// TestRestartSendsEffects: what a process had decided and not yet done is done by the next one, also for a run that has closed.
func TestRestartSendsEffects(t *testing.T) {
	r := newRig(t)
	k := r.start("parent")
	task := r.pollWorkflow()
	commits := r.faulty.Commits()
	r.faulty.FailBefore(2, store.ErrUnavailable) // the child's start, after the decision
	r.complete(task, startChild("c", enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL))
	eventually(t, func() bool { return r.faulty.Commits() >= commits+2 })
	if err := r.Terminate(r.ctx(), k, orchestration.RunID{}, history.Terminate{Reason: "enough"}); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	eventually(t, func() bool { return slices.Contains(kinds(r.history(key("c"))), "WorkflowExecutionCancelRequested") })
}

// history is what there is of a run, nothing when there is none.
func (r *rig) history(k orchestration.RunKey) []*historypb.HistoryEvent {
	page, err := r.History(r.ctx(), engine.HistoryRequest{Run: k})
	if err != nil {
		return nil
	}
	return page.Events
}

// TestEffectsBetweenNodes: a family whose members are at several nodes, which change while it lives; one of them dies.
func TestEffectsBetweenNodes(t *testing.T) {
	f := newFleetRig(t, 3)
	a, b, c := f.nodes[0], f.nodes[1], f.nodes[2]
	fam := family{children: []string{f.ownedBy(a, "child"), f.ownedBy(b, "child"), f.ownedBy(c, "child"), f.ownedBy(c, "other")}}
	k := a.start(f.ownedBy(a, "parent"))
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	alive := []*nodeRig{a, b, c}
	step := func() { // one task of whichever node has one
		for _, n := range alive {
			wait, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
			task, err := n.PollWorkflowTask(wait, engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
			cancel()
			if err != nil || task == nil {
				continue
			}
			token, err := orchestration.DecodeTaskToken(task.Token, orchestration.WorkflowTask)
			if err != nil {
				t.Fatal(err)
			}
			for _, owner := range alive {
				_, err := owner.CompleteWorkflowTask(ctx, engine.WorkflowTaskAnswer{Token: token, Answer: history.CompleteWorkflowTask{Commands: fam.decide(task)}})
				if orchestration.CodeOf(err) != orchestration.Moved {
					break
				}
			}
		}
	}
	step()
	f.move(key(fam.children[1]), a)
	step()
	f.takeOver(c, b)
	alive = alive[:2]
	read := func(id string) (events []*historypb.HistoryEvent) {
		for _, n := range alive {
			if events = n.history(key(id)); events != nil {
				return events
			}
		}
		return nil
	}
	eventually(t, func() bool {
		step()
		return slices.Contains(kinds(read(k.WorkflowID)), "WorkflowExecutionCompleted")
	})
	fam.check(t, read(k.WorkflowID), read)
}
