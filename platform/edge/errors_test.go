package edge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// describeFailing is the status of a call whose engine fails with err.
func describeFailing(t *testing.T, w *world, err error) error {
	t.Helper()
	w.engine.describe = func(context.Context, orchestration.RunKey) (*engine.Description, error) { return nil, err }
	_, got := w.workflows.DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank", Execution: runOfBank})
	return got
}

func TestErrorCodes(t *testing.T) {
	w := newWorld(t)
	for code, want := range map[orchestration.Code]codes.Code{
		orchestration.InvalidArgument:    codes.InvalidArgument,
		orchestration.NotFound:           codes.NotFound,
		orchestration.NamespaceNotFound:  codes.NotFound,
		orchestration.NamespaceExists:    codes.AlreadyExists,
		orchestration.AlreadyStarted:     codes.AlreadyExists,
		orchestration.FailedPrecondition: codes.FailedPrecondition,
		orchestration.WorkflowNotReady:   codes.FailedPrecondition,
		orchestration.ResourceExhausted:  codes.ResourceExhausted,
		orchestration.Unavailable:        codes.Unavailable,
		orchestration.QueryFailed:        codes.InvalidArgument,
		orchestration.Unimplemented:      codes.Unimplemented,
		orchestration.Canceled:           codes.Canceled,
		orchestration.DeadlineExceeded:   codes.DeadlineExceeded,
		orchestration.DataLoss:           codes.DataLoss,
		orchestration.PermissionDenied:   codes.PermissionDenied,
	} {
		wrapped := fmt.Errorf("while describing: %w", orchestration.Errorf(code, "the reason"))
		got := describeFailing(t, w, wrapped)
		if status.Code(got) != want {
			t.Errorf("code %d answers %v, want %v", code, status.Code(got), want)
		}
		if code != orchestration.NamespaceNotFound && status.Convert(got).Message() != "the reason" {
			t.Errorf("code %d says %q", code, status.Convert(got).Message())
		}
	}
}

func TestErrorDetails(t *testing.T) {
	w := newWorld(t)
	t.Run("already started", func(t *testing.T) {
		e := wantError[*serviceerror.WorkflowExecutionAlreadyStarted](t, describeFailing(t, w, &orchestration.Error{
			Code: orchestration.AlreadyStarted, Message: "it runs", RunID: "run-1", StartRequestID: "req-1",
		}), "it runs")
		if e.RunId != "run-1" || e.StartRequestId != "req-1" {
			t.Errorf("%+v", e)
		}
	})
	t.Run("resource exhausted", func(t *testing.T) {
		e := wantError[*serviceerror.ResourceExhausted](t, describeFailing(t, w, &orchestration.Error{
			Code: orchestration.ResourceExhausted, Message: "busy",
			Cause: enumspb.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW, Scope: enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE,
		}), "busy")
		if e.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW || e.Scope != enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE {
			t.Errorf("%+v", e)
		}
	})
	t.Run("workflow not ready", func(t *testing.T) {
		wantError[*serviceerror.WorkflowNotReady](t, describeFailing(t, w, orchestration.Errorf(orchestration.WorkflowNotReady, "its task fails")), "its task fails")
	})
	t.Run("query failed", func(t *testing.T) {
		e := wantError[*serviceerror.QueryFailed](t, describeFailing(t, w, &orchestration.Error{
			Code: orchestration.QueryFailed, Message: "unknown query", Failure: &failurepb.Failure{Message: "inner"},
		}), "unknown query")
		if e.Failure.GetMessage() != "inner" {
			t.Errorf("failure %v", e.Failure)
		}
	})
	t.Run("namespace not found", func(t *testing.T) {
		e := wantError[*serviceerror.NamespaceNotFound](t, describeFailing(t, w, &orchestration.Error{
			Code: orchestration.NamespaceNotFound, Namespace: "gone",
		}), "Namespace gone is not found.")
		if e.Namespace != "gone" {
			t.Errorf("namespace %q", e.Namespace)
		}
	})
	t.Run("namespace exists", func(t *testing.T) {
		wantError[*serviceerror.NamespaceAlreadyExists](t, describeFailing(t, w, orchestration.Errorf(orchestration.NamespaceExists, "taken")), "taken")
	})
}

func TestUnexpectedErrorsAreLoggedAndNotTold(t *testing.T) {
	w := newWorld(t)
	for name, err := range map[string]error{
		"plain":        errors.New("password=hunter2"),
		"unknown code": orchestration.Errorf(99, "password=hunter2"),
	} {
		wantError[*serviceerror.Internal](t, describeFailing(t, w, err), "Internal server error.")
		if !strings.Contains(w.logs.String(), "password=hunter2") {
			t.Errorf("%s: not logged", name)
		}
		if got := describeFailing(t, w, err); strings.Contains(got.Error(), "hunter2") {
			t.Errorf("%s: told to the client: %v", name, got)
		}
	}
}

