package edge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// invoke calls the method that takes req, whichever it is.
func (w *world) invoke(ctx context.Context, req proto.Message) error {
	method := strings.TrimSuffix(string(req.ProtoReflect().Descriptor().Name()), "Request")
	return w.conn.Invoke(ctx, "/temporal.api.workflowservice.v1.WorkflowService/"+method, req, &untyped{})
}

// untyped takes any answer: tests of refusals get none.
type untyped = workflowservice.ShutdownWorkerResponse

var runOfBank = &commonpb.WorkflowExecution{WorkflowId: "transfer-1"}

func TestBadRequests(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", orchestration.MaxIDLength+1)
	malformed := &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: "not-a-uuid"}
	tooMuch := payloads(orchestration.MaxPayloadSize)
	sticky := &taskqueuepb.TaskQueue{Name: "s", Kind: enumspb.TASK_QUEUE_KIND_STICKY}
	for _, c := range []struct {
		name  string
		req   proto.Message
		words string
	}{
		{"signal without a run", &workflowservice.SignalWorkflowExecutionRequest{SignalName: "s"}, "Execution is not set"},
		{"signal without a workflow id", &workflowservice.SignalWorkflowExecutionRequest{WorkflowExecution: &commonpb.WorkflowExecution{}}, "WorkflowId is not set"},
		{"signal without a name", &workflowservice.SignalWorkflowExecutionRequest{WorkflowExecution: runOfBank}, "SignalName is not set"},
		{"signal with a long name", &workflowservice.SignalWorkflowExecutionRequest{WorkflowExecution: runOfBank, SignalName: long}, "SignalName length exceeds limit"},
		{"signal of a malformed run id", &workflowservice.SignalWorkflowExecutionRequest{WorkflowExecution: malformed, SignalName: "s"}, "RunId is not a valid UUID"},
		{"signal with a large input", &workflowservice.SignalWorkflowExecutionRequest{WorkflowExecution: runOfBank, SignalName: "s", Input: tooMuch}, "Blob data size exceeds limit. Input"},
		{"cancel without a run", &workflowservice.RequestCancelWorkflowExecutionRequest{}, "Execution is not set"},
		{"cancel with a malformed first run", &workflowservice.RequestCancelWorkflowExecutionRequest{WorkflowExecution: runOfBank, FirstExecutionRunId: "x"}, "FirstExecutionRunId is not a valid UUID"},
		{"cancel for a long reason", &workflowservice.RequestCancelWorkflowExecutionRequest{WorkflowExecution: runOfBank, Reason: strings.Repeat("r", orchestration.MaxPayloadSize+1)}, "Blob data size exceeds limit. Reason"},
		{"terminate without a run", &workflowservice.TerminateWorkflowExecutionRequest{}, "Execution is not set"},
		{"terminate with large details", &workflowservice.TerminateWorkflowExecutionRequest{WorkflowExecution: runOfBank, Details: tooMuch}, "Blob data size exceeds limit. Details"},
		{"terminate with a braced run id", &workflowservice.TerminateWorkflowExecutionRequest{WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "{" + someRun.String() + "}"}}, "RunId is not a valid UUID"},
		{"terminate the zero run", &workflowservice.TerminateWorkflowExecutionRequest{WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: uuid.Nil.String()}}, "RunId is not a valid UUID"},
		{"delete without a run", &workflowservice.DeleteWorkflowExecutionRequest{}, "Execution is not set"},
		{"delete without a workflow id", &workflowservice.DeleteWorkflowExecutionRequest{WorkflowExecution: &commonpb.WorkflowExecution{}}, "WorkflowId is not set"},
		{"delete of a malformed run id", &workflowservice.DeleteWorkflowExecutionRequest{WorkflowExecution: malformed}, "RunId is not a valid UUID"},
		{"query without a query", &workflowservice.QueryWorkflowRequest{Execution: runOfBank}, "Query is not set"},
		{"query without a type", &workflowservice.QueryWorkflowRequest{Execution: runOfBank, Query: &querypb.WorkflowQuery{}}, "QueryType is not set"},
		{"query with large arguments", &workflowservice.QueryWorkflowRequest{Execution: runOfBank, Query: &querypb.WorkflowQuery{QueryType: "q", QueryArgs: tooMuch}}, "Blob data size exceeds limit. QueryArgs"},
		{"query with an unknown condition", &workflowservice.QueryWorkflowRequest{Execution: runOfBank, Query: &querypb.WorkflowQuery{QueryType: "q"}, QueryRejectCondition: 42}, "QueryRejectCondition has the unknown value 42"},
		{"history without a run", &workflowservice.GetWorkflowExecutionHistoryRequest{}, "Execution is not set"},
		{"history with an unknown filter", &workflowservice.GetWorkflowExecutionHistoryRequest{Execution: runOfBank, HistoryEventFilterType: 9}, "HistoryEventFilterType has the unknown value 9"},
		{"reverse history of a malformed run id", &workflowservice.GetWorkflowExecutionHistoryReverseRequest{Execution: malformed}, "RunId is not a valid UUID"},
		{"describe without a run", &workflowservice.DescribeWorkflowExecutionRequest{}, "Execution is not set"},
		{"reset of stickiness without a run", &workflowservice.ResetStickyTaskQueueRequest{}, "Execution is not set"},
		{"shutdown with a long key", &workflowservice.ShutdownWorkerRequest{WorkerInstanceKey: long}, "WorkerInstanceKey length exceeds limit"},
		{"workflow poll without a queue", &workflowservice.PollWorkflowTaskQueueRequest{}, "TaskQueue is not set"},
		{"workflow poll with a long identity", &workflowservice.PollWorkflowTaskQueueRequest{TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}, Identity: long}, "Identity length exceeds limit"},
		{"activity poll without a queue", &workflowservice.PollActivityTaskQueueRequest{}, "TaskQueue is not set"},
		{"activity poll of a sticky queue", &workflowservice.PollActivityTaskQueueRequest{TaskQueue: sticky}, "TaskQueue must not be a sticky one"},
		{"activity poll at a negative rate", &workflowservice.PollActivityTaskQueueRequest{TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}, TaskQueueMetadata: &taskqueuepb.TaskQueueMetadata{MaxTasksPerSecond: wrapperspb.Double(-1)}}, "MaxTasksPerSecond must not be negative"},
		{"completion by id without an activity", &workflowservice.RespondActivityTaskCompletedByIdRequest{WorkflowId: "w"}, "ActivityId is not set"},
		{"completion by id without a workflow", &workflowservice.RespondActivityTaskCompletedByIdRequest{ActivityId: "a"}, "WorkflowId is not set"},
		{"failure by id of a malformed run id", &workflowservice.RespondActivityTaskFailedByIdRequest{WorkflowId: "w", RunId: "x", ActivityId: "a"}, "RunId is not a valid UUID"},
		{"heartbeat by id with a long activity id", &workflowservice.RecordActivityTaskHeartbeatByIdRequest{WorkflowId: "w", ActivityId: long}, "ActivityId length exceeds limit"},
		{"cancel by id without an activity", &workflowservice.RespondActivityTaskCanceledByIdRequest{WorkflowId: "w"}, "ActivityId is not set"},
		{"queue without a name", &workflowservice.DescribeTaskQueueRequest{}, "TaskQueue is not set"},
		{"queue of an unknown kind", &workflowservice.DescribeTaskQueueRequest{TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}, TaskQueueType: 77}, "TaskQueueType has the unknown value 77"},
		{"queue of unknown kinds", &workflowservice.DescribeTaskQueueRequest{TaskQueue: &taskqueuepb.TaskQueue{Name: "q"}, TaskQueueTypes: []enumspb.TaskQueueType{78}}, "TaskQueueTypes has the unknown value 78"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBank(c.req)
			wantError[*serviceerror.InvalidArgument](t, w.invoke(t.Context(), c.req), c.words)
		})
	}
}

