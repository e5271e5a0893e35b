package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

// hostileIDs are names that a workflow may have and that break what joins, splits or resolves paths carelessly.
var hostileIDs = []string{
	"a/b", "/", "//", "a/", "../../etc/passwd", ".", "..", "~.", "~..", "~~..", "~", "...", "%", "%2F", "%252F", "100%", "a?b=c#d", "a b", "a+b", "a;b,c&d",
	`<script>alert(1)</script>`, `" onmouseover="x`, "'", "\\", "\t\n\r", "\x00", "zażółć", "مرحبا", "\u202Etxt.exe", "👩‍👩‍👧‍👦", ":namespace", "*", "{x}",
	strings.Repeat("x", 1000), strings.Repeat("/", 1000), strings.Repeat("é", 500),
}

func TestHostileIDsSurviveTheAddress(t *testing.T) {
	for _, id := range hostileIDs {
		b := newBench(t, tenants.Namespace{Name: id, ID: orchestration.NamespaceID{9}, Tenant: tenants.DefaultTenant}).signIn()
		if w := b.get(view.RunURL(in(id), id, someRun)); w.Code != http.StatusOK {
			t.Errorf("%.40q: %d", id, w.Code)
			continue
		}
		got := b.runs.described
		if got.GetExecution().GetWorkflowId() != id || got.GetExecution().GetRunId() != someRun || got.GetNamespace() != id {
			t.Errorf("asked for %.40q, the engine was asked for %.40q", id, got.GetExecution().GetWorkflowId())
		}
		w := b.get(view.RunURL(in(id), id, ""))
		if want := view.RunURL(in(id), id, someRun); w.Code != http.StatusFound || w.Header().Get("Location") != want {
			t.Errorf("current run of %.40q: %d to %.80q", id, w.Code, w.Header().Get("Location"))
		}
		if w := b.get(view.WorkflowsURL(in(id), "", "")); w.Code != http.StatusOK || b.engine.listed.Namespace != (orchestration.NamespaceID{9}) {
			t.Errorf("namespace %.40q: %d", id, w.Code)
		}
	}
}

// A browser takes "." and ".." segments out of an address, also encoded ones, before it sends it.
func TestNoAddressHasDotSegments(t *testing.T) {
	for _, id := range hostileIDs {
		path, _, _ := strings.Cut(view.RunURL(in("default"), id, someRun), "?")
		for segment := range strings.SplitSeq(path, "/") {
			plain, err := url.PathUnescape(segment)
			if err != nil || plain == "." || plain == ".." {
				t.Errorf("%.40q: segment %q (%v)", id, segment, err)
			}
		}
		if got := strings.Count(path, "/"); got != 7 {
			t.Errorf("%.40q: %d slashes in %.80q", id, got, path)
		}
	}
}

