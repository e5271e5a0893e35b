package store_test

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// events are n events from an id on, each with a marker of so many bytes.
func events(first int64, n int, payload []byte) []*historypb.HistoryEvent {
	var out []*historypb.HistoryEvent
	for i := range n {
		out = append(out, &historypb.HistoryEvent{
			EventId: first + int64(i), EventType: enumspb.EVENT_TYPE_MARKER_RECORDED,
			Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{
				MarkerName: "m", Details: map[string]*commonpb.Payloads{"d": {Payloads: []*commonpb.Payload{{Data: payload}}}},
			}},
		})
	}
	return out
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func TestEventsRoundTrip(t *testing.T) {
	for _, c := range []struct {
		name       string
		events     []*historypb.HistoryEvent
		compressed bool
	}{
		{"one small", events(1, 1, nil), false},
		{"below the threshold", events(7, 3, bytes.Repeat([]byte("a"), 100)), false},
		{"compressible", events(1, 10, bytes.Repeat([]byte("a"), 1000)), true},
		{"incompressible", events(1, 1, noise(10_000)), false},
		{"2 MiB", events(50_000, 1, bytes.Repeat([]byte("payload "), 1<<18)), true},
		{"many", events(1, 5000, nil), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := store.EncodeEvents(c.events)
			if err != nil {
				t.Fatal(err)
			}
			if b.First != c.events[0].EventId || b.Last != c.events[len(c.events)-1].EventId {
				t.Errorf("batch %d–%d of events %d–%d", b.First, b.Last, c.events[0].EventId, c.events[len(c.events)-1].EventId)
			}
			raw := proto.Size(&historypb.History{Events: c.events})
			if smaller := len(b.Events) < raw; smaller != c.compressed {
				t.Errorf("%d bytes of %d: compressed %v, want %v", len(b.Events), raw, smaller, c.compressed)
			}
			got, err := store.DecodeEvents(b)
			if err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(&historypb.History{Events: got}, &historypb.History{Events: c.events}) {
				t.Error("the events have changed")
			}
			u, err := store.UnfoldEvents(b)
			if err != nil || u.Len() != len(c.events) || u.Bytes() < raw {
				t.Fatalf("unfolded: %+v, %v", u, err)
			}
			for _, want := range c.events {
				if ev, err := u.Event(want.EventId); err != nil || !proto.Equal(ev, want) {
					t.Fatalf("event %d alone is %v, %v", want.EventId, ev, err)
				}
			}
			for _, id := range []int64{b.First - 1, b.Last + 1} {
				if ev, err := u.Event(id); ev != nil || err != nil {
					t.Errorf("event %d: %v, %v", id, ev, err)
				}
			}
		})
	}
}

func TestDecodeEventsRefuses(t *testing.T) {
	good, err := store.EncodeEvents(events(1, 10, bytes.Repeat([]byte("a"), 1000)))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"nothing":          nil,
		"no events":        {0},
		"unknown encoding": append([]byte{9}, good.Events[1:]...),
		"not zstd":         {1, 2, 3, 4},
		"cut off":          good.Events[:len(good.Events)-1],
		"not protobuf":     {0, 0xff, 0xff},
	} {
		got, err := store.DecodeEvents(store.Batch{First: 42, Events: b})
		if orchestration.CodeOf(err) != orchestration.DataLoss || got != nil || !strings.Contains(err.Error(), "42") {
			t.Errorf("%s: got %v, %v; want DataLoss that names batch 42", name, got, err)
		}
		if u, err := store.UnfoldEvents(store.Batch{First: 42, Events: b}); orchestration.CodeOf(err) != orchestration.DataLoss || u != nil || !strings.Contains(err.Error(), "42") {
			t.Errorf("%s: unfolded %v, %v; want DataLoss that names batch 42", name, u, err)
		}
	}
}

// The encoder and decoder are shared by all goroutines of the process.
func TestEventsConcurrently(t *testing.T) {
	var g errgroup.Group
	for i := range 8 {
		g.Go(func() error {
			want := events(1, 20, bytes.Repeat([]byte{byte(i)}, 500))
			for range 20 {
				b, err := store.EncodeEvents(want)
				if err != nil {
					return err
				}
				got, err := store.DecodeEvents(b)
				if err != nil {
					return err
				}
				if !proto.Equal(&historypb.History{Events: got}, &historypb.History{Events: want}) {
					t.Errorf("goroutine %d read another one's events", i)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// FuzzDecodeEvents: bytes from a damaged row are events or DataLoss, never a panic.
func FuzzDecodeEvents(f *testing.F) {
	for _, e := range [][]*historypb.HistoryEvent{events(1, 1, nil), events(1, 10, bytes.Repeat([]byte("a"), 1000))} {
		b, err := store.EncodeEvents(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b.Events)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := store.DecodeEvents(store.Batch{First: 1, Events: data})
		if (err == nil) != (len(got) > 0) || (err != nil && orchestration.CodeOf(err) != orchestration.DataLoss) {
			t.Fatalf("%d events, %v", len(got), err)
		}
		u, err := store.UnfoldEvents(store.Batch{First: 1, Events: data})
		for i := int64(1); err == nil && i <= int64(u.Len()); i++ {
			_, err = u.Event(i)
		}
		if err != nil && orchestration.CodeOf(err) != orchestration.DataLoss {
			t.Fatal(err)
		}
	})
}
