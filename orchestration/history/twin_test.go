package history

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// twin follows a run through its verbs, as a store and a reader of its history would: after each it asserts the laws of this package.
type twin struct {
	events []*historypb.HistoryEvent
	state  []byte
	rows   map[itemKey][]byte
	ready  map[string]Task // what a queue would hold, by taskName
	sent   map[int64]bool  // effects that were announced and not answered since

	actions orchestration.Actions // counted so far
}

func newTwin() *twin {
	return &twin{rows: map[itemKey][]byte{}, ready: map[string]Task{}, sent: map[int64]bool{}}
}

// taskName identifies a task on its queue.
func taskName(t Task) string {
	return fmt.Sprintf("%v %d attempt %d on %s", t.Kind, t.ScheduledEventID, t.Attempt, t.Queue)
}

// fataler is what *testing.T and *rapid.T share.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// follow takes note of a transition that has just happened and checks everything that must hold after it.
func (w *twin) follow(t fataler, r *Run, tr Transition) {
	t.Helper()
	w.take(t, r, tr)
	if err := r.Check(); err != nil {
		t.Fatalf("%v", err)
	}
	w.checkTasks(t, r)
	w.checkEffects(t, r)
	w.checkEvents(t)
	w.checkFold(t, r)
	w.save(t, r)
	w.checkReload(t, r)
	checkAgenda(t, r)
	checkWake(t, r)
}

func (w *twin) take(t fataler, r *Run, tr Transition) {
	t.Helper()
	if len(tr.Events)+len(tr.Effects) > 0 && !tr.Changed || len(tr.Ready)+len(tr.Dropped)+len(tr.Updates) > 0 && !tr.Changed && !tr.Volatile || tr.Closed && !tr.Visibility {
		t.Fatalf("contradictory transition: %+v", tr)
	}
	if next := followedBy(tr.Events); (tr.Next != nil) != (next != "") || tr.Next != nil && (!tr.Closed || tr.Next.Key.RunID.String() != next || tr.Next.Chain.Continued != r.Key.RunID) {
		t.Fatalf("the closing event names %q, the run that follows is %+v", next, tr.Next)
	}
	w.events = append(w.events, tr.Events...)
	w.checkActions(t, tr)
	for _, task := range tr.Dropped {
		if _, ok := w.ready[taskName(task)]; !ok {
			t.Fatalf("dropped %s, which was not ready", taskName(task))
		}
		delete(w.ready, taskName(task))
	}
	for _, task := range tr.Ready {
		if _, ok := w.ready[taskName(task)]; ok {
			t.Fatalf("%s is announced twice", taskName(task))
		}
		w.ready[taskName(task)] = task
	}
	for _, id := range tr.Effects {
		if w.sent[id] {
			t.Fatalf("effect %d is announced twice", id)
		}
		w.sent[id] = true
	}
	if tr.Closed != (len(tr.Events) > 0 && !r.Header.running()) {
		t.Fatalf("closed is %v, status %v", tr.Closed, r.Header.Status)
	}
}

// checkTasks: the tasks announced and not dropped since are those that the state says are ready.
func (w *twin) checkTasks(t fataler, r *Run) {
	t.Helper()
	ready := r.Ready(epoch)
	if len(ready) != len(w.ready) {
		t.Fatalf("ready are %v, announced %v", ready, w.ready)
	}
	for _, task := range ready {
		if announced, ok := w.ready[taskName(task)]; !ok || !announced.ReadyAt.Equal(task.ReadyAt) {
			t.Fatalf("%s is ready since %v, announced %v", taskName(task), task.ReadyAt, w.ready)
		}
	}
}

// checkEffects: the effects announced and not answered since are those that the state says are to be sent.
func (w *twin) checkEffects(t fataler, r *Run) {
	t.Helper()
	ids := r.Sendable()
	for id := range w.sent {
		if !slices.Contains(ids, id) {
			delete(w.sent, id)
		}
	}
	if len(ids) != len(w.sent) {
		t.Fatalf("effects %v are to be sent, announced were %v", ids, w.sent)
	}
}

