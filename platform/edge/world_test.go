package edge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
)

// forwarding has every world made of two nodes: the client's owns nothing, and the other one owns every workflow.
var forwarding = false

// TestMain runs the tests on one node, then through a node that passes all calls of workflows on to another.
func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Println("through another node:")
	forwarding = true
	os.Exit(max(code, m.Run()))
}

// world is a served edge with a client of it: a fake engine behind, a real connection before.
type world struct {
	engine    *fakeEngine
	batches   *fakeBatches
	store     *namespaceStore
	ns        tenants.Namespace  // the namespace "bank"
	directory *tenants.Directory // the server's
	server    *edge.Server       // the client's
	owner     *edge.Server       // of the other node; nil when there is none
	fleet     *fleettest.Fleet
	conn      *grpc.ClientConn
	workflows workflowservice.WorkflowServiceClient
	operators operatorservice.OperatorServiceClient
	logs      *logBuffer
}

// newWorld serves until the test ends. The options are the client's.
func newWorld(t *testing.T, opts ...grpc.DialOption) *world {
	t.Helper()
	return newWorldOf(t, nil, opts...)
}

// newWorldOf is newWorld with a guard.
func newWorldOf(t *testing.T, guard edge.Guard, opts ...grpc.DialOption) *world {
	t.Helper()
	return newWorldWith(t, func(c *edge.Config) { c.Guard = guard }, opts...)
}

// newWorldWith is newWorld with a configuration of its own, on all nodes.
func newWorldWith(t *testing.T, change func(*edge.Config), opts ...grpc.DialOption) *world {
	t.Helper()
	w := &world{engine: &fakeEngine{}, batches: &fakeBatches{}, store: &namespaceStore{}, logs: &logBuffer{}}
	w.directory = tenants.NewDirectory(w.store, time.Now)
	var err error
	w.ns, err = w.directory.Register(t.Context(), tenants.Registration{Name: "bank", Retention: tenants.MinRetention})
	if err != nil {
		t.Fatal(err)
	}
	config := edge.Config{
		Engine: w.engine, Batches: w.batches, Namespaces: w.directory, Version: "1.2.3", ClusterID: "c-1", Storage: "sqlite", Host: "here", Administration: fakeAdministration{},
		Logger: slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	change(&config)
	if forwarding {
		config = w.addOwner(t, config)
	}
	w.server = edge.New(config)
	l := bufconn.Listen(1 << 20)
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(l) }()
	opts = append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }),
	}, opts...)
	w.conn, err = grpc.NewClient("passthrough:///edge", opts...)
	if err != nil {
		t.Fatal(err)
	}
	w.workflows = workflowservice.NewWorkflowServiceClient(w.conn)
	w.operators = operatorservice.NewOperatorServiceClient(w.conn)
	t.Cleanup(func() {
		_ = w.conn.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.drain(ctx); err != nil {
			t.Errorf("drain: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return w
}

// addOwner makes a second node of the config, which owns every workflow, and returns the config of the first.
func (w *world) addOwner(t *testing.T, c edge.Config) edge.Config {
	t.Helper()
	w.fleet = fleettest.New()
	t.Cleanup(w.fleet.Close)
	first, other := w.fleet.Join(), w.fleet.Join()
	if err := w.fleet.Spread(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	w.engine.ofWorkflow = func(ctx context.Context) {
		if _, direct := peer.FromContext(ctx); direct {
			t.Error("a verb of a workflow was called at a node that does not own it")
		}
	}
	c.Router = other
	w.owner = edge.New(c)
	c.Router = first
	return c
}

// answering is the server whose engine is asked about workflows.
func (w *world) answering() *edge.Server {
	if w.owner != nil {
		return w.owner
	}
	return w.server
}

// drain drains the client's server and, if there is one, the other node's.
func (w *world) drain(ctx context.Context) error {
	if w.owner == nil {
		return w.server.Drain(ctx)
	}
	owner := make(chan error, 1)
	go func() { owner <- w.owner.Drain(ctx) }()
	return errors.Join(w.server.Drain(ctx), <-owner)
}

// token is a task token of a run in the world's namespace.
func (w *world) token(kind orchestration.TaskKind) []byte {
	return orchestration.TaskToken{
		Kind: kind, Namespace: w.ns.ID, WorkflowID: "transfer-1", RunID: someRun, ScheduledEventID: 5, StartedEventID: 6, Attempt: 2,
	}.Encode()
}

var someRun = orchestration.NewRunID(time.UnixMilli(1_700_000_000_000))

// wantError demands that err is of the public type E, with every one of the words in its message.
func wantError[E error](t *testing.T, err error, words ...string) E {
	t.Helper()
	var want E
	if err == nil {
		t.Fatalf("no error, want %T", want)
	}
	public := serviceerror.FromStatus(status.Convert(err))
	if !errors.As(public, &want) {
		t.Fatalf("error %T %v, want %T", public, public, want)
	}
	for _, word := range words {
		if !strings.Contains(public.Error(), word) {
			t.Errorf("message %q does not say %q", public.Error(), word)
		}
	}
	return want
}

// namespaceStore keeps namespaces in memory, or fails.
type namespaceStore struct {
	mu   sync.Mutex
	list []tenants.Namespace
	err  error
}

func (s *namespaceStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *namespaceStore) InsertNamespace(_ context.Context, n tenants.Namespace, freeSince time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.list, func(have tenants.Namespace) bool { return have.Former == n.Name && have.Updated.After(freeSince) }) {
		return tenants.ErrReserved
	}
	if slices.ContainsFunc(s.list, func(have tenants.Namespace) bool { return have.Name == n.Name }) {
		return tenants.ErrExists
	}
	s.list = append(s.list, n)
	slices.SortFunc(s.list, func(a, b tenants.Namespace) int { return strings.Compare(a.Name, b.Name) })
	return s.err
}

func (s *namespaceStore) UpdateNamespace(_ context.Context, n tenants.Namespace) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.list, func(have tenants.Namespace) bool { return have.ID == n.ID && have.Version == n.Version })
	if i < 0 {
		return tenants.ErrChanged
	}
	n.Version++
	s.list[i] = n
	return s.err
}

func (s *namespaceStore) RemoveNamespace(_ context.Context, id orchestration.NamespaceID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(have tenants.Namespace) bool { return have.ID == id })
	return s.err
}

func (s *namespaceStore) find(match func(tenants.Namespace) bool) (tenants.Namespace, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.list, match); i >= 0 {
		return s.list[i], true, s.err
	}
	return tenants.Namespace{}, false, s.err
}

func (s *namespaceStore) NamespaceByName(_ context.Context, name string) (tenants.Namespace, bool, error) {
	return s.find(func(n tenants.Namespace) bool { return n.Name == name })
}

func (s *namespaceStore) NamespaceByID(_ context.Context, id orchestration.NamespaceID) (tenants.Namespace, bool, error) {
	return s.find(func(n tenants.Namespace) bool { return n.ID == id })
}

func (s *namespaceStore) ListNamespaces(_ context.Context, after string, limit int) ([]tenants.Namespace, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []tenants.Namespace
	for _, n := range s.list {
		if n.Name > after && len(out) < limit {
			out = append(out, n)
		}
	}
	return out, s.err
}

func (s *namespaceStore) ListNamespacesOf(_ context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Namespace, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []tenants.Namespace
	for _, n := range s.list {
		if n.Tenant == t && n.Name > after && len(out) < limit {
			out = append(out, n)
		}
	}
	return out, s.err
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