// inBank puts a request into the world's namespace.
func inBank(req proto.Message) {
	m := req.ProtoReflect()
	m.Set(m.Descriptor().Fields().ByName("namespace"), protoreflect.ValueOfString("bank"))
}

func TestBadTokens(t *testing.T) {
	w := newWorld(t)
	foreign := orchestration.TaskToken{Namespace: orchestration.NamespaceID(uuid.New()), WorkflowID: "theirs", RunID: someRun, Attempt: 1}
	calls := map[orchestration.TaskKind][]func(token []byte) proto.Message{
		orchestration.WorkflowTask: {
			func(b []byte) proto.Message {
				return &workflowservice.RespondWorkflowTaskCompletedRequest{TaskToken: b}
			},
			func(b []byte) proto.Message { return &workflowservice.RespondWorkflowTaskFailedRequest{TaskToken: b} },
		},
		orchestration.ActivityTask: {
			func(b []byte) proto.Message {
				return &workflowservice.RespondActivityTaskCompletedRequest{TaskToken: b}
			},
			func(b []byte) proto.Message { return &workflowservice.RespondActivityTaskFailedRequest{TaskToken: b} },
			func(b []byte) proto.Message { return &workflowservice.RespondActivityTaskCanceledRequest{TaskToken: b} },
			func(b []byte) proto.Message { return &workflowservice.RecordActivityTaskHeartbeatRequest{TaskToken: b} },
		},
		orchestration.QueryTask: {
			func(b []byte) proto.Message {
				return &workflowservice.RespondQueryTaskCompletedRequest{TaskToken: b, CompletedType: enumspb.QUERY_RESULT_TYPE_ANSWERED}
			},
		},
	}
	for kind, requests := range calls {
		otherKind := kind%3 + 1
		foreign.Kind = kind
		for name, c := range map[string]struct {
			token []byte
			words string
		}{
			"none":       {nil, "Task token is not set"},
			"malformed":  {[]byte("no token at all"), "Invalid " + kind.String() + " task token."},
			"cut":        {w.token(kind)[:9], "Invalid " + kind.String() + " task token."},
			"other kind": {w.token(otherKind), "Invalid " + kind.String() + " task token."},
			"foreign":    {foreign.Encode(), "Operation requested with a token from a different namespace."},
		} {
			for _, request := range requests {
				req := request(c.token)
				t.Run(string(req.ProtoReflect().Descriptor().Name())+"/"+name, func(t *testing.T) {
					inBank(req)
					e := wantError[*serviceerror.InvalidArgument](t, w.invoke(t.Context(), req), c.words)
					if strings.Contains(e.Error(), "theirs") {
						t.Errorf("%q tells what a foreign token names", e.Error())
					}
				})
			}
		}
	}
}

