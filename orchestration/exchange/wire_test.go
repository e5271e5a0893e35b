package exchange

import (
	"bytes"
	"context"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

func TestPushCarriesReferencesWhole(t *testing.T) {
	refs := []matching.Reference{sample(1, 1), sample(2, 1), sample(3, 2)}
	var sent, got push
	for _, r := range refs {
		sent.add(r)
	}
	body := encode(sent)
	if err := decoding.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Queues) != 2 {
		t.Errorf("%d queues are named", len(got.Queues))
	}
	for i, r := range got.references() {
		if !r.ReadyAt.Equal(refs[i].ReadyAt) {
			t.Errorf("reference %d is ready at %v", i, r.ReadyAt)
		}
		r.ReadyAt = refs[i].ReadyAt
		if !reflect.DeepEqual(r, refs[i]) {
			t.Errorf("reference %d arrived as %+v", i, r)
		}
	}
	if most := 3 * 100; len(body) > most {
		t.Errorf("three references take %d bytes", len(body))
	}
}

func TestGossipIsSmall(t *testing.T) {
	if n := len(encode(gossip{Seq: 1000})); n > 8 {
		t.Errorf("a sign of life takes %d bytes", n)
	}
	n := len(encode(gossip{Seq: 1000, Queues: []news{wants(1, 8)}}))
	if most := 50 + len(queue(1).Name); n > most {
		t.Errorf("one queue takes %d bytes", n)
	}
}

// A message that cannot be read is refused and logged, and changes nothing.
func TestUnreadableMessages(t *testing.T) {
	var log bytes.Buffer
	peers := newNetwork(1).endpoint(1)
	x := New(Config{Peers: peers, Self: 1, Owner: nobodys, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for _, verb := range []string{verbGossip, verbPush} {
		for _, body := range []string{"", "\xff", "\xa1\x01", "text"} {
			if _, err := peers.handlers[verb](context.Background(), 2, []byte(body)); err == nil {
				t.Errorf("%s: %q was read", verb, body)
			}
		}
	}
	if w := x.gathered.take(); len(w.messages) != 0 {
		t.Errorf("%d messages were taken in", len(w.messages))
	}
	if n := strings.Count(log.String(), "cannot be read"); n != 8 {
		t.Errorf("%d messages were logged", n)
	}
}

func nobodys(orchestration.ShardID) (orchestration.NodeID, bool) { return 0, false }

func FuzzMessages(f *testing.F) {
	var p push
	p.add(sample(1, 1))
	f.Add(encode(p))
	f.Add(encode(gossip{Seq: 1, Whole: true, Queues: []news{wants(1, 8), gone(2)}}))
	f.Fuzz(func(_ *testing.T, body []byte) {
		if m, err := read(verbGossip, body); err == nil {
			newOthers().hear(2, m.gossip, noon)
		}
		if m, err := read(verbPush, body); err == nil {
			m.push.references()
		}
	})
}

// What waits to be looked at is bounded, and nothing is taken in after the end.
func TestGatheredIsBounded(t *testing.T) {
	g := newGathered()
	for range mostMessages + 10 {
		g.receive(message{verb: verbAsk})
	}
	for range 10 {
		g.hint(queue(1), hungry)
		g.hint(queue(1), offering)
	}
	w := g.take()
	if len(w.messages) != mostMessages || len(w.queues) != 1 || w.queues[queue(1)] != hungry|offering {
		t.Errorf("%d messages, queues %v", len(w.messages), w.queues)
	}
	g.close()
	g.hint(queue(1), seen)
	if w := g.take(); len(w.queues) > 0 {
		t.Error("a hint was taken in after the end")
	}
}
