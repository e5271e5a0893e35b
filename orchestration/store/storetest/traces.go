package storetest

import (
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// owe commits a run that closes and whose spans are to be sent, and returns what is to be read of it.
func (f *fixture) owe(workflow string, closed time.Time) store.OwedTrace {
	f.Helper()
	key := f.key(workflow)
	o := store.OwedTrace{
		Key: key, Shard: key.Shard(), Closed: closed, Trace: [16]byte(orchestration.NewRunID(epoch)), Span: [8]byte{1, 2, 3, 4, 5, 6, 7, byte(f.tick)},
	}
	f.commit(one(key, store.RunWrite{Version: 1, State: []byte("s"), Owed: &store.OwedTrace{Closed: closed, Trace: o.Trace, Span: o.Span}}))
	o.Closed = closed.Truncate(time.Microsecond)
	return o
}

func (f *fixture) owed(scan store.OwedScan) []store.OwedTrace {
	f.Helper()
	out, err := f.Traces.OwedTraces(f.ctx, scan)
	f.ok(err)
	return out
}

func tracesOwed(f *fixture) {
	var want []store.OwedTrace
	for i := range 5 {
		want = append(want, f.owe(fmt.Sprintf("workflow-%d", i), epoch.Add(time.Duration(i/2)*time.Second))) // two of one moment: the id decides
	}
	f.reopen()
	var got []store.OwedTrace
	for scan := (store.OwedScan{Limit: 2}); ; {
		page := f.owed(scan)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		scan.AfterClosed, scan.AfterRun = page[len(page)-1].Closed, page[len(page)-1].Key.RunID
	}
	f.same("owed", got, want)
	f.ok(f.Traces.DropTraces(f.ctx, []store.OwedTrace{want[0], want[3]}))
	f.ok(f.Traces.DropTraces(f.ctx, []store.OwedTrace{want[0]})) // again
	f.ok(f.Traces.DropTraces(f.ctx, nil))
	f.same("left", f.owed(store.OwedScan{Limit: 10}), []store.OwedTrace{want[1], want[2], want[4]})
}

func tracesOfShards(f *fixture) {
	a, b := f.owe("a", epoch), f.owe("b", epoch)
	f.same("of one shard", f.owed(store.OwedScan{Shards: []orchestration.ShardID{b.Shard}, Limit: 10}), []store.OwedTrace{b})
	f.same("of none", len(f.owed(store.OwedScan{Shards: []orchestration.ShardID{}, Limit: 10})), 0)
	f.same("of both", f.owed(store.OwedScan{Shards: []orchestration.ShardID{a.Shard, b.Shard}, Limit: 10}), []store.OwedTrace{a, b})
}

// tracesOfTheCommit: a commit that is refused owes nothing.
func tracesOfTheCommit(f *fixture) {
	key := f.key("a")
	f.refused(store.ErrConflict, one(key, store.RunWrite{Expect: 3, Version: 4, State: []byte("s"), Owed: &store.OwedTrace{Closed: epoch}}))
	f.same("owed", len(f.owed(store.OwedScan{Limit: 10})), 0)
}