func TestRefusedFeatures(t *testing.T) {
	w := newWorld(t)
	versioned := &deploymentpb.WorkerDeploymentOptions{DeploymentName: "d", BuildId: "b", WorkerVersioningMode: enumspb.WORKER_VERSIONING_MODE_VERSIONED}
	queue := &taskqueuepb.TaskQueue{Name: "q"}
	token := w.token(orchestration.WorkflowTask)
	for name, req := range map[string]proto.Message{
		"versioned workflow poll": &workflowservice.PollWorkflowTaskQueueRequest{TaskQueue: queue, DeploymentOptions: versioned},
		"versioned activity poll": &workflowservice.PollActivityTaskQueueRequest{TaskQueue: queue, WorkerVersionCapabilities: &commonpb.WorkerVersionCapabilities{BuildId: "b", UseVersioning: true}},
		"versioned completion":    &workflowservice.RespondWorkflowTaskCompletedRequest{TaskToken: token, DeploymentOptions: versioned},
		"callbacks of an update": &workflowservice.UpdateWorkflowExecutionRequest{WorkflowExecution: runOfBank, Request: &updatepb.Request{
			Input: &updatepb.Input{Name: "raise"}, CompletionCallbacks: []*commonpb.Callback{{}},
		}},
		"pages of a completion": &workflowservice.RespondWorkflowTaskCompletedRequest{TaskToken: token, IntermediatePage: true},
		"versions of a queue":   &workflowservice.DescribeTaskQueueRequest{TaskQueue: queue, Versions: &taskqueuepb.TaskQueueVersionSelection{BuildIds: []string{"b"}}},
		"global namespace":      &workflowservice.RegisterNamespaceRequest{IsGlobalNamespace: true},
		"archival":              &workflowservice.RegisterNamespaceRequest{HistoryArchivalState: enumspb.ARCHIVAL_STATE_ENABLED},
	} {
		t.Run(name, func(t *testing.T) {
			inBank(req)
			wantError[*serviceerror.Unimplemented](t, w.invoke(t.Context(), req), "not implemented by this server")
		})
	}
}

func TestUnknownNamespace(t *testing.T) {
	w := newWorld(t)
	for _, req := range []proto.Message{
		&workflowservice.StartWorkflowExecutionRequest{Namespace: "nowhere"},
		&workflowservice.PollWorkflowTaskQueueRequest{Namespace: "nowhere"},
		&workflowservice.RespondActivityTaskCompletedRequest{Namespace: "nowhere"},
		&workflowservice.ListWorkflowExecutionsRequest{Namespace: "nowhere"},
		&workflowservice.DescribeNamespaceRequest{Namespace: "nowhere"},
	} {
		if e := wantError[*serviceerror.NamespaceNotFound](t, w.invoke(t.Context(), req), "nowhere"); e.Namespace != "nowhere" {
			t.Errorf("%T: namespace %q in the detail", req, e.Namespace)
		}
	}
}

