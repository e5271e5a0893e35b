package acceptance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// startNew tries to start a workflow in the lab's namespace.
func (b *batchLab) startNew() error {
	_, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{ID: b.newID(), TaskQueue: b.queue}, "flow", "x")
	return err
}

// remaining is how many runs a namespace has.
func (b *batchLab) remaining(space string) (int64, error) {
	n, err := b.service().CountWorkflowExecutions(b.ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: space})
	return n.GetCount(), err
}

func TestNamespaceIsUpdatedAndDeprecated(t *testing.T) {
	b := newBatchLab(t)
	b.work(code{"flow": oneStep}, code{"step": greet})
	run := b.startWith(client.StartWorkflowOptions{StartDelay: 2 * time.Second}, "flow", "x")
	_, err := b.service().UpdateNamespace(b.ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace:  b.space,
		UpdateInfo: &namespacepb.UpdateNamespaceInfo{Description: "changed"},
		Config:     &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(48 * time.Hour)},
	})
	b.must(err)
	_, err = b.service().DeprecateNamespace(b.ctx, &workflowservice.DeprecateNamespaceRequest{Namespace: b.space})
	b.must(err)
	d, err := b.service().DescribeNamespace(b.ctx, &workflowservice.DescribeNamespaceRequest{Namespace: b.space})
	b.must(err)
	equal(t, "description", d.NamespaceInfo.Description, "changed")
	equal(t, "retention", d.Config.WorkflowExecutionRetentionTtl.AsDuration(), 48*time.Hour)
	equal(t, "state", d.NamespaceInfo.State, enumspb.NAMESPACE_STATE_DEPRECATED)
	eventually(t, func() error { // other servers take some seconds to see it
		var refused *serviceerror.NamespaceInvalidState
		if err := b.startNew(); !errors.As(err, &refused) {
			return fmt.Errorf("a start in a deprecated namespace: %v", err)
		}
		return nil
	})
	result[string](b.lab, run) // what runs goes on
}

func TestDeletedNamespaceGoesWithItsRuns(t *testing.T) {
	b := newBatchLab(t)
	b.work(code{"flow": oneStep, "idle": collect}, code{"step": greet})
	closed := b.start("flow", "x")
	result[string](b.lab, closed)
	b.startMany("idle", 20)
	before, err := b.service().DescribeNamespace(b.ctx, &workflowservice.DescribeNamespaceRequest{Namespace: b.space})
	b.must(err)
	deleted, err := b.client.OperatorService().DeleteNamespace(b.ctx, &operatorservice.DeleteNamespaceRequest{Namespace: b.space})
	b.must(err)

	var missing *serviceerror.NamespaceNotFound
	if _, err := b.service().DescribeNamespace(b.ctx, &workflowservice.DescribeNamespaceRequest{Namespace: b.space}); !errors.As(err, &missing) {
		t.Errorf("its name: %v, want NamespaceNotFound", err)
	}
	after, err := b.service().DescribeNamespace(b.ctx, &workflowservice.DescribeNamespaceRequest{Id: before.NamespaceInfo.Id})
	b.must(err)
	equal(t, "state", after.NamespaceInfo.State, enumspb.NAMESPACE_STATE_DELETED)
	equal(t, "name", after.NamespaceInfo.Name, deleted.DeletedNamespace)
	if b.wantNamespaceListed(deleted.DeletedNamespace) == nil {
		t.Error("a deleted namespace is listed")
	}
	within(t, 20*time.Second, func() error { // the namespace is emptied, and can be watched meanwhile
		n, err := b.remaining(deleted.DeletedNamespace)
		if err == nil && n > 0 {
			err = fmt.Errorf("%d runs are left", n)
		}
		return err
	})
	within(t, 40*time.Second, func() error { // its name is free
		_, err := b.service().RegisterNamespace(b.ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: b.space, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
		})
		return err
	})
	next, err := b.service().DescribeNamespace(b.ctx, &workflowservice.DescribeNamespaceRequest{Namespace: b.space})
	b.must(err)
	if next.NamespaceInfo.Id == before.NamespaceInfo.Id {
		t.Error("the name leads to the old namespace")
	}
	within(t, 40*time.Second, func() error { // and of the old one nothing is left
		_, err := b.service().DescribeNamespace(b.ctx, &workflowservice.DescribeNamespaceRequest{Id: before.NamespaceInfo.Id})
		if !errors.As(err, &missing) {
			return fmt.Errorf("the old namespace: %v", err)
		}
		return nil
	})
}

func TestDefaultNamespaceIsProtected(t *testing.T) {
	l := newLab(t)
	_, err := l.client.OperatorService().DeleteNamespace(l.ctx, &operatorservice.DeleteNamespaceRequest{Namespace: namespace})
	var refused *serviceerror.FailedPrecondition
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want FailedPrecondition", err)
	}
}
