package trace

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// recorded are histories that real servers and workers have made, by name.
func recorded(t *testing.T) map[string][]*historypb.HistoryEvent {
	t.Helper()
	files, err := filepath.Glob("../../sdk/internal/replay/testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded histories", err)
	}
	out := map[string][]*historypb.HistoryEvent{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var h historypb.History
		if err := (temporalproto.CustomJSONUnmarshalOptions{}).Unmarshal(b, &h); err != nil {
			t.Fatal(f, err)
		}
		out[filepath.Base(f)] = h.Events
	}
	return out
}

// someRun is the run that a history in a test is of.
func someRun(events []*historypb.HistoryEvent) Run {
	id, err := orchestration.ParseRunID(events[0].GetWorkflowExecutionStartedEventAttributes().GetOriginalExecutionRunId())
	if err != nil {
		panic(err)
	}
	key := orchestration.WorkflowKey{WorkflowID: "transfer-1"}.Run(id)
	return Run{Key: key, Namespace: "bank", Place: orchestration.TraceContext{Trace: id}}
}

func spansOf(t *testing.T, r Run, events []*historypb.HistoryEvent) []*tracepb.Span {
	t.Helper()
	spans, err := Spans(r, events)
	if err != nil {
		t.Fatal(err)
	}
	return spans
}

func bytesOf(t *testing.T, m proto.Message) string {
	t.Helper()
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// print writes spans as lines: name, how long, parent, and what tells them from others.
func print(spans []*tracepb.Span) string {
	names := map[string]string{}
	for _, s := range spans {
		names[hex.EncodeToString(s.SpanId)] = s.Name
	}
	var b strings.Builder
	for _, s := range spans {
		fmt.Fprintf(&b, "%s %.3fs", s.Name, float64(s.EndTimeUnixNano-s.StartTimeUnixNano)/1e9)
		if p := hex.EncodeToString(s.ParentSpanId); p != "" {
			if name, ok := names[p]; ok {
				p = name
			}
			fmt.Fprintf(&b, " in %q", p)
		}
		for _, a := range s.Attributes {
			switch a.Key {
			case attrSpan, attrNamespace, attrWorkflowID, attrRunID:
			default:
				if text := a.Value.GetStringValue(); text != "" {
					fmt.Fprintf(&b, " %s=%s", a.Key, text)
				} else {
					fmt.Fprintf(&b, " %s=%d", a.Key, a.Value.GetIntValue())
				}
			}
		}
		if s.Status != nil {
			fmt.Fprintf(&b, " ERROR(%s)", s.Status.Message)
		}
		for _, e := range s.Events {
			fmt.Fprintf(&b, " event(%s %s: %s)", e.Name, e.Attributes[0].Value.GetStringValue(), e.Attributes[1].Value.GetStringValue())
		}
		for _, l := range s.Links {
			fmt.Fprintf(&b, " link(%s %x)", l.Attributes[0].Value.GetStringValue(), l.SpanId)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