func TestListAsksForWhatTheAddressSays(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.list = engine.ListPage{Executions: []*workflowpb.WorkflowExecutionInfo{runInfo("t-1", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)}, PageToken: []byte{0xFF, 0xFE}}
	query := `WorkflowType = "Transfer" AND ExecutionStatus = 'Running'`
	w := b.get(view.WorkflowsURL(in("default"), query, ""))
	if w.Code != http.StatusOK || b.engine.listed.Query != query || b.engine.listed.PageToken != nil || b.engine.listed.PageSize != listPageSize {
		t.Fatalf("%d, asked %+v", w.Code, b.engine.listed)
	}
	body := w.Body.String()
	for _, want := range []string{"Next page", "page=__4", "t-1"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	b.get(view.WorkflowsURL(in("default"), query, "__4"))
	if string(b.engine.listed.PageToken) != "\xFF\xFE" || b.engine.listed.Query != query {
		t.Fatalf("second page asked %+v", b.engine.listed)
	}
}

func TestRefusedFilterIsShownBesideWhatWasTyped(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.err = orchestration.Errorf(orchestration.InvalidArgument, "invalid query: unknown column <Colour>")
	w := b.get(view.WorkflowsURL(in("default"), `Colour = "red"`, ""))
	body := w.Body.String()
	if w.Code != http.StatusBadRequest || !strings.Contains(body, "unknown column &lt;Colour&gt;") || !strings.Contains(body, `value="Colour = &#34;red&#34;"`) {
		t.Fatalf("%d\n%s", w.Code, body)
	}
}

func TestAddressesOfNothing(t *testing.T) {
	b := newBench(t).signIn()
	for target, want := range map[string]int{
		"/nowhere": http.StatusNotFound, "/t/other": http.StatusNotFound, "/t/other/ns/default/workflows": http.StatusNotFound,
		"/t/default/ns/unknown/workflows": http.StatusNotFound, "/t/default/ns/unknown/workflows/a/" + someRun: http.StatusNotFound,
		"/t/default/ns/default/workflows/a/not-a-run": http.StatusNotFound, "/t/default/ns/default/workflows//" + someRun: http.StatusNotFound,
		"/t/default/ns/default/workflows/a/b/c": http.StatusNotFound, "/assets/console.css": http.StatusNotFound, "/assets/..%2Fassets.go": http.StatusNotFound,
		"/t/default/ns/default/workflows?page=%21":                   http.StatusBadRequest,
		"/t/default/ns/default/workflows/a/" + someRun + "?page=%21": http.StatusBadRequest,
	} {
		w := b.get(target)
		if w.Code != want || !strings.Contains(w.Body.String(), "<h1>") {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
	if w := b.send(request(http.MethodDelete, "/signin", nil)); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", w.Code)
	}
}

func TestEngineErrorsBecomeStatuses(t *testing.T) {
	for code, want := range map[orchestration.Code]int{
		orchestration.NotFound: http.StatusNotFound, orchestration.NamespaceNotFound: http.StatusNotFound, orchestration.Unavailable: http.StatusServiceUnavailable,
		orchestration.ResourceExhausted: http.StatusTooManyRequests, orchestration.DeadlineExceeded: http.StatusGatewayTimeout,
		orchestration.Canceled: http.StatusServiceUnavailable, orchestration.InvalidArgument: http.StatusBadRequest,
		orchestration.PermissionDenied: http.StatusForbidden, orchestration.FailedPrecondition: http.StatusConflict,
	} {
		b := newBench(t).signIn()
		b.runs.err = orchestration.Errorf(code, "the reason <b>")
		w := b.get(view.RunURL(in("default"), "a", someRun))
		if w.Code != want || !strings.Contains(w.Body.String(), "the reason &lt;b&gt;") {
			t.Errorf("code %d: %d, want %d", code, w.Code, want)
		}
	}
	for err, want := range map[error]int{
		context.DeadlineExceeded: http.StatusGatewayTimeout, fmt.Errorf("read: %w", context.Canceled): http.StatusServiceUnavailable,
	} {
		if status, _ := explain(err); status != want {
			t.Errorf("%v: %d, want %d", err, status, want)
		}
	}
}

// What went wrong inside is for the log, not for the page.
func TestInternalErrorsAreLoggedAndNotShown(t *testing.T) {
	for name, fail := range map[string]func(*fakeEngine){
		"error":     func(f *fakeEngine) { f.err = errors.New("list of secrets") },
		"data loss": func(f *fakeEngine) { f.err = orchestration.Errorf(orchestration.DataLoss, "list of secrets") },
		"panic":     func(f *fakeEngine) { f.panics = true },
	} {
		b := newBench(t).signIn()
		fail(b.engine)
		w := b.get("/t/default/ns/default/workflows")
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secrets") {
			t.Errorf("%s: %d\n%s", name, w.Code, w.Body)
		}
		if !strings.Contains(b.log.String(), "list of secrets") {
			t.Errorf("%s: not in the log", name)
		}
	}
}

func TestAssetsAreCachedByContent(t *testing.T) {
	b := newBench(t)
	body := b.get("/signin").Body.String()
	_, rest, _ := strings.Cut(body, `<link rel="stylesheet" href="`)
	href, _, _ := strings.Cut(rest, `"`)
	w := b.get(href)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Fatalf("%s: %d %v", href, w.Code, w.Header())
	}
}

func TestIncompleteConfig(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Fatal("a console of nothing was made")
	}
}
