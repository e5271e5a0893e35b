package export

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/telemetry/otlp"
)

func TestEveryClosedRunIsSentOnce(t *testing.T) {
	w := newWorld(t)
	for i := range 3*pageRuns + 5 {
		w.run(i, 4, true)
	}
	r := w.room()
	if err := drain(r); err != nil {
		t.Fatal(err)
	}
	spans := w.spans()
	if got := count(spans, "workflow Transfer"); got != 3*pageRuns+5 || len(w.taken) != len(spans) || len(w.owed) != 0 {
		t.Errorf("%d runs, %d spans of which %d differ, %d owed", got, len(w.taken), len(spans), len(w.owed))
	}
	if c := r.Counters(); c.Runs != int64(3*pageRuns+5) || c.Spans != int64(len(spans)) || c.Dropped+c.Failed+c.Rejected != 0 {
		t.Errorf("counted %+v", c)
	}
}

// TestRestartDuringExport: whatever call or drop is the last that a process makes, the next one sends the rest, and nothing has two contents.
func TestRestartDuringExport(t *testing.T) {
	for last := 1; last <= 4; last++ {
		for _, lostDrop := range []bool{false, true} {
			w := newWorld(t)
			const runs = 2*pageRuns + 1
			for i := range runs {
				w.run(i, i%7, true)
			}
			w.run(runs, pageSpans+1, true) // more than one call
			w.fail = func(call int) error {
				if call >= last && (!lostDrop || call > last) {
					return errAway
				}
				if lostDrop && call == last {
					w.dropFails = errAway // taken, and the process dies before it notes that
				}
				return nil
			}
			if err := drain(w.room()); err == nil {
				t.Fatal("nothing failed")
			}
			w.fail, w.dropFails = nil, nil
			if err := drain(w.room()); err != nil {
				t.Fatal(err)
			}
			if got := count(w.spans(), "workflow Transfer"); got != runs+1 || len(w.owed) != 0 {
				t.Errorf("after call %d: %d runs, %d owed", last, got, len(w.owed))
			}
		}
	}
}

// TestWhatCannotBeSentIsGivenUp: refused, too old, gone or unreadable. It holds up nobody.
func TestWhatCannotBeSentIsGivenUp(t *testing.T) {
	w := newWorld(t)
	old, gone, damaged, fine := w.run(1, 0, true), w.run(2, 0, true), w.run(3, 0, true), w.run(4, 0, true)
	w.owed[0].Closed = noon.Add(-24*time.Hour - 1)
	delete(w.histories, gone.Key)
	w.histories[damaged.Key] = []store.Batch{{First: 1, Last: 1, Events: []byte{9}}}
	_, _ = old, fine
	r := w.room()
	if err := drain(r); err != nil {
		t.Fatal(err)
	}
	if c := r.Counters(); c.Dropped != 3 || c.Runs != 1 || len(w.owed) != 0 {
		t.Errorf("%+v, %d owed", c, len(w.owed))
	}
	w.run(5, 0, true)
	w.fail = func(int) error { return fmt.Errorf("%w: status 400", otlp.ErrRefused) }
	if err := drain(r); err != nil || r.Counters().Dropped != 4 || len(w.owed) != 0 {
		t.Errorf("refused: %v, %+v", err, r.Counters())
	}
}

// TestOnlyTheOwnerSends: runs of other nodes' shards are theirs.
func TestOnlyTheOwnerSends(t *testing.T) {
	w := newWorld(t)
	o := w.run(1, 0, true)
	w.serves = func(s orchestration.ShardID) bool { return s != o.Shard }
	if err := drain(w.room()); err != nil || len(w.taken) != 0 || len(w.owed) != 1 {
		t.Errorf("%v: %d spans, %d owed", err, len(w.taken), len(w.owed))
	}
}

// TestDeadCollector: it is asked ever more rarely, and told everything when it is back.
func TestDeadCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.fail = func(int) error { return errAway }
		r := w.room()
		r.Run()
		w.run(1, 3, true)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := r.Counters().Failed; n < 15 || n > 30 {
			t.Errorf("%d calls in ten minutes", n)
		}
		w.mu.Lock()
		w.fail = nil
		w.mu.Unlock()
		time.Sleep(longest)
		synctest.Wait()
		r.Close()
		if len(w.owed) != 0 || count(w.spans(), "workflow Transfer") != 1 {
			t.Errorf("%d owed, %d spans", len(w.owed), len(w.taken))
		}
	})
}

// TestOpenRunsAreSentAsTheyGo: what has ended, each time what is new; and with the close all, as it was.
func TestOpenRunsAreSentAsTheyGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		o := w.run(1, 3, false)
		place := orchestration.TraceContext{Trace: o.Trace}
		r := w.room()
		r.Open(o.Key, place, noon.Add(-time.Second)) // too young
		if len(r.open.due()) != 0 {
			t.Error("a young run is remembered")
		}
		r.Run()
		r.Open(o.Key, place, noon.Add(-time.Hour))
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		if n := len(w.taken); n != 3 {
			t.Fatalf("%d spans of three signals", n)
		}
		more := w.run(1, 5, true)
		w.mu.Lock()
		w.histories[o.Key] = w.histories[more.Key][:2] // five events of it
		w.owed = nil
		w.mu.Unlock()
		r.Open(o.Key, place, noon.Add(-time.Hour))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := len(w.taken); n != 5 || len(w.spans()) != 5 {
			t.Fatalf("%d spans of five signals", n)
		}
		w.mu.Lock()
		w.histories[o.Key], w.owed = w.histories[more.Key], []store.OwedTrace{o}
		w.mu.Unlock()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		r.Close()
		if len(w.spans()) != 6 || len(w.taken) != 11 {
			t.Errorf("%d spans, %d sent", len(w.spans()), len(w.taken))
		}
	})
}

func TestManyOpenRuns(t *testing.T) {
	r := newWorld(t).room()
	for i := range mostOpen + 3 {
		key := orchestration.WorkflowKey{WorkflowID: fmt.Sprint(i)}.Run(orchestration.NewRunID(noon))
		r.Open(key, orchestration.TraceContext{}, noon.Add(-time.Hour))
	}
	if n := len(r.open.due()); n != mostOpen || r.Counters().Unsaid != 3 {
		t.Errorf("%d remembered, %+v", n, r.Counters())
	}
	for range forgetAfter + 1 {
		r.open.due()
	}
	if n := len(r.open.moved); n != 0 {
		t.Errorf("%d are remembered for ever", n)
	}
}
