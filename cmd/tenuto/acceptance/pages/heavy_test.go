package pages

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"go.temporal.io/sdk/activity"
	sdkclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// What pages cost where there is much to show. `make pages` measures it at full figures.
var (
	manyRuns   = flag.Int("runs", 2000, "heavy pages: runs in the list")
	manyEvents = flag.Int("events", 2000, "heavy pages: events of the long history")
	visits     = flag.Int("visits", 2, "heavy pages: visits of each")
)

// drudge does nothing, one activity after the other or many at a time, until the history has that many events.
func drudge(ctx workflow.Context, width, events int) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for workflow.GetInfo(ctx).GetCurrentHistoryLength() < events {
		var all []workflow.Future
		for range width {
			all = append(all, workflow.ExecuteActivity(ctx, "Nothing"))
		}
		for _, f := range all {
			if err := f.Get(ctx, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func nothing() error { return nil }

// TestHeavyPages: the list of many runs, a run of 605 events, and one of many: each page comes at once, asks little and is small, also for a browser that has been there
// never before. The times are told, and not judged: machines differ.
func TestHeavyPages(t *testing.T) {
	database := filepath.Join(t.TempDir(), "tenuto.db")
	program, err := binary()
	must(t, err)
	out, err := exec.Command(program, "bench", "fill", "--sqlite", database, "--runs", strconv.Itoa(*manyRuns), "--attributes").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s := serve(t, "--db", database)
	c := s.dial("default")
	w := worker.New(c, "drudgery", worker.Options{})
	w.RegisterWorkflowWithOptions(drudge, workflow.RegisterOptions{Name: "Drudge"})
	w.RegisterActivityWithOptions(nothing, activity.RegisterOptions{Name: "Nothing"})
	must(t, w.Start())
	t.Cleanup(w.Stop)
	run := func(id string, width, events int) string {
		r, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: id, TaskQueue: "drudgery"}, "Drudge", width, events)
		must(t, err)
		must(t, r.Get(t.Context(), nil))
		return "/t/default/ns/default/workflows/" + id + "/" + r.GetRunID()
	}
	short, long := run("short", 1, 600), run("long", 100, *manyEvents)

	b := s.browse()
	before := s.resident()
	list := "/t/default/ns/default/workflows"
	var all []heavyPage
	for _, p := range []heavyPage{
		{name: fmt.Sprintf("list of %d runs", *manyRuns), path: list, row: "td.id a"},
		{name: "the same, failed and completed", path: list + "?query=" + "ExecutionStatus+IN+%28%27Failed%27%2C+%27Completed%27%29", row: "td.id a"},
		{name: "the same, by an attribute", path: list + "?query=FillRegion+%3D+%27region-3%27", row: "td.id a"},
		{name: "run of 605 events", path: short, row: "table.timeline tbody tr"},
		{name: "its history", path: short + "/history", row: "table.history tbody tr"},
		{name: fmt.Sprintf("run of %d events", *manyEvents), path: long, row: "table.timeline tbody tr"},
		{name: "its history", path: long + "/history", row: "table.history tbody tr"},
		{name: "its history, as JSON", path: long + "/history?form=json", row: "pre.json"},
		{name: "its data", path: long + "/data", row: "main h2"},
		{name: "overview", path: "/t/default/ns/default/overview", row: "main svg"},
		{name: "queues", path: "/t/default/ns/default/queues", row: "main tbody tr"},
		{name: "workers", path: "/t/default/ns/default/workers", row: "main tbody tr"},
	} {
		p.visit(b)
		all = append(all, p)
	}
	size, took := b.download(long + "/history.json")
	fmt.Print(table(all))
	fmt.Printf("history of %d events as a file: %d KB in %d ms; server %d MB before, %d MB after\n",
		*manyEvents, size>>10, took.Milliseconds(), before>>20, s.resident()>>20)
}

// heavyPage is a page and what it has cost, visit by visit.
type heavyPage struct {
	name, path string
	row        string // selector of what the reader waits for
	cold, warm []cost
}

// cost is that of one visit. Times count from where the reader has asked.
type cost struct {
	First    float64 // ms to the first byte of the page
	Shown    float64 // ms until the first row is on the screen
	Page     float64 // bytes of the page, uncompressed
	Requests float64 // of the page and all it asks for within a second after it is there
	Wire     float64 // bytes of all answers
}

// watchRow takes the time at which the first element that a selector finds is painted.
const watchRow = `new MutationObserver((_, o) => { if (document.querySelector(%s)) { o.disconnect(); requestAnimationFrame(() => setTimeout(() => { window.shown = performance.now() })) } })
	.observe(document, {childList: true, subtree: true})`

func (p *heavyPage) visit(b *browser) {
	b.t.Helper()
	watch, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(watchRow, strconv.Quote(p.row))})
	must(b.t, err)
	for range *visits {
		_, err := chromedp.Call(b.ctx, network.ClearBrowserCache, cdp.Empty{})
		must(b.t, err)
		p.cold = append(p.cold, p.once(b))
		p.warm = append(p.warm, p.once(b))
	}
	_, err = chromedp.Call(b.ctx, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams(watch))
	must(b.t, err)
}

