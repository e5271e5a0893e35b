package engine

import (
	"context"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// reach is an effect on its way to its target. It says all that the target needs: its owner may be another node.
type reach struct {
	kind   history.EffectKind
	source orchestration.RunKey
	id     orchestration.EventID // see history.Effect
	origin orchestration.RunID   // with id, the key that the target knows a repetition by
	target orchestration.RunKey
	event  *historypb.HistoryEvent // whose attributes it carries; nil: none

	parent   history.Parent             // StartChild: of the run to begin
	priority *commonpb.Priority         // StartChild: the parent's
	trace    orchestration.TraceContext // StartChild: of the run to begin
	reset    orchestration.EventID      // StartChild: by which the source began as a reset of another run; 0: it did not
	first    orchestration.RunID        // ReportClose: of the source's chain
	reported orchestration.EventID      // ReportClose: the parent's Initiated event
}

func reachOf(r *shard.Run, e history.Effect) reach {
	m := reach{kind: e.Kind, source: r.Key, id: e.ID, origin: e.Origin, target: e.Target}
	if id := e.Event(); id > 0 {
		m.event = r.Event(id)
	}
	switch e.Kind {
	case history.StartChild:
		m.parent = history.Parent{Namespace: r.Key.Namespace, Name: e.From, WorkflowID: r.Key.WorkflowID, RunID: r.Key.RunID, Initiated: e.ID}
		m.parent.RootID, m.parent.Root = r.Root()
		m.trace = r.Trace()
		m.priority, m.reset = r.Header.Priority.Message(), r.Header.ResetEvent
	case history.ReportClose:
		m.first, m.reported = r.First(), r.Parent().Initiated
	}
	return m
}

// key is the request id of the effect at its target.
func (m reach) key() string { return fmt.Sprintf("%s:%d", m.origin, m.id) }

// by is the source as events of the target name it.
func (m reach) by() *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: m.source.WorkflowID, RunId: m.source.RunID.String()}
}

// Signs what other runs have decided, as the server does it.
const effectIdentity = "history-service"

// byClosePolicy is the reason of what a parent's close does to its children.
const byClosePolicy = "by parent close policy"

// reach does to the target, in a turn of its own, what the source has decided. An error is no final answer. Errors: Moved, Unavailable, DataLoss.
func (e *Engine) reach(ctx context.Context, m reach) (history.Outcome, error) {
	switch m.kind {
	case history.StartChild:
		return e.startChild(ctx, m)
	case history.SignalExternal:
		return e.signalFrom(ctx, m)
	case history.CancelExternal:
		return e.cancelFrom(ctx, m)
	case history.TerminateChild, history.CancelChild:
		return history.EffectDone, e.partFrom(ctx, m)
	case history.ReportClose:
		return history.EffectDone, e.childClosed(ctx, m)
	case history.AskClose:
		return history.EffectDone, e.askClose(ctx, m)
	}
	return 0, orchestration.Errorf(orchestration.Unavailable, "this server does not know effects of kind %d", m.kind)
}

func (e *Engine) signalFrom(ctx context.Context, m reach) (history.Outcome, error) {
	a := m.event.GetSignalExternalWorkflowExecutionInitiatedEventAttributes()
	err := e.run(ctx, m.target, func(tx *shard.Tx, r *shard.Run) error {
		if a.GetChildWorkflowOnly() && !r.IsChildOf(m.source) {
			return notChild(r)
		}
		return apply(tx, r)(r.Signal(history.Signal{
			Name: a.GetSignalName(), Input: a.GetInput(), Header: a.GetHeader(), Identity: effectIdentity, RequestID: m.key(), Source: m.by(),
		}, tx.Now()))
	})
	switch orchestration.CodeOf(err) {
	case orchestration.NotFound:
		return history.EffectNoWorkflow, nil
	case orchestration.InvalidArgument:
		return history.EffectTooMany, nil
	}
	return history.EffectDone, err
}

func (e *Engine) cancelFrom(ctx context.Context, m reach) (history.Outcome, error) {
	a := m.event.GetRequestCancelExternalWorkflowExecutionInitiatedEventAttributes()
	err := e.run(ctx, m.target, func(tx *shard.Tx, r *shard.Run) error {
		if a.GetChildWorkflowOnly() && !r.IsChildOf(m.source) {
			return notChild(r)
		}
		return apply(tx, r)(r.RequestCancel(history.Cancel{
			Reason: a.GetReason(), Identity: effectIdentity, RequestID: m.key(), Source: m.by(), Initiated: m.id,
		}, tx.Now()))
	})
	if orchestration.CodeOf(err) == orchestration.NotFound {
		return history.EffectNoWorkflow, nil
	}
	return history.EffectDone, err
}

func notChild(r *shard.Run) error {
	return orchestration.Errorf(orchestration.NotFound, "workflow %s is no child of the workflow that asks", r.Key.WorkflowID)
}