// checkEvents: ids are contiguous, times do not go back (but ActivityTaskStarted tells the true time), a workflow task's Started event is
// at the end of what its worker was shown.
func (w *twin) checkEvents(t fataler) {
	t.Helper()
	var last time.Time
	for i, ev := range w.events {
		at := ev.EventTime.AsTime()
		switch {
		case ev.EventId != int64(i)+1:
			t.Fatalf("event %d has id %d", i+1, ev.EventId)
		case ev.EventType == enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			if scheduled := w.events[ev.GetActivityTaskStartedEventAttributes().ScheduledEventId-1]; at.Before(scheduled.EventTime.AsTime()) {
				t.Fatalf("activity started before it was scheduled: event %d", ev.EventId)
			}
			continue
		case at.Before(last):
			t.Fatalf("event %d goes back in time", ev.EventId)
		}
		last = at
	}
}

// checkFold: folding the events gives the event-derived part of the live state.
func (w *twin) checkFold(t fataler, r *Run) {
	t.Helper()
	folded, err := Fold(r.Key, w.events)
	if err != nil {
		t.Fatalf("fold: %v", err)
	}
	buffered := len(r.buffer) > 0
	if want, got := derived(t, r, buffered), derived(t, folded, buffered); !slices.Equal(want, got) {
		t.Fatalf("fold differs:\nlive   %v\nfolded %v", want, got)
	}
}

// save stores what the run says changed.
func (w *twin) save(t fataler, r *Run) {
	t.Helper()
	state, items, err := r.Save()
	if err != nil {
		t.Fatalf("save: %v", err)
	}
	w.state = state
	for _, it := range items {
		if it.Data == nil {
			delete(w.rows, itemKey{it.Kind, it.ID})
		} else {
			w.rows[itemKey{it.Kind, it.ID}] = it.Data
		}
	}
	for k, data := range w.rows {
		if len(data) <= itemLimit && !r.files.spilled {
			t.Fatalf("small item %v has a row of its own", k)
		}
	}
}

// load reads the run back, and remembers what it had in memory only.
func (w *twin) load(t fataler, r *Run) *Run {
	t.Helper()
	loaded := w.loadStored(t, r)
	for _, a := range r.admitted {
		kept := *a
		loaded.admitted = append(loaded.admitted, &kept)
	}
	if r.Speculative() {
		kept := *r.Header.Task
		loaded.Header.Task = &kept
	}
	return loaded
}

// loadStored reads the run back as another owner does.
func (w *twin) loadStored(t fataler, r *Run) *Run {
	t.Helper()
	var items []Item
	for k, data := range w.rows {
		items = append(items, Item{Kind: k.kind, ID: k.id, Data: data})
	}
	loaded, err := Load(r.Key, w.state, items)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return loaded
}

// checkReload: what is loaded is what was saved.
func (w *twin) checkReload(t fataler, r *Run) {
	t.Helper()
	loaded := w.load(t, r)
	if want, got := everything(t, r), everything(t, loaded); !slices.Equal(want, got) {
		t.Fatalf("reload differs:\nlive   %v\nloaded %v", want, got)
	}
	if !maps.Equal(r.activityIDs, loaded.activityIDs) || !maps.Equal(r.timerIDs, loaded.timerIDs) || !slices.Equal(r.remembered, loaded.remembered) {
		t.Fatalf("reload differs in an index")
	}
}

// checkAgenda: the agendas find what a look at every item finds.
func checkAgenda(t fataler, r *Run) {
	t.Helper()
	var first alarm
	var since instant
	consider := func(k agendaKey) {
		if a := (alarm{r.itemAlarm(k), k.rank, k.id}); a.at != 0 && (first.at == 0 || a.before(first)) {
			first = a
		}
		since = earliest(since, r.waitingSince(k))
	}
	for id := range r.activities {
		consider(agendaKey{activityRank, id})
	}
	for id := range r.timers {
		consider(agendaKey{timerRank, id})
	}
	for id := range r.effects {
		consider(agendaKey{effectRank, id})
	}
	if got := r.alarms.first(r.itemAlarm); got != first {
		t.Fatalf("the agenda says %+v, the items say %+v", got, first)
	}
	if got := r.waiting.first(r.waitingSince).at; got != since {
		t.Fatalf("the agenda says %v is waiting, the items say %v", got.time(), since.time())
	}
}