func (p *heavyPage) once(b *browser) cost {
	b.t.Helper()
	b.open(p.path)
	b.until(p.name, `window.shown > 0`)
	time.Sleep(time.Second) // what a page asks for by itself comes within
	c, err := chromedp.Run(b.ctx, chromedp.Evaluate[cost](`(() => { const n = performance.getEntriesByType("navigation")[0];
		return {First: n.responseStart - n.startTime, Shown: window.shown, Page: n.decodedBodySize} })()`))
	must(b.t, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	c.Requests, c.Wire = float64(len(b.asked)), float64(b.bytes)
	if c.Requests > mostRequests || c.Page > mostBytes {
		b.t.Errorf("%s makes %.0f requests, and has %.0f bytes", p.name, c.Requests, c.Page)
	}
	return c
}

func table(all []heavyPage) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "page\tfirst byte ms\tmost\tfirst row ms\tmost\trequests\tpage KB\twire KB\tagain: first byte ms\tfirst row ms\trequests\twire KB\t")
	for _, p := range all {
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t\n", p.name,
			middle(p.cold, first), most(p.cold, first), middle(p.cold, shown), most(p.cold, shown), most(p.cold, requests), most(p.cold, bytes)/1024, most(p.cold, wire)/1024,
			middle(p.warm, first), middle(p.warm, shown), most(p.warm, requests), most(p.warm, wire)/1024)
	}
	_ = w.Flush() // into memory
	return text.String()
}

func first(c cost) float64    { return c.First }
func shown(c cost) float64    { return c.Shown }
func requests(c cost) float64 { return c.Requests }
func bytes(c cost) float64    { return c.Page }
func wire(c cost) float64     { return c.Wire }

func sorted(all []cost, of func(cost) float64) []float64 {
	var values []float64
	for _, c := range all {
		values = append(values, of(c))
	}
	slices.Sort(values)
	return values
}

func middle(all []cost, of func(cost) float64) float64 { return sorted(all, of)[len(all)/2] }
func most(all []cost, of func(cost) float64) float64   { return sorted(all, of)[len(all)-1] }

// download reads a file to its end.
func (b *browser) download(path string) (size int64, took time.Duration) {
	b.t.Helper()
	client := b.visitor()
	begun := time.Now()
	reply, err := client.Get(b.console + path)
	must(b.t, err)
	defer reply.Body.Close()
	size, err = io.Copy(io.Discard, reply.Body)
	must(b.t, err)
	if reply.StatusCode != http.StatusOK {
		b.t.Errorf("%s answers %s", path, reply.Status)
	}
	return size, time.Since(begun)
}
