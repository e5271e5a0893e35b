package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func backlogRow(key orchestration.RunKey, seq int64) store.BacklogRow {
	return store.BacklogRow{
		BacklogKey: store.BacklogKey{Namespace: key.Namespace, Queue: "money", Kind: orchestration.ActivityTask},
		Priority:   3, Shard: key.Shard(), Seq: seq, Run: key, ScheduledEventID: 5, Attempt: 1, At: epoch.Truncate(time.Microsecond),
	}
}

func (f *fixture) backlog(scan store.BacklogScan) []store.BacklogRow {
	f.Helper()
	if scan.Limit == 0 {
		scan.Limit = 1000
	}
	rows, err := f.Store.Backlog(f.ctx, scan)
	f.ok(err)
	return rows
}

// queue commits rows as parts of one workflow's write, without touching its run.
func (f *fixture) queue(rows []store.BacklogRow, remove bool) {
	f.Helper()
	for _, r := range rows {
		f.commit(store.Write{Workflow: r.Run.WorkflowKey, Shard: r.Shard, Backlog: []store.BacklogWrite{{Row: r, Delete: remove}}})
	}
}

// backlogPaging: dispatch order is priority, fairness pass, arrival; shards only break ties.
func backlogPaging(f *fixture) {
	key := f.key("transfer-1")
	row := func(priority int32, pass, seq int64, shard orchestration.ShardID) store.BacklogRow {
		r := backlogRow(key, seq)
		r.Priority, r.Pass, r.Shard = priority, pass, shard
		return r
	}
	want := []store.BacklogRow{
		row(1, 0, 50, 0), row(1, 7, 1, 3), row(1, 7, 2, 0), row(1, 8, 1, 0),
		row(3, -1, 9, 0), row(3, 0, 1, 1023), row(3, 0, 2, 0), row(3, 0, 2, 7), row(3, 0, 1<<40, 0), row(5, 0, 0, 0),
	}
	shuffled := slices.Clone(want)
	for i := range shuffled {
		shuffled[i] = want[(i*7)%len(want)]
	}
	f.queue(shuffled, false)
	scan := store.BacklogScan{BacklogKey: want[0].BacklogKey}
	f.same("order", f.backlog(scan), want)
	for _, limit := range []int{1, 3, 100} {
		var paged []store.BacklogRow
		scan := store.BacklogScan{BacklogKey: want[0].BacklogKey, Limit: limit}
		for page := f.backlog(scan); len(page) > 0; page = f.backlog(scan) {
			paged = append(paged, page...)
			scan.After = &page[len(page)-1]
		}
		f.same(fmt.Sprint("pages of ", limit), paged, want)
	}
	deleted := want[3] // a cursor stays good when its row is gone
	f.queue([]store.BacklogRow{deleted}, true)
	f.same("after a deleted row", f.backlog(store.BacklogScan{BacklogKey: deleted.BacklogKey, After: &deleted}), want[4:])
}

func backlogRoundTrip(f *fixture) {
	key := f.key("transfer-1")
	activity := backlogRow(key, 1)
	workflow, otherQueue, otherNamespace := activity, activity, activity
	workflow.Kind, workflow.Attempt, workflow.ScheduledEventID = orchestration.WorkflowTask, 17, 1<<40
	otherQueue.Queue = "Money"
	otherNamespace.Namespace = namespace()
	otherNamespace.Run.Namespace = otherNamespace.Namespace
	all := []store.BacklogRow{activity, workflow, otherQueue, otherNamespace}
	f.queue(all, false)
	for _, r := range all {
		f.same("row", f.backlog(store.BacklogScan{BacklogKey: r.BacklogKey}), []store.BacklogRow{r})
	}
	f.queue(all[:1], true)
	f.queue(all[:1], true) // deleting what is not there is no error
	f.same("deleted", len(f.backlog(store.BacklogScan{BacklogKey: activity.BacklogKey})), 0)
	for _, r := range all[1:] {
		f.same("others stay", len(f.backlog(store.BacklogScan{BacklogKey: r.BacklogKey})), 1)
	}
}

