package storetest

import (
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// far is later than any wake of the suite.
var far = epoch.Add(1000 * time.Hour)

func (f *fixture) wakes(scan store.WakeScan) []store.Wake {
	f.Helper()
	if scan.Limit == 0 {
		scan.Limit = 1000
	}
	wakes, err := f.Store.Wakes(f.ctx, scan)
	f.ok(err)
	return wakes
}

func setWake(at time.Time) store.WakeWrite { return store.WakeWrite{Change: store.WakeSet, At: at} }

func wakeChanges(f *fixture) {
	key := f.key("transfer-1")
	at := epoch.Truncate(time.Millisecond)
	version := orchestration.Version(0)
	for _, step := range []struct {
		name  string
		write store.WakeWrite
		want  time.Time // zero: no wake row
	}{
		{"inserted without", store.WakeWrite{}, time.Time{}},
		{"keep none", store.WakeWrite{Change: store.WakeKeep, At: at}, time.Time{}},
		{"set", setWake(at), at},
		{"keep", store.WakeWrite{}, at},
		{"earlier", setWake(at.Add(-time.Hour)), at.Add(-time.Hour)},
		{"later", setWake(at.Add(time.Hour)), at.Add(time.Hour)},
		{"delete", store.WakeWrite{Change: store.WakeDelete}, time.Time{}},
		{"delete none", store.WakeWrite{Change: store.WakeDelete}, time.Time{}},
		{"set again", setWake(at), at},
	} {
		f.commit(one(key, store.RunWrite{Expect: version, Version: version + 1, State: []byte("s"), Wake: step.write}))
		version++
		f.same(step.name, f.load(key).Wake, step.want)
		var want []store.Wake
		if !step.want.IsZero() {
			want = []store.Wake{{Key: key, Shard: key.Shard(), At: step.want}}
		}
		f.same(step.name+": wakes", f.wakes(store.WakeScan{Until: far}), want)
	}
}

// wakePrecision: a wake is never stored later than it was asked for, before 1970 or after.
func wakePrecision(f *fixture) {
	for i, at := range []time.Time{
		epoch, epoch.Truncate(time.Millisecond), epoch.Truncate(time.Millisecond).Add(-1),
		time.Unix(0, -1).UTC(), time.Date(2999, 12, 31, 0, 0, 0, 999_999_999, time.UTC),
	} {
		key := f.key(fmt.Sprintf("transfer-%d", i))
		w := start(key)
		w.Runs[0].Wake = setWake(at)
		f.commit(w)
		got := f.load(key).Wake
		if late := at.Sub(got); late < 0 || late >= time.Millisecond {
			f.Fatalf("wake at %v stored as %v, want the millisecond at or before it", at, got)
		}
	}
}

func wakePaging(f *fixture) {
	var batch []store.Write
	var want []store.Wake
	for i := range 20 {
		key := f.key(fmt.Sprintf("transfer-%d", i))
		at := epoch.Truncate(time.Millisecond).Add(time.Duration(i/5) * time.Millisecond) // five share each moment
		w := start(key)
		w.Runs[0].Wake = setWake(at)
		batch = append(batch, w)
		want = append(want, store.Wake{Key: key, Shard: key.Shard(), At: at})
	}
	for i := range batch { // the order of writing is not the order of reading
		f.commit(batch[(i*7)%len(batch)])
	}
	f.same("all", f.wakes(store.WakeScan{Until: far}), want)
	f.same("none due", len(f.wakes(store.WakeScan{Until: want[0].At.Add(-1)})), 0)
	f.same("due is inclusive", f.wakes(store.WakeScan{Until: want[4].At}), want[:5])
	f.same("limit", f.wakes(store.WakeScan{Until: far, Limit: 3}), want[:3])
	var paged []store.Wake
	scan := store.WakeScan{Until: far, Limit: 3}
	for {
		page := f.wakes(scan)
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
		last := page[len(page)-1]
		scan.AfterAt, scan.AfterRun = last.At, last.Key.RunID
	}
	f.same("paged", paged, want)
}

func wakeDelay(f *fixture) {
	at := epoch.Truncate(time.Millisecond)
	later := at.Add(time.Hour)
	moved, changed, none := f.key("moved"), f.key("changed"), f.key("none")
	for _, key := range []orchestration.RunKey{moved, changed} {
		w := start(key)
		w.Runs[0].Wake = setWake(at)
		f.commit(w)
	}
	f.commit(start(none))
	f.commit(one(changed, store.RunWrite{Expect: 1, Version: 2, State: []byte("s"), Wake: setWake(at.Add(-time.Minute))}))
	f.ok(f.Store.DelayWakes(f.ctx, f.fence, []store.WakeMove{
		{RunID: moved.RunID, From: at, To: later},
		{RunID: changed.RunID, From: at, To: later}, // moved by a commit meanwhile: stays
		{RunID: none.RunID, From: at, To: later},    // has no row: gets none
		{RunID: f.key("missing").RunID, From: at, To: later},
	}))
	f.same("wakes", f.wakes(store.WakeScan{Until: far}), []store.Wake{
		{Key: changed, Shard: changed.Shard(), At: at.Add(-time.Minute)},
		{Key: moved, Shard: moved.Shard(), At: later},
	})
	f.same("version", int(f.load(moved).Version), 1)
	f.ok(f.Store.DelayWakes(f.ctx, f.fence, nil))
}

// wakesOfShards: a node reads the rows of its own shards, in pages that are full all the same.
func wakesOfShards(f *fixture) {
	at := epoch.Truncate(time.Millisecond)
	var mine, all []store.Wake
	var shards []orchestration.ShardID
	for i := range 60 {
		key := f.key(fmt.Sprintf("transfer-%d", i))
		w := start(key)
		w.Shard = orchestration.ShardID(i % 8 * 146) // 0 to 1022
		w.Runs[0].Wake = setWake(at)
		f.commit(w)
		row := store.Wake{Key: key, Shard: w.Shard, At: at}
		all = append(all, row)
		if i%8 == 0 || i%8 == 7 {
			mine, shards = append(mine, row), append(shards, w.Shard) // some many times
		}
	}
	f.same("mine", f.wakes(store.WakeScan{Until: far, Shards: shards}), mine)
	f.same("all", f.wakes(store.WakeScan{Until: far}), all)
	f.same("of no shard", len(f.wakes(store.WakeScan{Until: far, Shards: []orchestration.ShardID{}})), 0)
	f.same("of others", len(f.wakes(store.WakeScan{Until: far, Shards: []orchestration.ShardID{1, 1023}})), 0)
	scan := store.WakeScan{Until: far, Shards: shards, Limit: 5}
	var paged []store.Wake
	for page := f.wakes(scan); len(page) > 0; page = f.wakes(scan) {
		f.same("rows of a page", len(page), 5)
		paged = append(paged, page...)
		scan.AfterAt, scan.AfterRun = page[len(page)-1].At, page[len(page)-1].Key.RunID
	}
	f.same("paged", paged, mine)
}
