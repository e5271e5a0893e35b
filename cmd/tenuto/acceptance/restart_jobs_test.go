package acceptance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
)

// TestBatchSurvivesARestart: it goes on where it was, and no workflow sees it twice.
func TestBatchSurvivesARestart(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		b := &batchLab{lab: l, space: namespace}
		runs := b.startMany("flow", 60)
		r := b.request("job")
		r.MaxOperationsPerSecond = 10
		r.Operation = signalOperation("end")
		b.startBatch(r)
		eventually(t, func() error {
			d, err := l.service().DescribeBatchOperation(l.ctx, &workflowservice.DescribeBatchOperationRequest{Namespace: namespace, JobId: "job"})
			if err == nil && d.CompleteOperationCount == 0 {
				err = errors.New("not begun")
			}
			return err
		})
		s.restart(l, kill)
		eventually(t, func() error { // right after the restart nothing may be there to answer
			_, err := l.service().DescribeBatchOperation(l.ctx, &workflowservice.DescribeBatchOperationRequest{Namespace: namespace, JobId: "job"})
			return err
		})
		b.wantDone("job", enumspb.BATCH_OPERATION_TYPE_SIGNAL, 60)
		for _, run := range runs {
			equal(t, "signals", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), 1)
		}
	})
}

func TestNamespaceDeletionSurvivesARestart(t *testing.T) {
	eachEnding(t, func(l *lab, s *server, kill bool) {
		b := &batchLab{lab: l}
		b.found()
		b.startMany("flow", 300)
		d, err := b.client.OperatorService().DeleteNamespace(b.ctx, &operatorservice.DeleteNamespaceRequest{Namespace: b.space})
		b.must(err)
		s.restart(l, kill)
		within(t, 50*time.Second, func() error {
			_, err := b.service().DescribeNamespace(b.ctx, &workflowservice.DescribeNamespaceRequest{Namespace: d.DeletedNamespace})
			var missing *serviceerror.NamespaceNotFound
			if !errors.As(err, &missing) {
				return fmt.Errorf("the deleted namespace: %v", err)
			}
			return nil
		})
	})
}
