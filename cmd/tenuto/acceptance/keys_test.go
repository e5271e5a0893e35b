package acceptance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/tenants"
)

// codeOf is the gRPC code of what an official client returns.
func codeOf(err error) codes.Code {
	var s serviceerror.ServiceError
	switch {
	case err == nil:
		return codes.OK
	case errors.As(err, &s):
		return s.Status().Code()
	}
	return status.Code(err)
}

// tryEach is what a credential's bearer gets who starts, polls and describes.
func tryEach(ctx context.Context, c client.Client, namespace, queue string) (start, poll, describe codes.Code) {
	_, err := begin(ctx, c, queue+"-tried", queue, "flow")
	start = codeOf(err)
	short, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err = c.WorkflowService().PollWorkflowTaskQueue(short, &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: queue + "-nothing-comes-here"},
	})
	poll = codeOf(err)
	_, err = c.DescribeWorkflowExecution(ctx, queue+"-there", "")
	return start, poll, codeOf(err)
}

// wantRoles checks what bearers of each permission get in a namespace where a workflow <queue>-there is.
func wantRoles(t *testing.T, s *server, n tenants.Namespace, queue string, credential func(tenants.Permission) string) {
	t.Helper()
	ok, no := codes.OK, codes.PermissionDenied
	for p, want := range map[tenants.Permission][3]codes.Code{
		tenants.Write:       {ok, no, no},
		tenants.Worker:      {no, ok, no},
		tenants.Read:        {no, no, ok},
		tenants.PayloadRead: {no, no, no},
		tenants.Admin:       {ok, ok, ok},
	} {
		start, poll, describe := tryEach(t.Context(), bearer(t, s.grpc, n.Name, credential(p)), n.Name, queue)
		if got := [3]codes.Code{start, poll, describe}; got != want {
			t.Errorf("%v: start, poll and describe come to %v, want %v", p, got, want)
		}
	}
}

