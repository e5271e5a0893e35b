package acceptance

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestNamespacesAreRegisteredDescribedListedAndSeparate(t *testing.T) {
	l := newLab(t)
	name := strings.ToLower(fmt.Sprintf("space-%d", time.Now().UnixNano()))
	register := &workflowservice.RegisterNamespaceRequest{
		Namespace: name, Description: "for a test", WorkflowExecutionRetentionPeriod: durationpb.New(48 * time.Hour),
	}
	_, err := l.service().RegisterNamespace(l.ctx, register)
	l.must(err)
	_, err = l.service().RegisterNamespace(l.ctx, register)
	var exists *serviceerror.NamespaceAlreadyExists
	if !errors.As(err, &exists) {
		t.Errorf("a second registration: %T %v", err, err)
	}
	d, err := l.service().DescribeNamespace(l.ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	l.must(err)
	equal(t, "description", d.NamespaceInfo.Description, "for a test")
	equal(t, "retention", d.Config.WorkflowExecutionRetentionTtl.AsDuration(), 48*time.Hour)
	l.must(l.wantNamespaceListed(name))

	c, err := client.Dial(client.Options{HostPort: l.address, Namespace: name, Logger: quiet()})
	l.must(err)
	defer c.Close()
	var run client.WorkflowRun
	eventually(t, func() error { // other servers take some seconds to see a new namespace
		run, err = c.ExecuteWorkflow(l.ctx, client.StartWorkflowOptions{ID: "same id", TaskQueue: l.queue}, "flow")
		return err
	})
	l.startWith(client.StartWorkflowOptions{ID: "same id"}, "flow") // the default namespace knows nothing of the other
	w := worker.New(c, l.queue, worker.Options{})
	w.RegisterWorkflowWithOptions(func(workflow.Context) (string, error) { return name, nil }, workflow.RegisterOptions{Name: "flow"})
	l.must(w.Start())
	defer w.Stop()
	equal(t, "result", result[string](l, run), name)
}

func (l *lab) wantNamespaceListed(name string) error {
	var token []byte
	for {
		page, err := l.service().ListNamespaces(l.ctx, &workflowservice.ListNamespacesRequest{PageSize: 10, NextPageToken: token})
		if err != nil {
			return err
		}
		for _, n := range page.Namespaces {
			if n.NamespaceInfo.Name == name {
				return nil
			}
		}
		if token = page.NextPageToken; len(token) == 0 {
			return fmt.Errorf("namespace %s is not listed", name)
		}
	}
}

func TestUnknownNamespaceIsNotFound(t *testing.T) {
	l := newLab(t)
	request := l.startRequest()
	request.Namespace = "no-such-namespace"
	_, err := l.service().StartWorkflowExecution(l.ctx, request)
	var missing *serviceerror.NamespaceNotFound
	if !errors.As(err, &missing) {
		t.Fatalf("got %T %v, want NamespaceNotFound", err, err)
	}
	equal(t, "name in the error", missing.Namespace, "no-such-namespace")
}

func TestSystemInfoIsTrue(t *testing.T) {
	l := newLab(t)
	info, err := l.service().GetSystemInfo(l.ctx, &workflowservice.GetSystemInfoRequest{})
	l.must(err)
	if info.ServerVersion == "" || !info.Capabilities.GetSignalAndQueryHeader() || !info.Capabilities.GetInternalErrorDifferentiation() {
		t.Errorf("system info: %v", info)
	}
	cluster, err := l.service().GetClusterInfo(l.ctx, &workflowservice.GetClusterInfoRequest{})
	l.must(err)
	if cluster.ServerVersion == "" || cluster.ClusterName == "" {
		t.Errorf("cluster info: %v", cluster)
	}
}