// checkWake: the run wakes no later than its next alarm and its oldest task without a backlog row.
func checkWake(t fataler, r *Run) {
	t.Helper()
	wake := r.Wake()
	for _, task := range r.Ready(epoch) {
		if task.Backlog == 0 && !task.Speculative && (wake.IsZero() || wake.After(task.ReadyAt)) {
			t.Fatalf("wakes at %v, but %v task %d is ready since %v", wake, task.Kind, task.ScheduledEventID, task.ReadyAt)
		}
	}
	if next := r.storedAlarm().at.time(); !next.IsZero() && (wake.IsZero() || wake.After(next)) {
		t.Fatalf("wakes at %v, after its next timer %v", wake, next)
	}
	if !r.Header.running() && !(wake.IsZero() == (len(r.effects) == 0) && len(r.Ready(epoch)) == 0) {
		t.Fatalf("a closed run wakes at %v", wake)
	}
}

// everything is the whole state, one string per header and item.
func everything(t fataler, r *Run) []string {
	out := []string{encoded(t, &r.Header), encoded(t, r.Header.clock())}
	for id := range r.activities {
		out = append(out, r.dump(t, activityItem, eventItemID(id)))
	}
	for id := range r.timers {
		out = append(out, r.dump(t, timerItem, eventItemID(id)))
	}
	for _, b := range r.buffer {
		out = append(out, r.dump(t, bufferItem, eventItemID(b.Seq)))
	}
	for id := range r.children {
		out = append(out, r.dump(t, childItem, eventItemID(id)))
	}
	for id := range r.externals {
		out = append(out, r.dump(t, externalItem, eventItemID(id)))
	}
	for id := range r.effects {
		out = append(out, r.dump(t, effectItem, eventItemID(id)))
	}
	for id := range r.requests {
		out = append(out, r.dump(t, requestItem, id))
	}
	for id := range r.updates {
		out = append(out, r.dump(t, updateItem, id))
	}
	for _, a := range r.admitted {
		out = append(out, fmt.Sprintf("admitted %s sent in %d", a.id(), a.sentIn))
	}
	for _, kind := range []ItemKind{memoItem, searchItem, metadataItem, beginningItem, carriedItem, pointsItem} {
		out = append(out, r.dump(t, kind, ""))
	}
	slices.Sort(out[2:])
	return out
}

func (r *Run) dump(t fataler, kind ItemKind, id string) string {
	return fmt.Sprintf("%d %s %s", kind, id, encoded(t, r.item(itemKey{kind, id})))
}

func encoded(t fataler, v any) string {
	data, err := cbor.Marshal(v)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	if text, err := cbor.Diagnose(data); err == nil {
		return text
	}
	return string(bytes.ToUpper(data))
}

// derived is the event-derived part of the state: everything without what header.go, activity.go, timer.go and buffer.go mark as live.
func derived(t fataler, r *Run, buffered bool) []string {
	live := r
	r = newRun(live.Key)
	r.Header, r.memo, r.search, r.metadata, r.beginning, r.points = live.Header, live.memo, live.search, live.metadata, live.beginning, live.points
	h := &r.Header
	h.StartRequestID, h.StickyQueue, h.StickyTimeout, h.CancelRequestID, h.BufferSeq, h.Transitions, h.ResetRun = "", "", 0, "", 0, 0, orchestration.RunID{}
	h.Leaving, h.Ceded = false, false
	if h.Task != nil && !h.Task.unwritten() {
		h.Task = &WorkflowTask{ScheduledEventID: h.Task.ScheduledEventID, Attempt: 1, ScheduledTime: h.Task.ScheduledTime, Timeout: h.Task.Timeout}
	} else {
		h.Task = nil
	}
	if r.requests = live.requests; buffered { // ids of buffered events are remembered ahead of history
		r.requests, h.RequestSeq = nil, 0
	}
	for id, a := range live.activities {
		kept := *a
		kept.set(a.original())
		kept.Attempt, kept.Operator = attempt{}, nil
		r.activities[id] = &kept
	}
	for id, u := range live.updates {
		kept := *u
		kept.Rejected = false
		r.updates[id] = &kept
	}
	for id, c := range live.children {
		kept := *c
		kept.Closing = false
		if kept.StartedEventID == 0 {
			kept.RunID = orchestration.RunID{}
		}
		r.children[id] = &kept
	}
	for _, x := range live.externals {
		r.addExternal(x)
	}
	for id, timer := range live.timers {
		kept := *timer
		kept.Fired = false
		r.timers[id] = &kept
	}
	return everything(t, r)
}