func TestNoNamespace(t *testing.T) {
	w := newWorld(t)
	for _, req := range []proto.Message{
		&workflowservice.StartWorkflowExecutionRequest{},
		&workflowservice.CountWorkflowExecutionsRequest{},
		&workflowservice.RespondWorkflowTaskCompletedRequest{TaskToken: w.token(orchestration.WorkflowTask)},
		&workflowservice.RegisterNamespaceRequest{WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)},
		&workflowservice.DescribeNamespaceRequest{},
	} {
		wantError[*serviceerror.InvalidArgument](t, w.invoke(t.Context(), req), "Namespace is not set on request.")
	}
}

func TestMalformedNamespaceName(t *testing.T) {
	w := newWorld(t)
	req := &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "a b\n", Execution: runOfBank}
	wantError[*serviceerror.InvalidArgument](t, w.invoke(t.Context(), req), "Namespace")
}

func TestOversizedMessage(t *testing.T) {
	w := newWorld(t)
	r := goodStart()
	r.Input = payloads(orchestration.MaxMessageSize)
	_, err := w.workflows.StartWorkflowExecution(t.Context(), r)
	wantError[*serviceerror.ResourceExhausted](t, err, "grpc: received message larger than max")
}

// bytesCodec sends bytes as they are, and reads nothing.
type bytesCodec struct{}

func (bytesCodec) Marshal(v any) ([]byte, error) { return v.([]byte), nil }
func (bytesCodec) Unmarshal([]byte, any) error   { return nil }
func (bytesCodec) Name() string                  { return "proto" }

func TestBytesThatAreNoRequest(t *testing.T) {
	w := newWorld(t)
	const start = "/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution"
	for name, c := range map[string]struct {
		method string
		bytes  string
		words  []string
	}{
		"invalid UTF-8 in an id":          {start, "\x12\x02\xff\xfe", []string{"workflow_id contains invalid UTF-8"}},
		"invalid UTF-8 in a nested field": {start, "\x1a\x03\x0a\x01\xff", []string{"workflow_type.name contains invalid UTF-8"}},
		"invalid UTF-8 in a map's key":    {start, "\x72\x07\x0a\x05\x0a\x01\xff\x12\x00", []string{"memo.fields.key contains invalid UTF-8"}},
		"cut":                             {start, "\x12\x20abc", []string{"not a valid message"}},
		"no field":                        {start, "\xff\xff\xff\xff", []string{"not a valid message"}},
		"of a method that is not built":   {"/temporal.api.operatorservice.v1.OperatorService/ListNexusEndpoints", "\xff", []string{"not a valid message"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.conn.Invoke(t.Context(), c.method, []byte(c.bytes), new([]byte), grpc.ForceCodec(bytesCodec{})) // the simplest way to send raw bytes
			e := wantError[*serviceerror.InvalidArgument](t, err, c.words...)
			if strings.Contains(e.Error(), "grpc:") || strings.Contains(e.Error(), "\u00a0") {
				t.Errorf("message %q is not for people", e.Error())
			}
		})
	}
}

func TestBadNamespaceRequests(t *testing.T) {
	w := newWorld(t)
	day := durationpb.New(24 * time.Hour)
	for name, c := range map[string]struct {
		req   proto.Message
		words string
	}{
		"no retention":       {&workflowservice.RegisterNamespaceRequest{Namespace: "new"}, "retention"},
		"short retention":    {&workflowservice.RegisterNamespaceRequest{Namespace: "new", WorkflowExecutionRetentionPeriod: durationpb.New(time.Hour)}, "retention"},
		"negative retention": {&workflowservice.RegisterNamespaceRequest{Namespace: "new", WorkflowExecutionRetentionPeriod: durationpb.New(-time.Hour)}, "negative"},
		"long name":          {&workflowservice.RegisterNamespaceRequest{Namespace: strings.Repeat("n", 2000), WorkflowExecutionRetentionPeriod: day}, "Namespace"},
		"malformed id":       {&workflowservice.DescribeNamespaceRequest{Id: "x"}, "Id is not a valid UUID"},
		"malformed token":    {&workflowservice.ListNamespacesRequest{NextPageToken: []byte("\x00\xff"), NamespaceFilter: &namespacepb.NamespaceFilter{}}, "NextPageToken is not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			wantError[*serviceerror.InvalidArgument](t, w.invoke(t.Context(), c.req), c.words)
		})
	}
	taken := &workflowservice.RegisterNamespaceRequest{Namespace: "bank", WorkflowExecutionRetentionPeriod: day}
	wantError[*serviceerror.NamespaceAlreadyExists](t, w.invoke(t.Context(), taken), "bank")
}