func backlogCounts(f *fixture) {
	key := f.key("transfer-1")
	queues, err := f.Store.BacklogQueues(f.ctx, nil)
	f.ok(err)
	f.same("none", len(queues), 0)
	var rows []store.BacklogRow
	for i := range 10 {
		r := backlogRow(key, int64(i))
		r.Priority = int32(5 - i%5)
		if i >= 7 {
			r.Queue = "other"
		}
		rows = append(rows, r)
	}
	f.queue(rows, false)
	queues, err = f.Store.BacklogQueues(f.ctx, nil)
	f.ok(err)
	counts := map[string]store.BacklogCount{}
	for _, q := range queues {
		counts[fmt.Sprint(q.Queue, q.Priority)] = q
	}
	money, other := rows[0].BacklogKey, rows[9].BacklogKey
	f.same("counts", counts, map[string]store.BacklogCount{
		"money5": {BacklogKey: money, Priority: 5, Count: 2, MaxSeq: 5},
		"money4": {BacklogKey: money, Priority: 4, Count: 2, MaxSeq: 6},
		"money3": {BacklogKey: money, Priority: 3, Count: 1, MaxSeq: 2},
		"money2": {BacklogKey: money, Priority: 2, Count: 1, MaxSeq: 3},
		"money1": {BacklogKey: money, Priority: 1, Count: 1, MaxSeq: 4},
		"other3": {BacklogKey: other, Priority: 3, Count: 1, MaxSeq: 7},
		"other2": {BacklogKey: other, Priority: 2, Count: 1, MaxSeq: 8},
		"other1": {BacklogKey: other, Priority: 1, Count: 1, MaxSeq: 9},
	})
}

// backlogOfShards: a node reads and counts what its own shards have waiting.
func backlogOfShards(f *fixture) {
	key := f.key("transfer-1")
	shards := []orchestration.ShardID{7, 1023, 7}
	var mine, all []store.BacklogRow
	for i := range 30 {
		r := backlogRow(key, int64(i))
		r.Shard = []orchestration.ShardID{0, 7, 8, 1016, 1023}[i%5]
		all = append(all, r)
		if r.Shard == 7 || r.Shard == 1023 {
			mine = append(mine, r)
		}
	}
	f.queue(all, false)
	scan := store.BacklogScan{BacklogKey: mine[0].BacklogKey, Shards: shards}
	f.same("mine", f.backlog(scan), mine)
	scan.Limit, scan.After = 3, &all[10]
	f.same("a page of mine", f.backlog(scan), mine[4:7])
	scan = store.BacklogScan{BacklogKey: mine[0].BacklogKey}
	f.same("all", f.backlog(scan), all)
	scan.Shards = []orchestration.ShardID{}
	f.same("of no shard", len(f.backlog(scan)), 0)

	for _, c := range []struct {
		what   string
		shards []orchestration.ShardID
		want   []store.BacklogCount
	}{
		{"mine", shards, []store.BacklogCount{{BacklogKey: mine[0].BacklogKey, Priority: 3, Count: 12, MaxSeq: 29}}},
		{"of one shard", []orchestration.ShardID{8}, []store.BacklogCount{{BacklogKey: mine[0].BacklogKey, Priority: 3, Count: 6, MaxSeq: 27}}},
		{"all", nil, []store.BacklogCount{{BacklogKey: mine[0].BacklogKey, Priority: 3, Count: 30, MaxSeq: 29}}},
		{"of no shard", []orchestration.ShardID{}, nil},
		{"of others", []orchestration.ShardID{1}, nil},
	} {
		got, err := f.Store.BacklogQueues(f.ctx, c.shards)
		f.ok(err)
		f.same("count: "+c.what, got, c.want)
	}
}