// TestKeysWithTheOfficialSDK: a worker's key polls and starts nothing, a starter's the other way round, a reader's neither; together they run a workflow.
func TestKeysWithTheOfficialSDK(t *testing.T) {
	t.Parallel()
	s := describeGuarded(t)
	s.start(t)
	o := newBureau(t, s.postgres)
	n := o.tenant("acme", nil)
	starter := bearer(t, s.grpc, n.Name, o.secret(n, tenants.Write|tenants.Read|tenants.PayloadRead))
	employ(t, bearer(t, s.grpc, n.Name, o.secret(n, tenants.Worker)), "bank", code{"flow": func(workflow.Context) (string, error) { return "moved", nil }})
	run, err := begin(t.Context(), starter, "bank-there", "bank", "flow")
	o.must(err)
	var out string
	o.must(run.Get(t.Context(), &out))
	equal(t, "result", out, "moved")
	wantRoles(t, s, n, "bank", func(p tenants.Permission) string { return o.secret(n, p) })
	for name, credential := range map[string]string{"none": "", "made up": "tnt_" + strings.Repeat("a", 16) + "_" + strings.Repeat("b", 52), "a word": "hello"} {
		_, err := begin(t.Context(), bearer(t, s.grpc, n.Name, credential), "no", "bank", "flow")
		if codeOf(err) != codes.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadersWithoutPayloads: an official client reads how a workflow went, without what it was about.
func TestReadersWithoutPayloads(t *testing.T) {
	t.Parallel()
	const secret = "c4n4ry"
	s := describeGuarded(t)
	s.start(t)
	o := newBureau(t, s.postgres)
	n := o.tenant("acme", nil)
	employ(t, bearer(t, s.grpc, n.Name, o.secret(n, tenants.Worker)), "bank", code{"flow": func(_ workflow.Context, in string) (string, error) { return in + in, nil }})
	run, err := begin(t.Context(), bearer(t, s.grpc, n.Name, o.secret(n, tenants.Write)), "w", "bank", "flow", secret)
	o.must(err)
	for _, p := range []tenants.Permission{tenants.Read, tenants.Read | tenants.PayloadRead} {
		c := bearer(t, s.grpc, n.Name, o.secret(n, p))
		o.must(waitClosed(t.Context(), c, run.GetID()))
		events := c.GetWorkflowHistory(t.Context(), run.GetID(), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		count, shown := 0, false
		for events.HasNext() {
			e, err := events.Next()
			o.must(err)
			count++
			shown = shown || strings.Contains(e.String(), secret)
		}
		if count < 5 || shown != (p&tenants.PayloadRead != 0) {
			t.Errorf("%v: %d events, payloads shown: %v", p, count, shown)
		}
	}
}

// waitClosed waits for the end of a workflow.
func waitClosed(ctx context.Context, c client.Client, id string) error {
	events := c.GetWorkflowHistory(ctx, id, "", true, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	for events.HasNext() {
		if _, err := events.Next(); err != nil {
			return err
		}
	}
	return nil
}

// TestTenantsApart: two tenants have the same queue, workflow ids and workflow types. Neither sees anything of the other: not by name, not with the right ids, and not
// with a task's token.
func TestTenantsApart(t *testing.T) {
	t.Parallel()
	s := describeGuarded(t)
	s.start(t)
	o := newBureau(t, s.postgres)
	var ns []tenants.Namespace
	var own []client.Client
	all := tenants.Write | tenants.Worker | tenants.Read | tenants.PayloadRead
	for _, name := range []string{"acme", "globex"} {
		n := o.tenant(name, nil)
		ns, own = append(ns, n), append(own, bearer(t, s.grpc, n.Name, o.secret(n, all)))
	}
	for i, c := range own {
		employ(t, c, "bank", code{"flow": func(workflow.Context) (string, error) { return ns[i].Name, nil }})
	}
	for i := range 20 {
		for k, c := range own {
			run, err := begin(t.Context(), c, fmt.Sprint("transfer-", i), "bank", "flow")
			o.must(err)
			var by string
			o.must(run.Get(t.Context(), &by))
			equal(t, "worked on by", by, ns[k].Name)
		}
	}
	run, err := begin(t.Context(), own[1], "held", "by-hand", "flow")
	o.must(err)
	task, err := own[1].WorkflowService().PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{Namespace: ns[1].Name, TaskQueue: &taskqueuepb.TaskQueue{Name: "by-hand"}})
	o.must(err)
	for _, in := range ns { // in the other's namespace, and with the other's ids in its own
		svc := own[0].WorkflowService()
		x := &commonpb.WorkflowExecution{WorkflowId: "held", RunId: run.GetRunID()}
		_, described := svc.DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{Namespace: in.Name, Execution: x})
		_, read := svc.GetWorkflowExecutionHistory(t.Context(), &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: in.Name, Execution: x})
		_, signalled := svc.SignalWorkflowExecution(t.Context(), &workflowservice.SignalWorkflowExecutionRequest{Namespace: in.Name, WorkflowExecution: x, SignalName: "s"})
		_, ended := svc.TerminateWorkflowExecution(t.Context(), &workflowservice.TerminateWorkflowExecutionRequest{Namespace: in.Name, WorkflowExecution: x})
		for what, err := range map[string]error{"describe": described, "history": read, "signal": signalled, "terminate": ended} {
			if codeOf(err) != codes.NotFound {
				t.Errorf("%s in %s: %v", what, in.Name, err)
			}
		}
		_, completed := svc.RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{Namespace: in.Name, TaskToken: task.GetTaskToken()})
		if got := codeOf(completed); got != codes.NotFound && got != codes.InvalidArgument {
			t.Errorf("its task in %s: %v", in.Name, completed)
		}
	}
	_, err = own[1].WorkflowService().RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{Namespace: ns[1].Name, TaskToken: task.GetTaskToken()})
	o.must(err) // the task is still its own
	listed, err := own[0].ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: ns[1].Name})
	if codeOf(err) != codes.NotFound {
		t.Errorf("list: %v, %v", listed, err)
	}
	spaces, err := own[0].WorkflowService().ListNamespaces(t.Context(), &workflowservice.ListNamespacesRequest{})
	o.must(err)
	if len(spaces.GetNamespaces()) != 1 || spaces.GetNamespaces()[0].GetNamespaceInfo().GetName() != ns[0].Name {
		t.Errorf("namespaces: %v", spaces.GetNamespaces())
	}
}

// TestWorkflowsReachWhereBothSidesAllowIt: a child in another tenant's namespace is started where both list each other, and else there is no such namespace.
func TestWorkflowsReachWhereBothSidesAllowIt(t *testing.T) {
	t.Parallel()
	s := describeGuarded(t)
	s.start(t)
	o := newBureau(t, s.postgres)
	acme := o.tenant("acme", map[string]string{tenants.ReachesEntry: "work.partner,work.stranger"})
	partner := o.tenant("partner", map[string]string{tenants.ReachedByEntry: "work.acme"})
	stranger := o.tenant("stranger", nil)
	worker := func(n tenants.Namespace, c code) {
		employ(t, bearer(t, s.grpc, n.Name, o.secret(n, tenants.Worker)), "q", c)
	}
	worker(acme, code{"parent": func(ctx workflow.Context, to string) (out string, err error) {
		err = workflow.ExecuteChildWorkflow(workflow.WithWorkflowNamespace(ctx, to), "child").Get(ctx, &out)
		return out, err
	}})
	for _, n := range []tenants.Namespace{partner, stranger} {
		worker(n, code{"child": func(ctx workflow.Context) (string, error) { return workflow.GetInfo(ctx).Namespace, nil }})
	}
	c := bearer(t, s.grpc, acme.Name, o.secret(acme, tenants.Write|tenants.Read|tenants.PayloadRead))
	run, err := begin(t.Context(), c, "allowed", "q", "parent", partner.Name)
	o.must(err)
	var out string
	o.must(run.Get(t.Context(), &out))
	equal(t, "child in", out, partner.Name)
	run, err = begin(t.Context(), c, "refused", "q", "parent", stranger.Name)
	o.must(err)
	if err := run.Get(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "amespace") {
		t.Errorf("a child where only one side allows it: %v", err)
	}
}
