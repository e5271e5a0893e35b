package redis

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

var keyGen = rapid.Custom(func(t *rapid.T) matching.Key {
	k := matching.Key{Name: rapid.String().Draw(t, "name"), Kind: orchestration.TaskKind(rapid.Byte().Draw(t, "kind"))}
	copy(k.Namespace[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "namespace"))
	return k
})

func referenceOf(t *rapid.T, key matching.Key) (r matching.Reference) {
	r.Key, r.Run.Namespace = key, key.Namespace
	r.Run.WorkflowID = rapid.String().Draw(t, "workflow")
	copy(r.Run.RunID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "run"))
	r.ScheduledEventID, r.Attempt = rapid.Int64().Draw(t, "scheduled"), rapid.Int32().Draw(t, "attempt")
	r.Priority = rapid.Int32Range(0, 5).Draw(t, "priority")
	r.Pass, r.Backlog = rapid.Int64().Draw(t, "pass"), rapid.Int64().Draw(t, "backlog")
	r.Shard = orchestration.ShardID(rapid.Uint16().Draw(t, "shard"))
	if rapid.Bool().Draw(t, "timed") {
		r.ReadyAt = time.Unix(0, rapid.Int64().Draw(t, "ready")).UTC()
	}
	return r
}

// A reference arrives as it was sent, and is the same bytes each time.
func TestMemberArrives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := keyGen.Draw(t, "key")
		r := referenceOf(t, key)
		text := member(&r)
		got, ok := parseMember(key, text)
		if !ok || got != r {
			t.Fatalf("got %+v, %t\nwant %+v", got, ok, r)
		}
		if again := member(&got); again != text {
			t.Fatalf("%q was %q", again, text)
		}
	})
}

// The sorted set's order, score and then bytes, is that of priority, pass and time.
func TestMembersSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := matching.Key{Name: "q"}
		a, b := referenceOf(t, key), referenceOf(t, key)
		for _, r := range []*matching.Reference{&a, &b} {
			r.Priority = rapid.Int32Range(1, 5).Draw(t, "priority")
			r.Pass = rapid.Int64Range(0, 1<<passBits-1).Draw(t, "pass")
			r.ReadyAt = time.Unix(0, rapid.Int64().Draw(t, "ready"))
		}
		if rapid.Bool().Draw(t, "same score") {
			a.Priority, a.Pass = b.Priority, b.Pass
		}
		want := cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Pass, b.Pass), a.ReadyAt.Compare(b.ReadyAt))
		got := cmp.Or(cmp.Compare(float64(score(&a)), float64(score(&b))), cmp.Compare(member(&a)[:8], member(&b)[:8]))
		if got != want {
			t.Fatalf("%+v and %+v compare as %d, not %d", a, b, got, want)
		}
	})
}

// Scores are exact as doubles, whatever is in a reference.
func TestScore(t *testing.T) {
	for _, c := range []struct {
		priority int32
		pass     int64
		want     int64
	}{
		{1, 0, 1 << 50}, {5, 0, 5 << 50}, {2, 7, 2<<50 + 7},
		{0, 1, 3<<50 + 1}, // the default
		{-4, 0, 1 << 50}, {99, 0, 5 << 50},
		{1, -1, 1 << 50}, {1, math.MinInt64, 1 << 50}, {4, 1 << 50, 5<<50 - 1}, {5, math.MaxInt64, 6<<50 - 1},
	} {
		got := score(&matching.Reference{Priority: c.priority, Pass: c.pass})
		if got != c.want || int64(float64(got)) != got || got >= 1<<53 {
			t.Errorf("priority %d, pass %d: %d, want %d", c.priority, c.pass, got, c.want)
		}
	}
}

// Priorities that mean the nearest that there is arrive as that.
func TestMemberPriority(t *testing.T) {
	for given, want := range map[int32]int32{-7: 1, 0: 0, 1: 1, 3: 3, 5: 5, 6: 5, math.MaxInt32: 5} {
		got, ok := parseMember(matching.Key{}, member(&matching.Reference{Priority: given}))
		if !ok || got.Priority != want {
			t.Errorf("%d arrives as %d, %t", given, got.Priority, ok)
		}
	}
}

