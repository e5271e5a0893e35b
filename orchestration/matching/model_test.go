package matching

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// world is what surrounds a queue in the model: the committed tasks, the backlog rows in the store, and who holds what.
//
// The law that it checks: a committed task is offered to one poller at a time, is never offered after it was started or removed, and is
// offered in the end.
type world struct {
	qs    *Queues[task]
	tasks map[int]*modelTask

	store shelf

	polls        []*poll
	reservations []*Reservation[task]
	hands        []*modelHand
	delivered    int // tasks and queries given to polls
	given        int // tasks and queries that polls must have got
	exchange     *recorder
}

type modelTask struct {
	ref       Reference
	state     taskState
	foreign   bool // another node's: it may be forgotten here
	published bool
}

type taskState string

const (
	isWaiting taskState = "waiting"
	isOffered taskState = "offered"
	isGone    taskState = "gone"
)

type modelHand struct {
	cancel context.CancelFunc
	result chan error // of one
}

// commit makes a task ready: in memory if there is room, else as a row.
func (w *world) commit(r Reference) {
	if w.qs.Admit(queueA, r.Priority) {
		w.qs.Add(r)
	} else {
		r.Backlog = int64(number(r))
		w.store.put(r)
		w.qs.Spilled(queueA, r.Priority, 1)
	}
	w.tasks[number(r)] = &modelTask{ref: r, state: isWaiting}
}

// deleteRow deletes the row of a task that is started or cancelled.
func (w *world) deleteRow(r Reference) {
	if r.Backlog != 0 {
		w.store.remove(r)
		w.qs.Spilled(queueA, r.Priority, -1)
	}
}

// settle waits until nothing moves and books what the polls got.
func (w *world) settle(t *rapid.T) {
	synctest.Wait()
	w.polls = slices.DeleteFunc(w.polls, func(p *poll) bool {
		if !p.ended() {
			return false
		}
		w.book(t, p.offer)
		return true
	})
	w.hands = slices.DeleteFunc(w.hands, func(h *modelHand) bool {
		select {
		case err := <-h.result:
			if err == nil {
				w.given++
			}
			return true
		default:
			return false
		}
	})
	if w.delivered != w.given {
		t.Fatalf("%d tasks and queries were given, polls got %d", w.given, w.delivered)
	}
	for _, c := range w.qs.Queues() {
		w.check(t, c)
	}
}

// check holds what must be so whenever nothing moves.
func (w *world) check(t *rapid.T, c Counts) {
	idle := c.Pollers - len(w.reservations)
	if idle > 0 && c.Waiting+c.Imports > 0 {
		t.Fatalf("%d polls, %d references and %d imports wait side by side", idle, c.Waiting, c.Imports)
	}
	published := 0
	for _, m := range w.tasks {
		if m.state == isWaiting && m.published {
			published++
		}
	}
	if idle == 0 && c.Waiting > published && !w.exchange.waiting {
		t.Fatalf("%d references wait, %d of them published, and the exchange does not know", c.Waiting, published)
	}
	if idle > w.exchange.reckoned && !w.exchange.hungry {
		t.Fatalf("%d polls wait, the exchange reckons with %d", idle, w.exchange.reckoned)
	}
}

func (w *world) book(t *rapid.T, o Offer[task]) {
	if o.Delivered {
		w.delivered++
	}
	if o.Ref == nil {
		return
	}
	m := w.tasks[number(*o.Ref)]
	if m.state != isWaiting {
		t.Fatalf("task %d was offered while it is %s", number(m.ref), m.state)
	}
	m.state = isOffered
}

// pick is a task in the state; nil if there is none.
func (w *world) pick(t *rapid.T, state taskState) *modelTask {
	var ns []int
	for n, m := range w.tasks {
		if m.state == state {
			ns = append(ns, n)
		}
	}
	if len(ns) == 0 {
		t.Skip("no task is " + state)
	}
	slices.Sort(ns)
	return w.tasks[rapid.SampledFrom(ns).Draw(t, string(state))]
}

func (w *world) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"":       w.settle,
		"commit": w.doCommit, "commit fails": w.doFailedCommit, "start": w.doStart, "return": w.doReturn, "lost": w.doLost,
		"cancel": w.doCancel, "poll": w.doPoll, "end poll": w.doEndPoll, "reserve": w.doReserve, "end reservation": w.doEndReservation,
		"query": w.doHand, "end query": w.doEndHand, "pass time": w.doSleep, "store": w.doStore,
		"import": w.doImport, "import again": w.doImportAgain, "publish": w.doPublish, "hunger": w.doHunger, "move": w.doMove,
	}
}

func (w *world) doCommit(t *rapid.T) {
	for range rapid.IntRange(1, 4).Draw(t, "tasks") {
		r := ref(len(w.tasks) + 1)
		r.Priority = int32(rapid.IntRange(0, 5).Draw(t, "priority"))
		r.Shard = orchestration.ShardID(rapid.IntRange(1, 3).Draw(t, "shard"))
		w.commit(r)
	}
}

func (w *world) doFailedCommit(*rapid.T) {
	if w.qs.Admit(queueA, DefaultPriority) {
		w.qs.Unadmit(queueA)
	}
}

