package console

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/telemetry/trace"
	"github.com/tenuto-io/tenuto/tenants"
)

const (
	testAddr = "127.0.0.1:8233"
	someRun  = "0199a0a0-0000-7000-8000-00000000abcd"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is a clock that tests move.
type clock struct{ now time.Time }

func (c *clock) read() time.Time         { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

// fakeEngine answers with what a test put in, and remembers what it was asked.
type fakeEngine struct {
	list   engine.ListPage
	pages  func(engine.ListRequest) (engine.ListPage, error) // answers lists instead; nil: list does
	count  int64
	groups engine.RunCount
	err    error
	panics bool

	listed engine.ListRequest
	fakeFleet
}

func (f *fakeEngine) List(_ context.Context, r engine.ListRequest) (engine.ListPage, error) {
	if f.panics {
		panic("list of secrets")
	}
	f.listed = r
	if f.pages != nil {
		return f.pages(r)
	}
	return f.list, f.err
}

func (f *fakeEngine) CountGroups(_ context.Context, r engine.ListRequest) (engine.RunCount, error) {
	f.listed = r
	f.listed.PageSize = 1 // the matrix looks whether anything was asked
	return f.groups, f.err
}

func (f *fakeEngine) Count(context.Context, engine.ListRequest) (int64, error) { return f.count, f.err }

// fakeNamespaces knows "default" and whatever a test adds, whatever the names.
type fakeNamespaces []tenants.Namespace

func (f fakeNamespaces) ByName(_ context.Context, name string) (tenants.Namespace, error) {
	for _, n := range f {
		if n.Name == name {
			return n, nil
		}
	}
	return tenants.Namespace{}, orchestration.Errorf(orchestration.NamespaceNotFound, "Namespace %s is not found.", name)
}

func (f fakeNamespaces) ByID(_ context.Context, id orchestration.NamespaceID) (tenants.Namespace, error) {
	for _, n := range f {
		if n.ID == id {
			return n, nil
		}
	}
	return tenants.Namespace{}, orchestration.Errorf(orchestration.NamespaceNotFound, "Namespace %s is not found.", id)
}

func (f fakeNamespaces) ListOf(_ context.Context, t tenants.TenantID, after string, _ int) (of []tenants.Namespace, err error) {
	for _, n := range f {
		if n.Tenant == t && n.Name > after {
			of = append(of, n)
		}
	}
	return of, nil
}

// fakeTenants knows the default tenant.
type fakeTenants struct{ tenants.Registry }

func (fakeTenants) Epoch() context.Context { return context.Background() }

func (fakeTenants) ListViews(context.Context, orchestration.NamespaceID) ([]tenants.SavedView, error) {
	return nil, nil
}

func (fakeTenants) SaveView(context.Context, tenants.SavedView) error { return nil }

func (fakeTenants) RemoveView(context.Context, tenants.TenantID, orchestration.NamespaceID, string) error {
	return nil
}

func (fakeTenants) TenantNamed(_ context.Context, name string) (tenants.Tenant, error) {
	if name != defaultTenant.Name {
		return tenants.Tenant{}, orchestration.Errorf(orchestration.NotFound, "Tenant %s is not found.", name)
	}
	return defaultTenant, nil
}

func (fakeTenants) ListTenants(context.Context, string, int) ([]tenants.Tenant, error) {
	return []tenants.Tenant{defaultTenant}, nil
}

var defaultTenant = tenants.Tenant{ID: tenants.DefaultTenant, Name: tenants.DefaultTenantName, Title: "Default"}

// in is a namespace of the default tenant.
func in(namespace string) view.Place { return view.Place{Tenant: "default", Namespace: namespace} }

var defaultNamespace = tenants.Namespace{Name: "default", ID: orchestration.NamespaceID{1}, Tenant: tenants.DefaultTenant}

func runInfo(id string, status enumspb.WorkflowExecutionStatus) *workflowpb.WorkflowExecutionInfo {
	info := &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: someRun},
		Type:      &commonpb.WorkflowType{Name: "Transfer"}, TaskQueue: "bank", Status: status,
		StartTime: timestamppb.New(noon.Add(-90 * time.Second)), HistoryLength: 11, HistorySizeBytes: 2048,
	}
	if status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		info.CloseTime = timestamppb.New(noon.Add(-30 * time.Second))
	}
	return info
}

func startedEvent(typeName string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventId: 1, EventTime: timestamppb.New(noon), EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{WorkflowType: &commonpb.WorkflowType{Name: typeName}},
		},
	}
}

// bench is a console with fakes around it, and one browser's cookie.
type bench struct {
	t       *testing.T
	console *Console
	engine  *fakeEngine
	runs    *fakeRuns
	batches *fakeBatches
	clock   *clock
	printed []string // links printed in the terminal
	log     *strings.Builder
	cookie  *http.Cookie
}

// terminal is the way in of the bench's console.
func (b *bench) terminal() *terminal { return b.console.door.(*terminal) }

func newBench(t *testing.T, more ...tenants.Namespace) *bench {
	t.Helper()
	b := &bench{t: t, engine: &fakeEngine{}, runs: &fakeRuns{}, batches: &fakeBatches{}, clock: &clock{now: noon}, log: &strings.Builder{}}
	c, err := New(Config{
		Engine: b.engine, Runs: b.runs, Batches: b.batches, Namespaces: append(fakeNamespaces{defaultNamespace}, more...), Tenants: fakeTenants{}, Administration: idle{}, Attributes: idle{}, Addr: testAddr, Server: "127.0.0.1:7233",
		Spans: func(key orchestration.RunKey, namespace string, place orchestration.TraceContext, events []*historypb.HistoryEvent) ([]*tracepb.Span, error) {
			return trace.Spans(trace.Run{Key: key, Namespace: namespace, Place: place}, events)
		},
		TraceLink: "https://jaeger.example/trace/{trace}?a=1",
		NewLink:   func(link string) { b.printed = append(b.printed, link) },
		Logger:    slog.New(slog.NewTextHandler(b.log, nil)), Clock: b.clock.read,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.console = c
	return b
}

// request is what a browser on this machine would send for a link inside the console.
func request(method, target string, form url.Values) *http.Request {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, target, body)
	r.Host, r.RemoteAddr = testAddr, "127.0.0.1:50000"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// send serves a request with the browser's cookie, and keeps the cookie that the answer sets.
func (b *bench) send(r *http.Request) *httptest.ResponseRecorder {
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.console.Handler().ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == cookieName {
			b.cookie = c
		}
	}
	return w
}

func (b *bench) get(target string) *httptest.ResponseRecorder {
	return b.send(request(http.MethodGet, target, nil))
}

func (b *bench) post(target string, form url.Values) *httptest.ResponseRecorder {
	if form == nil {
		form = url.Values{}
	}
	return b.send(request(http.MethodPost, target, form))
}

// tokenOf takes the token out of a sign-in link.
func tokenOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Query().Get("token") == "" {
		t.Fatalf("not a sign-in link: %q", link)
	}
	return u.Query().Get("token")
}

// signIn redeems a fresh link.
func (b *bench) signIn() *bench {
	b.t.Helper()
	w := b.post("/signin", url.Values{"token": {tokenOf(b.t, b.console.SignInURL())}})
	if w.Code != http.StatusSeeOther || b.cookie == nil {
		b.t.Fatalf("sign-in answered %d", w.Code)
	}
	return b
}