// A member is small: what Redis holds for a task is about this and as much again.
func TestMemberSize(t *testing.T) {
	r := matching.Reference{
		Run:              orchestration.RunKey{WorkflowKey: orchestration.WorkflowKey{WorkflowID: strings.Repeat("w", 36)}},
		ScheduledEventID: 11, Attempt: 1, ReadyAt: time.Now(), Backlog: 1_000_000_000,
	}
	if n := len(member(&r)); n > 75 {
		t.Errorf("%d bytes", n)
	}
}

// What is cut short is no reference; nothing else goes wrong.
func TestMemberMalformed(t *testing.T) {
	r := matching.Reference{ScheduledEventID: 1 << 40, Attempt: 1, Pass: 1 << 40, Backlog: 1 << 40}
	text := member(&r)
	for i := range text {
		if _, ok := parseMember(r.Key, text[:i]); ok {
			t.Errorf("%d of %d bytes are taken for a reference", i, len(text))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		if r, ok := parseMember(matching.Key{}, text); ok && !strings.HasSuffix(text, r.Run.WorkflowID) {
			t.Fatalf("%q holds %+v", text, r)
		}
	})
}

// A queue is read back from its key, and its hash tag is not empty, so that a Cluster has all of its keys in one slot.
func TestKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, key := namesOf(rapid.String().Draw(t, "installation")), keyGen.Draw(t, "key")
		q := n.queue(key)
		if got, ok := n.parse(q + ready); !ok || got != key {
			t.Fatalf("%q is read as %+v, %t; want %+v", q, got, ok, key)
		}
		_, tag, _ := strings.Cut(q, "{")
		if tag, _, ok := strings.Cut(tag, "}"); !ok || len(tag) < 36 {
			t.Fatalf("%q has the hash tag %q", q, tag)
		}
	})
}

// Installations do not meet, whatever they are called.
func TestInstallationsAreApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "one"), rapid.String().Draw(t, "other")
		if a == b {
			return
		}
		key := keyGen.Draw(t, "key")
		if namesOf(a).queue(key) == namesOf(b).queue(key) || namesOf(a).channels() == namesOf(b).channels() {
			t.Fatalf("%q and %q share keys", a, b)
		}
		if _, ok := namesOf(a).parse(namesOf(b).queue(key) + ready); ok {
			t.Fatalf("%q reads a key of %q", a, b)
		}
	})
}

// Wakes that nobody reads are bounded, and each queue is yielded once until it is taken.
func TestWakesAreBounded(t *testing.T) {
	w := newWakes()
	for i := range mostWakes + 1000 {
		for range 2 {
			w.add(matching.Key{Name: fmt.Sprint(i)})
		}
	}
	keys := w.take()
	if len(keys) != mostWakes || keys[0].Name != "0" || keys[1].Name != "1" {
		t.Errorf("%d queues wait, beginning with %v", len(keys), keys[:2])
	}
	w.add(keys[0])
	if again := w.take(); len(again) != 1 || again[0] != keys[0] {
		t.Errorf("woken again for %v", again)
	}
}

// References of many queues become few commands, in the order that they came, none of them too long.
func TestBatches(t *testing.T) {
	var refs []matching.Reference
	for i := range 3 * mostAtOnce {
		refs = append(refs, matching.Reference{Key: matching.Key{Name: fmt.Sprint(i % 2)}, ScheduledEventID: int64(i)})
	}
	var got []string
	seen := map[string]int64{"0": -1, "1": -1}
	for _, b := range batches(refs) {
		got = append(got, fmt.Sprintf("%s:%d", b.key.Name, len(b.refs)))
		for _, r := range b.refs {
			if r.Key != b.key || r.ScheduledEventID <= seen[b.key.Name] {
				t.Fatalf("reference %d of queue %v in a batch of %v", r.ScheduledEventID, r.Key, b.key)
			}
			seen[b.key.Name] = r.ScheduledEventID
		}
	}
	want := fmt.Sprintf("[0:%d 1:%d 0:%d 1:%d]", mostAtOnce, mostAtOnce, mostAtOnce/2, mostAtOnce/2)
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
