package trace

import (
	"os"
	"regexp"
	"slices"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestSecondExportIsTheSame: also of what was stored and read in between.
func TestSecondExportIsTheSame(t *testing.T) {
	for name, events := range recorded(t) {
		r := someRun(events)
		first := bytesOf(t, Batch(spansOf(t, r, events)))
		batch, err := store.EncodeEvents(events)
		if err != nil {
			t.Fatal(err)
		}
		read, err := store.DecodeEvents(batch)
		if err != nil {
			t.Fatal(err)
		}
		if bytesOf(t, Batch(spansOf(t, r, read))) != first {
			t.Errorf("%s: a second export differs", name)
		}
	}
}

// TestSpansOfAnOpenRunStay: whatever part of a history is known, the spans that it gives are the first ones of the whole.
func TestSpansOfAnOpenRunStay(t *testing.T) {
	for name, events := range recorded(t) {
		r := someRun(events)
		all := spansOf(t, r, events)
		for n := 1; n < len(events); n++ {
			part := spansOf(t, r, events[:n])
			if len(part) > len(all) {
				t.Fatalf("%s: %d spans after %d events, %d in the end", name, len(part), n, len(all))
			}
			for i, s := range part {
				if !proto.Equal(s, all[i]) {
					t.Errorf("%s: span %d after %d events:\n got %v\nthen %v", name, i, n, s, all[i])
				}
			}
		}
	}
}

// TestSpansAreSound: ids are unique, parents are there, nothing ends before it begins, and the last span is the run's.
func TestSpansAreSound(t *testing.T) {
	for name, events := range recorded(t) {
		r := someRun(events)
		spans := spansOf(t, r, events)
		own := spanID(r.Key.RunID, 0, whole)
		seen := map[string]bool{}
		for _, s := range spans {
			if seen[string(s.SpanId)] || len(s.SpanId) != 8 || len(s.TraceId) != 16 {
				t.Errorf("%s: ids of %v", name, s)
			}
			seen[string(s.SpanId)] = true
			if s.EndTimeUnixNano < s.StartTimeUnixNano {
				t.Errorf("%s: %v ends before it begins", name, s)
			}
			for _, a := range s.Attributes {
				if !slices.Contains(Attributes(), a.Key) {
					t.Errorf("%s: attribute %s is not listed", name, a.Key)
				}
			}
		}
		closed := len(spans) > 0 && string(spans[len(spans)-1].SpanId) == string(own[:])
		if _, ok := ending(events[len(events)-1]); ok != closed {
			t.Errorf("%s: the last span is the run's: %v, it closed: %v", name, closed, ok)
		}
		for _, s := range spans {
			if closed && len(s.ParentSpanId) > 0 && !seen[string(s.ParentSpanId)] {
				t.Errorf("%s: %v has no parent here", name, s)
			}
		}
	}
}

func TestHistoryWithoutAStart(t *testing.T) {
	for _, events := range [][]*historypb.HistoryEvent{nil, {{EventId: 1}}} {
		if _, err := Spans(Run{}, events); orchestration.CodeOf(err) != orchestration.DataLoss {
			t.Errorf("got %v", err)
		}
	}
}

// TestDocument: docs/traces.md names every kind of span and every attribute, and no other.
func TestDocument(t *testing.T) {
	b, err := os.ReadFile("../../docs/traces.md")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, k := range Kinds() {
		kinds = append(kinds, string(k))
	}
	for _, c := range []struct {
		row  string
		want []string
	}{
		{"(?m)^\\| `([a-z_]+)` \\|", kinds},
		{"(?m)^\\| `([a-z_]+\\.[a-z_.]+)` \\|", Attributes()},
	} {
		var got []string
		for _, m := range regexp.MustCompile(c.row).FindAllStringSubmatch(string(b), -1) {
			got = append(got, m[1])
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(c.want))
		if !slices.Equal(got, want) {
			t.Errorf("the document has\n %v, the code\n %v", got, want)
		}
	}
}