func (w *world) doStart(t *rapid.T) {
	m := w.pick(t, isOffered)
	m.state = isGone
	w.deleteRow(m.ref)
	w.qs.Taken(m.ref, true)
}

func (w *world) doReturn(t *rapid.T) {
	m := w.pick(t, isOffered)
	m.state = isWaiting
	w.qs.Return(m.ref)
}

// doLost: somebody else had started the offered task.
func (w *world) doLost(t *rapid.T) {
	m := w.pick(t, isOffered)
	m.state = isGone
	w.deleteRow(m.ref)
	w.qs.Taken(m.ref, false)
}

func (w *world) doCancel(t *rapid.T) {
	m := w.pick(t, rapid.SampledFrom([]taskState{isWaiting, isOffered}).Draw(t, "state"))
	m.state = isGone
	w.deleteRow(m.ref)
	w.qs.Remove(m.ref)
}

func (w *world) doPoll(*rapid.T) { w.polls = append(w.polls, startPoll(w.qs, worker("w"))) }

func (w *world) doEndPoll(t *rapid.T) {
	if len(w.polls) == 0 {
		t.Skip("no poll")
	}
	w.polls[rapid.IntRange(0, len(w.polls)-1).Draw(t, "poll")].cancel()
}

func (w *world) doReserve(t *rapid.T) {
	priority := int32(rapid.IntRange(0, 5).Draw(t, "priority"))
	r, ok := w.qs.Reserve(queueA, priority)
	if !ok {
		t.Skip("nobody to reserve")
	}
	for _, m := range w.tasks {
		if m.state == isWaiting && !m.foreign && m.ref.priority() <= normalPriority(priority) {
			t.Fatalf("reserved past task %d, which waits", number(m.ref))
		}
	}
	w.reservations = append(w.reservations, r)
}

func (w *world) doEndReservation(t *rapid.T) {
	if len(w.reservations) == 0 {
		t.Skip("no reservation")
	}
	i := rapid.IntRange(0, len(w.reservations)-1).Draw(t, "reservation")
	r := w.reservations[i]
	w.reservations = slices.Delete(w.reservations, i, i+1)
	if rapid.Bool().Draw(t, "deliver") {
		w.given++
		r.Deliver("fused")
	} else {
		r.Release()
	}
}

func (w *world) doHand(*rapid.T) {
	ctx, cancel := context.WithCancel(context.Background())
	h := &modelHand{cancel: cancel, result: make(chan error, 1)}
	w.hands = append(w.hands, h)
	go func() { h.result <- w.qs.Hand(ctx, queueA, "query") }()
}

func (w *world) doEndHand(t *rapid.T) {
	if len(w.hands) == 0 {
		t.Skip("no query")
	}
	w.hands[rapid.IntRange(0, len(w.hands)-1).Draw(t, "query")].cancel()
}

func (w *world) doSleep(t *rapid.T) {
	time.Sleep(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, 20 * time.Second}).Draw(t, "time"))
}

func (w *world) doStore(t *rapid.T) {
	w.store.behave(
		rapid.SampledFrom([]error{nil, errOnFire}).Draw(t, "error"),
		rapid.SampledFrom([]time.Duration{0, 3 * time.Millisecond, 3 * time.Second}).Draw(t, "latency"),
	)
}

// drain takes what is left, as a worker that comes at last, and expects every waiting task once.
func (w *world) drain(t *rapid.T) {
	for _, r := range w.reservations {
		r.Release()
	}
	w.reservations = nil
	for _, p := range w.polls {
		p.cancel()
	}
	for _, h := range w.hands {
		h.cancel()
	}
	w.settle(t)
	w.store.behave(nil, 0)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		o, err := w.qs.Poll(ctx, queueA, worker("last"))
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if o.Empty() {
			break
		}
		w.book(t, o)
	}
	for n, m := range w.tasks {
		if m.state == isWaiting && !m.foreign {
			t.Fatalf("task %d (row %d) is lost", n, m.ref.Backlog)
		}
		if m.state == isOffered {
			w.deleteRow(m.ref)
			w.qs.Taken(m.ref, true)
		}
	}
	time.Sleep(idleAfter + sweepEvery)
	synctest.Wait()
	for key, c := range w.qs.Queues() {
		t.Fatalf("the empty queue %v is not forgotten: %+v", key, c)
	}
}

// abandon lets every goroutine of the world end.
func (w *world) abandon() {
	for _, r := range w.reservations {
		r.Release()
	}
	w.qs.Close()
}

func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var failure any // carried out of the bubble's goroutine
		synctest.Test(t, func(*testing.T) {
			defer func() { failure = recover() }()
			w := &world{tasks: make(map[int]*modelTask), exchange: &recorder{}}
			w.qs = New[task](Options{MaxInMemory: rapid.IntRange(4, 12).Draw(rt, "memory"), Refill: w.store.refill, Exchange: w.exchange})
			defer w.abandon()
			rt.Repeat(w.actions())
			w.drain(rt)
		})
		if failure != nil {
			panic(failure)
		}
	})
}
