package storetest

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// noon is an hour of the suite.
var noon = store.HourOf(time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC))

// used is a usage of one start, n timers and a stock, counted when so many seconds were left of the hour.
func used(hour store.Hour, n int64, change store.Stock, left int64) store.UsageHour {
	u := store.UsageHour{Hour: hour}
	u.Count(orchestration.Actions{orchestration.StartAction: 1, orchestration.TimerAction: n}, change, left)
	return u
}

// using is a write of a new run, in any namespace, that uses something.
func (f *fixture) using(ns orchestration.NamespaceID, u ...store.UsageHour) store.Write {
	key := f.key("usage")
	key.Namespace = ns
	w := start(key)
	w.Usage = u
	return w
}

func (f *fixture) usage(ns orchestration.NamespaceID, from store.Hour, want []store.UsageHour, held store.Stock) {
	f.Helper()
	got, stock, err := f.Usages.Usage(f.ctx, ns, from)
	f.ok(err)
	f.same("usage", got, want)
	f.same("stock", stock, held)
	again, err := f.Usages.Stock(f.ctx, ns)
	f.ok(err)
	f.same("stock alone", again, held)
}

func sum(hour store.Hour, all ...store.UsageHour) store.UsageHour {
	out := store.UsageHour{Hour: hour}
	for _, u := range all {
		out.Add(u.Usage)
	}
	return out
}

// usageAdds: writes of a batch, batches and lanes add up, by namespace and hour.
func usageAdds(f *fixture) {
	other := namespace()
	f.usage(f.ns, 0, nil, store.Stock{})
	a := used(noon, 2, store.Stock{OpenRuns: 1, ActiveBytes: 100}, 3600)
	b := used(noon, 0, store.Stock{OpenRuns: -1, ActiveBytes: -100, RetainedBytes: 130}, 10)
	c := used(noon+1, 7, store.Stock{RetainedBytes: -130}, 1)
	f.commit(f.using(f.ns, a), f.using(other, a), f.using(f.ns, b, c), f.using(f.ns))
	f.commit(f.using(f.ns, a))
	fence, err := f.Store.AcquireLane(f.ctx, 2)
	f.ok(err)
	f.ok(f.Store.Commit(f.ctx, fence, []store.Write{f.using(f.ns, b)}))
	for range 2 {
		f.usage(f.ns, 0, []store.UsageHour{sum(noon, a, a, b, b), c}, store.Stock{RetainedBytes: 130})
		f.usage(f.ns, noon+1, []store.UsageHour{c}, store.Stock{RetainedBytes: 130})
		f.usage(other, noon, []store.UsageHour{a}, a.Stock)
		f.reopen()
	}
}

// usageIsTheCommits: what is refused counts nothing.
func usageIsTheCommits(f *fixture) {
	a := used(noon, 1, store.Stock{OpenRuns: 1}, 5)
	w := f.using(f.ns, a)
	f.commit(w)
	f.refused(store.ErrConflict, f.using(f.ns, a), one(w.Workflow.Run(w.Runs[0].RunID), store.RunWrite{Expect: 7, Version: 8}))
	stale := f.fence
	var err error
	f.fence, err = f.Store.AcquireLane(f.ctx, f.fence.Lane)
	f.ok(err)
	f.fence, stale = stale, f.fence
	f.refused(store.ErrFenced, f.using(f.ns, a))
	f.fence = stale
	f.usage(f.ns, 0, []store.UsageHour{a}, a.Stock)
}

// usageFolded: folding changes nothing that can be read, also when a lane adds to an hour that is folded.
func usageFolded(f *fixture) {
	a := used(noon, 1, store.Stock{OpenRuns: 1, ActiveBytes: 10}, 100)
	b := used(noon+1, 3, store.Stock{RetainedBytes: 10}, 100)
	late := used(noon, 5, store.Stock{OpenRuns: -1, ActiveBytes: -10}, 1)
	fence, err := f.Store.AcquireLane(f.ctx, 2)
	f.ok(err)
	f.commit(f.using(f.ns, a, b))
	f.ok(f.Store.Commit(f.ctx, fence, []store.Write{f.using(f.ns, a)}))
	want, held := []store.UsageHour{sum(noon, a, a), b}, store.Stock{OpenRuns: 2, ActiveBytes: 20, RetainedBytes: 10}
	f.fold(noon, false)
	f.usage(f.ns, 0, want, held)
	f.fold(noon+1, true)
	f.fold(noon+1, true)
	f.fold(noon+1, false)
	f.usage(f.ns, 0, want, held)
	f.commit(f.using(f.ns, late))
	want[0].Add(late.Usage)
	held.OpenRuns, held.ActiveBytes = 1, 10
	f.usage(f.ns, noon, want, held)
	for _, more := range []bool{true, true, false} {
		f.fold(noon+9, more)
		f.usage(f.ns, noon, want, held)
		f.reopen()
	}
}

// fold folds one row.
func (f *fixture) fold(before store.Hour, want bool) {
	f.Helper()
	more, err := f.Usages.FoldUsage(f.ctx, before, 1)
	f.ok(err)
	f.same("more to fold", more, want)
}

// usageDropped: old hours can be forgotten, what is held stays known.
func usageDropped(f *fixture) {
	a, b := used(noon, 1, store.Stock{OpenRuns: 1}, 100), used(noon+1, 3, store.Stock{OpenRuns: 2}, 100)
	f.commit(f.using(f.ns, a, b))
	more, err := f.Usages.DropUsage(f.ctx, noon+9, 10)
	f.ok(err)
	f.same("more", more, false)
	held := store.Stock{OpenRuns: 3}
	f.usage(f.ns, 0, []store.UsageHour{a, b}, held) // what is not folded is not old
	_, err = f.Usages.FoldUsage(f.ctx, noon+9, 10)
	f.ok(err)
	more, err = f.Usages.DropUsage(f.ctx, noon+1, 1)
	f.ok(err)
	f.same("more", more, true)
	f.usage(f.ns, 0, []store.UsageHour{b}, held)
	more, err = f.Usages.DropUsage(f.ctx, noon+1, 1)
	f.ok(err)
	f.same("more", more, false)
	f.usage(f.ns, 0, []store.UsageHour{b}, held)
}
