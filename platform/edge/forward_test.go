package edge_test

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
)

// fleet is several served edges, each with an engine of its own, in one namespace "bank".
type fleet struct {
	*fleettest.Fleet
	nodes []*member
	ns    tenants.Namespace
}

type member struct {
	*fleettest.Node
	engine *fakeEngine
	server *edge.Server
	client workflowservice.WorkflowServiceClient
	logs   *logBuffer
}

// newFleet serves n nodes; the last one owns every workflow.
func newFleet(t *testing.T, n int) *fleet {
	t.Helper()
	f := &fleet{Fleet: fleettest.New()}
	t.Cleanup(f.Close)
	directory := tenants.NewDirectory(&namespaceStore{}, time.Now)
	var err error
	if f.ns, err = directory.Register(t.Context(), tenants.Registration{Name: "bank", Retention: tenants.MinRetention}); err != nil {
		t.Fatal(err)
	}
	for range n {
		m := &member{Node: f.Join(), engine: &fakeEngine{}, logs: &logBuffer{}}
		m.server = edge.New(edge.Config{
			Engine: m.engine, Namespaces: directory, Router: m.Node,
			Logger: slog.New(slog.NewTextHandler(m.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		m.client = workflowservice.NewWorkflowServiceClient(serve(t, m.server))
		f.nodes = append(f.nodes, m)
	}
	if err := f.Spread(t.Context(), f.nodes[n-1].Node); err != nil {
		t.Fatal(err)
	}
	return f
}

// serve serves until the test ends, and connects.
func serve(t *testing.T, s *edge.Server) *grpc.ClientConn {
	t.Helper()
	l := bufconn.Listen(1 << 20)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	conn, err := grpc.NewClient("passthrough:///edge",
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Drain(ctx); err != nil {
			t.Errorf("drain: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return conn
}

// shard is the one of runOfBank.
func (f *fleet) shard() orchestration.ShardID {
	return orchestration.ShardOf(f.ns.ID, runOfBank.WorkflowId)
}

func signalBank(ctx context.Context, m *member) error {
	_, err := m.client.SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{Namespace: "bank", WorkflowExecution: runOfBank, SignalName: "s"})
	return err
}

// accept has the member's engine take signals, and counts them.
func (m *member) accept() *atomic.Int32 {
	n := new(atomic.Int32)
	m.engine.signal = func(context.Context, orchestration.RunKey, history.Signal) error { n.Add(1); return nil }
	return n
}

// refuse has the member's engine say that it does not own the workflow, and counts that.
func (m *member) refuse() *atomic.Int32 {
	n := new(atomic.Int32)
	m.engine.signal = func(context.Context, orchestration.RunKey, history.Signal) error {
		n.Add(1)
		return orchestration.Errorf(orchestration.Moved, "elsewhere")
	}
	return n
}

// TestRedirect: a node that was misled about the owner is told, and asks the right one.
func TestRedirect(t *testing.T) {
	f := newFleet(t, 3)
	asked, wrong, owner := f.nodes[0], f.nodes[1], f.nodes[2]
	refused, signals := wrong.refuse(), owner.accept()
	asked.Mislead(f.shard(), wrong.ID())
	if err := signalBank(t.Context(), asked); err != nil {
		t.Fatal(err)
	}
	if refused.Load() != 1 || signals.Load() != 1 {
		t.Errorf("%d refusals, %d signals", refused.Load(), signals.Load())
	}
}

// TestRedirectsAreBounded: a workflow that no node admits to own is not chased for ever, and the client is asked to come again.
func TestRedirectsAreBounded(t *testing.T) {
	f := newFleet(t, 2)
	refused := f.nodes[1].refuse()
	err := signalBank(t.Context(), f.nodes[0])
	wantError[*serviceerror.Unavailable](t, err, "changing servers")
	if n := refused.Load(); n != 6 { // three times asked, and each time twice: it is said to serve the workflow
		t.Errorf("%d refusals", n)
	}
	err = signalBank(t.Context(), f.nodes[1])
	wantError[*serviceerror.Unavailable](t, err, "changing servers")
}

// TestOwnerNotReadyYet: a call that comes before the owner serves the workflow waits for that, also when the owner is where it came in.
func TestOwnerNotReadyYet(t *testing.T) {
	for name, from := range map[string]int{"forwarded": 0, "direct": 1} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, 2)
			owner := f.nodes[1]
			f.Assign(owner.Node, f.shard())
			ready := make(chan struct{})
			owner.engine.signal = func(context.Context, orchestration.RunKey, history.Signal) error {
				select {
				case <-ready:
					return nil
				default:
					return orchestration.Errorf(orchestration.Moved, "not yet")
				}
			}
			answer := make(chan error, 1)
			go func() { answer <- signalBank(t.Context(), f.nodes[from]) }()
			owner.Awaits(t.Context())
			close(ready)
			if err := f.Move(t.Context(), owner.Node, f.shard()); err != nil {
				t.Fatal(err)
			}
			if err := <-answer; err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDrainedUnderTheHandler: a handler whose workflow is given away while it runs has its call answered by the new owner.
func TestDrainedUnderTheHandler(t *testing.T) {
	f := newFleet(t, 2)
	to, from := f.nodes[0], f.nodes[1]
	signals := to.accept()
	from.engine.signal = func(ctx context.Context, _ orchestration.RunKey, _ history.Signal) error {
		if err := f.Move(ctx, to.Node, f.shard()); err != nil {
			t.Error(err)
		}
		return orchestration.Errorf(orchestration.Moved, "drained")
	}
	if err := signalBank(t.Context(), from); err != nil || signals.Load() != 1 {
		t.Errorf("%v, %d signals", err, signals.Load())
	}
}

func TestOwnerOutOfReach(t *testing.T) {
	f := newFleet(t, 2)
	f.Faults(func(fleettest.Message) fleettest.Fault { return fleettest.Unreachable })
	wantError[*serviceerror.Unavailable](t, signalBank(t.Context(), f.nodes[0]), "cannot be reached")
	f.nodes[1].Kill()
	wantError[*serviceerror.Unavailable](t, signalBank(t.Context(), f.nodes[0]), "changing servers")
}

// TestLargeAnswer: what is larger than a request may be comes through whole, and compressed only on its last way.
func TestLargeAnswer(t *testing.T) {
	f := newFleet(t, 2)
	var want []*historypb.HistoryEvent
	for i := range 4 {
		want = append(want, &historypb.HistoryEvent{EventId: int64(i + 1), Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{Input: payloads(1 << 20)},
		}})
	}
	f.nodes[1].engine.history = func(context.Context, engine.HistoryRequest) (engine.HistoryPage, error) {
		return engine.HistoryPage{Events: want, PageToken: []byte("more")}, nil
	}
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "bank", Execution: runOfBank}
	for _, opts := range [][]grpc.CallOption{nil, {grpc.UseCompressor(gzip.Name)}} {
		got, err := f.nodes[0].client.GetWorkflowExecutionHistory(t.Context(), request, opts...)
		if err != nil || string(got.GetNextPageToken()) != "more" || !proto.Equal(got.GetHistory(), &historypb.History{Events: want}) {
			t.Errorf("%d events, %v", len(got.GetHistory().GetEvents()), err)
		}
	}
}

// TestLargeRequest: the largest request that a client may send can be passed on.
func TestLargeRequest(t *testing.T) {
	f := newFleet(t, 2)
	var got int
	f.nodes[1].engine.signal = func(_ context.Context, _ orchestration.RunKey, s history.Signal) error {
		got = proto.Size(s.Input) + proto.Size(s.Header)
		return nil
	}
	most := payloads(orchestration.MaxPayloadSize - 100)
	header := &commonpb.Header{Fields: map[string]*commonpb.Payload{"h": payloads(orchestration.MaxPayloadSize - 1000).Payloads[0]}}
	_, err := f.nodes[0].client.SignalWorkflowExecution(t.Context(), &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: runOfBank, SignalName: "s", Input: most, Header: header,
	})
	if err != nil || got != proto.Size(most)+proto.Size(header) {
		t.Errorf("%d bytes, %v", got, err)
	}
}

// TestWaitEndsWithThisServer: a client that waits at a server that shuts down is sent elsewhere, though the owner goes on.
func TestWaitEndsWithThisServer(t *testing.T) {
	f := newFleet(t, 2)
	waiting, left := make(chan struct{}), make(chan struct{})
	f.nodes[1].engine.history = func(ctx context.Context, _ engine.HistoryRequest) (engine.HistoryPage, error) {
		close(waiting)
		<-ctx.Done()
		close(left)
		return engine.HistoryPage{}, ctx.Err()
	}
	answer := make(chan error, 1)
	go func() {
		_, err := f.nodes[0].client.GetWorkflowExecutionHistory(t.Context(), &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: "bank", Execution: runOfBank, WaitNewEvent: true,
		})
		answer <- err
	}()
	<-waiting
	if err := f.nodes[0].server.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	wantError[*serviceerror.Unavailable](t, <-answer, "shutting down")
	<-left
}

// TestShortCallsOutliveTheDrain: a call that another node has passed on is answered before the server has drained, and none is begun after it.
func TestShortCallsOutliveTheDrain(t *testing.T) {
	f := newFleet(t, 2)
	asked, owner := f.nodes[0], f.nodes[1]
	running, release := make(chan struct{}), make(chan struct{})
	owner.engine.signal = func(context.Context, orchestration.RunKey, history.Signal) error {
		close(running)
		<-release
		return nil
	}
	answer, drained := make(chan error, 1), make(chan error, 1)
	go func() { answer <- signalBank(t.Context(), asked) }()
	<-running
	impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := owner.server.Drain(impatient); err == nil {
		t.Error("drained with a call in flight")
	}
	go func() { drained <- owner.server.Drain(t.Context()) }()
	close(release)
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if err := <-answer; err != nil {
		t.Error(err)
	}
	wantError[*serviceerror.Unavailable](t, signalBank(t.Context(), asked), "shutting down")
}

// TestTheCallersTimeAndAbsenceTravel: the owner knows the call's deadline, and learns that its client has gone.
func TestTheCallersTimeAndAbsenceTravel(t *testing.T) {
	f := newFleet(t, 2)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	gone := make(chan struct{})
	f.nodes[1].engine.signal = func(inner context.Context, _ orchestration.RunKey, _ history.Signal) error {
		if deadline, ok := inner.Deadline(); !ok || time.Until(deadline) > time.Minute {
			t.Errorf("deadline %v, %v", deadline, ok)
		}
		cancel()
		<-inner.Done()
		close(gone)
		return inner.Err()
	}
	wantError[*serviceerror.Canceled](t, signalBank(ctx, f.nodes[0]))
	<-gone
}

// TestForwardedCallsAreLoggedAtBothNodes, once each, with the same facts.
func TestForwardedCallsAreLoggedAtBothNodes(t *testing.T) {
	f := newFleet(t, 2)
	f.nodes[1].accept()
	if err := signalBank(metadata.AppendToOutgoingContext(t.Context(), "client-name", "temporal-java"), f.nodes[0]); err != nil {
		t.Fatal(err)
	}
	for i, m := range f.nodes {
		var lines []string
		for line := range strings.Lines(m.logs.String()) {
			if strings.Contains(line, "msg=call") {
				lines = append(lines, line)
			}
		}
		if len(lines) != 1 {
			t.Errorf("node %d wrote %q", i+1, lines)
			continue
		}
		for _, fact := range []string{"SignalWorkflowExecution", "code=OK", "namespace=bank", "client=temporal-java"} {
			if !strings.Contains(lines[0], fact) {
				t.Errorf("node %d does not say %s: %s", i+1, fact, lines[0])
			}
		}
		if got := strings.Contains(lines[0], "from_node=1"); got != (i == 1) {
			t.Errorf("node %d: %s", i+1, lines[0])
		}
	}
}

// TestPanicAtTheOwner: a handler that panics for another node's client is that call's fault alone.
func TestPanicAtTheOwner(t *testing.T) {
	f := newFleet(t, 2)
	f.nodes[1].engine.signal = func(context.Context, orchestration.RunKey, history.Signal) error { panic("broken") }
	wantError[*serviceerror.Internal](t, signalBank(t.Context(), f.nodes[0]), "Internal server error.")
	if !strings.Contains(f.nodes[1].logs.String(), "broken") || strings.Contains(f.nodes[0].logs.String(), "broken") {
		t.Error("the owner alone logs the stack")
	}
}
