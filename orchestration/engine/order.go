package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// Order is one thing to be done to many runs. Carrying it out again on a run changes nothing more: what could be doubled has request ids that follow from
// Request. A run that has closed meanwhile, or has no such activity, answers NotFound.
type Order struct {
	Operation proto.Message // one of go.temporal.io/api/batch/v1: what Orderable accepts
	Request   string        // names the order for ever
	Reason    string
	By        *commonpb.Principal // who the server knows gave it; nil: nobody it has verified
}

// Orderable refuses operations that are not built. Errors: Unimplemented.
func Orderable(operation proto.Message) error {
	switch operation.(type) {
	case *batchpb.BatchOperationTermination, *batchpb.BatchOperationCancellation, *batchpb.BatchOperationSignal, *batchpb.BatchOperationDeletion,
		*batchpb.BatchOperationReset,
		*batchpb.BatchOperationUnpauseActivities, *batchpb.BatchOperationResetActivities, *batchpb.BatchOperationUpdateActivityOptions:
		return nil
	}
	return orchestration.Errorf(orchestration.Unimplemented, "%s is not implemented by this server.", operation.ProtoReflect().Descriptor().Name())
}

// carryOut does what an order says to one run, whose owner this node is. Errors: those of the verb, Unimplemented.
func (e *Engine) carryOut(ctx context.Context, o Order, run orchestration.RunKey) error {
	var any orchestration.RunID // of the chain: the run is named
	switch op := o.Operation.(type) {
	case *batchpb.BatchOperationTermination:
		return e.Terminate(ctx, run, any, history.Terminate{By: o.By, Reason: o.Reason, Details: op.GetDetails(), Identity: op.GetIdentity()})
	case *batchpb.BatchOperationCancellation:
		return e.RequestCancel(ctx, run, any, history.Cancel{By: o.By, Reason: o.Reason, Identity: op.GetIdentity(), RequestID: o.requestID()})
	case *batchpb.BatchOperationSignal:
		return e.Signal(ctx, run, history.Signal{
			By: o.By, Name: op.GetSignal(), Input: op.GetInput(), Header: op.GetHeader(), Identity: op.GetIdentity(), RequestID: o.requestID(),
		})
	case *batchpb.BatchOperationDeletion:
		return e.Delete(ctx, run, history.Terminate{By: o.By, Reason: o.Reason, Identity: op.GetIdentity()})
	case *batchpb.BatchOperationReset:
		return e.reset(ctx, o, op, run)
	case *batchpb.BatchOperationUnpauseActivities:
		return e.UnpauseActivities(ctx, run, unpauseOf(op))
	case *batchpb.BatchOperationResetActivities:
		return e.ResetActivities(ctx, run, resetOf(op))
	case *batchpb.BatchOperationUpdateActivityOptions:
		_, err := e.UpdateActivities(ctx, run, updateOf(op))
		return err
	}
	return Orderable(o.Operation)
}

// requestID is the request id of what the order does; each run remembers those of its own.
func (o Order) requestID() string {
	sum := sha256.Sum256([]byte(o.Request))
	return "order-" + hex.EncodeToString(sum[:16])
}