func TestContextErrors(t *testing.T) {
	w := newWorld(t)
	wantError[*serviceerror.Canceled](t, describeFailing(t, w, fmt.Errorf("waiting: %w", context.Canceled)))
	wantError[*serviceerror.DeadlineExceeded](t, describeFailing(t, w, context.DeadlineExceeded))
	if strings.Contains(w.logs.String(), "unexpectedly") {
		t.Error("a caller that went away is nothing unexpected")
	}
}

func TestDataLossIsLogged(t *testing.T) {
	w := newWorld(t)
	wantError[*serviceerror.DataLoss](t, describeFailing(t, w, orchestration.Errorf(orchestration.DataLoss, "run x cannot be read")), "run x")
	if !strings.Contains(w.logs.String(), "stored data cannot be read") {
		t.Error("an operator must learn of it")
	}
}

func TestStorageOutage(t *testing.T) {
	w := newWorld(t)
	w.store.fail(errors.New("disk I/O error at /var/lib"))
	for name, call := range map[string]func() error{
		"resolve": func() error {
			_, err := w.workflows.CountWorkflowExecutions(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: "other"})
			return err
		},
		"describe": func() error {
			_, err := w.workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "bank"})
			return err
		},
		"list": func() error {
			_, err := w.workflows.ListNamespaces(t.Context(), &workflowservice.ListNamespacesRequest{})
			return err
		},
	} {
		e := wantError[*serviceerror.Unavailable](t, call(), "try again")
		if strings.Contains(e.Error(), "disk") {
			t.Errorf("%s: %q tells the cause", name, e.Error())
		}
	}
	if !strings.Contains(w.logs.String(), "disk I/O error") {
		t.Error("the cause must be logged")
	}
}

func TestPanicAnswersInternal(t *testing.T) {
	w := newWorld(t)
	w.engine.describe = func(context.Context, orchestration.RunKey) (*engine.Description, error) {
		panic("secret of the handler")
	}
	_, err := w.workflows.DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank", Execution: runOfBank})
	e := wantError[*serviceerror.Internal](t, err, "Internal server error.")
	if strings.Contains(e.Error(), "secret") {
		t.Errorf("leaked: %v", e)
	}
	for _, word := range []string{"panic in a handler", "secret of the handler", "errors_test.go", "DescribeWorkflowExecution"} {
		if !strings.Contains(w.logs.String(), word) {
			t.Errorf("the log lacks %q", word)
		}
	}
	if _, err := w.workflows.GetSystemInfo(t.Context(), &workflowservice.GetSystemInfoRequest{}); err != nil {
		t.Errorf("the next call on the connection: %v", err)
	}
}

func TestCallsAreLoggedWithoutContent(t *testing.T) {
	w := newWorld(t)
	w.engine.start = func(context.Context, engine.StartRequest) (engine.StartReply, error) { return engine.StartReply{}, nil }
	r := goodStart()
	r.WorkflowId, r.Identity = "account-of-alice", "alice@host"
	r.Input = &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte("IBAN-12345")}}}
	if _, err := w.workflows.StartWorkflowExecution(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	logs := w.logs.String()
	for _, word := range []string{"StartWorkflowExecution", "code=OK", "namespace=bank", "duration="} {
		if !strings.Contains(logs, word) {
			t.Errorf("the log lacks %q: %s", word, logs)
		}
	}
	for _, secret := range []string{"alice", "IBAN"} {
		if strings.Contains(logs, secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}

func TestLargeRequestsAreLogged(t *testing.T) {
	w := newWorld(t)
	w.engine.start = func(context.Context, engine.StartRequest) (engine.StartReply, error) { return engine.StartReply{}, nil }
	send := func(size int) string {
		r := goodStart()
		r.Input = payloads(size)
		if _, err := w.workflows.StartWorkflowExecution(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		return w.logs.String()
	}
	if logs := send(orchestration.WarnPayloadSize - 1000); strings.Contains(logs, "large request") {
		t.Error("a request below the threshold was logged as large")
	}
	if logs := send(orchestration.WarnPayloadSize); !strings.Contains(logs, `msg="large request" method=StartWorkflowExecution bytes=262`) {
		t.Errorf("a request over the threshold was not logged: %s", logs)
	}
}
