package shard

import (
	"container/list"
	"sync"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// workflow is the actor: everything that happens to one workflow id happens under its mutex, one thing at a time.
type workflow struct {
	key   orchestration.WorkflowKey
	shard orchestration.ShardID
	lane  *lane

	mu   sync.Mutex
	runs map[orchestration.RunID]*Run // loaded ones

	// current is the tip of current_run; its RunID is zero when there is none. Valid once currentKnown.
	current      store.Current
	currentKnown bool
	currentDirty bool
	storedRun    orchestration.RunID // committed current_run

	backlog []store.BacklogWrite // not yet drained
	used    []store.UsageHour    // not yet drained
	after   []func(error)        // effects of undrained transitions: run after their commit, or with the error that prevented it

	// tip counts transitions, committed those that are stored. Invariant: committed ≤ flying ≤ tip.
	tip, flying, committed uint64
	queued                 bool // in the lane's queue, or waiting for lazyCommit with lazy set
	lazy                   bool
	waiters                []waiter
	queries                []*Query
	expected               []*Expectation
	watchers               int
	changed                chan struct{} // closed and replaced when something was committed

	dismissed bool // in the ring of those that closed last

	dead bool          // abandoned or evicted: look it up again after gone
	gone chan struct{} // closed when the successor may be made

	element *list.Element // in the cache's order of use; guarded by the cache
}

// waiter is told when transition seq is committed (nil) or lost. done must neither block nor call the owner.
type waiter struct {
	seq  uint64
	done func(error)
}

func newWorkflow(key orchestration.WorkflowKey, s orchestration.ShardID, l *lane) *workflow {
	return &workflow{
		key: key, shard: s, lane: l, runs: make(map[orchestration.RunID]*Run, 1),
		changed: make(chan struct{}), gone: make(chan struct{}),
	}
}

// await returns a channel that yields once the tip is committed or lost, or nil when it is committed already.
func (wf *workflow) await() chan error {
	if wf.committed == wf.tip {
		return nil
	}
	done := make(chan error, 1)
	wf.waiters = append(wf.waiters, waiter{seq: wf.tip, done: func(err error) { done <- err }})
	return done
}

// answer tells every waiter up to seq.
func (wf *workflow) answer(seq uint64, err error) {
	rest := wf.waiters[:0]
	for _, w := range wf.waiters {
		if w.seq <= seq {
			w.done(err)
		} else {
			rest = append(rest, w)
		}
	}
	clear(wf.waiters[len(rest):])
	wf.waiters = rest
}

// announce wakes the watchers.
func (wf *workflow) announce() {
	if wf.watchers > 0 {
		close(wf.changed)
		wf.changed = make(chan struct{})
	}
}

// idle tells whether memory can be dropped without anybody noticing.
func (wf *workflow) idle() bool {
	return !wf.dead && !wf.queued && wf.tip == wf.committed && len(wf.waiters) == 0 && len(wf.queries) == 0 && len(wf.expected) == 0 && wf.watchers == 0 &&
		!wf.speculates()
}

// speculates tells whether a worker has, or is about to get, a task that dropping the memory would lose.
func (wf *workflow) speculates() bool {
	for _, r := range wf.runs {
		if r.Speculative() {
			return true
		}
	}
	return false
}
