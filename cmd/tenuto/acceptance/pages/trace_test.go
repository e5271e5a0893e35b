package pages

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	sdkclient "go.temporal.io/sdk/client"

	"github.com/tenuto-io/tenuto/telemetry/otlp/otlptest"
)

// A run is seen as its spans while it is open and when it has closed, with the ids that the collector gets, and the way to its children's and to the tracing backend.
func TestTraceJourney(t *testing.T) {
	collector := otlptest.New(t)
	s := serve(t, "--otlp", collector.HTTP, "--otlp-link", "http://127.0.0.1:1/trace/{trace}")
	s.settling("first")
	run, err := s.dial("default").ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: "all", TaskQueue: "settlements"}, "SettleAll")
	must(t, err)
	b := s.browse()
	b.open("/t/default/ns/default/workflows/all/" + run.GetRunID())
	b.follow("Family")
	b.shows("invoice-2")
	b.follow("Trace")
	b.shows("These spans have ended.")
	b.shows("workflow task")
	id := strings.ReplaceAll(run.GetRunID(), "-", "")
	b.until("the id of the trace, and a button that copies it", `document.getElementById('trace-id').innerText === '`+id+`' && document.querySelector('[data-copy="`+id+`"]').offsetHeight > 0`)
	b.until("the way to the tracing backend", `document.querySelector('a[href="http://127.0.0.1:1/trace/`+id+`"]') !== null`)
	b.sound("run-trace-open")

	must(t, s.dial("default").TerminateWorkflow(t.Context(), "all", "", "enough"))
	b.shows("Terminated")
	b.shows("workflow SettleAll")
	b.shows("child Settle")
	b.shows("Trace of invoice-1")
	b.press(`table.trace summary`)
	b.shows("span id")
	b.evaluate(`document.querySelectorAll('table.trace details').forEach(d => d.open = true)`)
	spans := collector.Wait(t.Context(), t, "the run", func(all []*tracepb.Span) bool {
		for _, span := range all {
			if span.GetName() == "workflow SettleAll" {
				return true
			}
		}
		return false
	})
	for _, span := range spans {
		if got := hex.EncodeToString(span.GetTraceId()); got != id {
			t.Errorf("span %s is of trace %s", span.GetName(), got)
		}
		if slices.ContainsFunc(span.GetAttributes(), func(a *commonpb.KeyValue) bool { return a.GetValue().GetStringValue() == run.GetRunID() }) {
			b.until("span "+span.GetName(), `[...document.querySelectorAll('.trace dd')].some(e => e.innerText === '`+hex.EncodeToString(span.GetSpanId())+`')`)
		}
	}
	b.evaluate(`document.querySelectorAll('table.trace details').forEach((d, i) => d.open = i === 0)`)
	b.sound("run-trace")

	b.follow("Trace of invoice-1")
	b.until("the child's page, in the same trace", `document.querySelector('h1').innerText === 'invoice-1' && document.getElementById('trace-id').innerText === '`+id+`'`)
	b.follow("Trace of the parent")
	b.until("the parent's page", `document.querySelector('h1').innerText === 'all'`)
}
