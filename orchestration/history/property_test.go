package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// TestLaws lets random verbs loose on a run. After each one the laws of twin must hold, and a copy that is reloaded at random points must
// have done the same.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWild(t)
		for range rapid.IntRange(1, 60).Draw(t, "verbs") {
			w.step()
		}
		w.chain.check(w)
	})
}

// wild is a run under random verbs, and its copy.
type wild struct {
	*rapid.T
	now      time.Time
	run      *Run
	copy     *Run
	twin     *twin
	chain    *wildChain
	attempts []ActivityRef // ever started
	worked   int64         // starts of activities, less those that were taken back
	counted  int64         // the same, as counted
	serial   int
}

// answer is all that a verb says.
type answer struct {
	Transition
	more any
	err  error
}

func newWild(t *rapid.T) *wild {
	in := StartRun{
		Key: testKey, Type: "T", TaskQueue: "q", RequestID: "start",
		RunTimeout:       drawDuration(t, "run timeout", 0, time.Hour),
		ExecutionTimeout: drawDuration(t, "execution timeout", 0, time.Hour),
		StartDelay:       drawDuration(t, "delay", 0, 10*time.Second),
	}
	if rapid.Bool().Draw(t, "child") {
		in.Parent = testParent
	}
	if rapid.Bool().Draw(t, "memo") {
		in.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"m": payload(drawText(t))}}
		in.UserMetadata = &sdkpb.UserMetadata{Summary: payload("s")}
		in.Priority = &commonpb.Priority{PriorityKey: 2, FairnessKey: "f"}
	}
	drawChain(t, &in)
	w := &wild{T: t, now: epoch, chain: newWildChain()}
	w.start(in)
	return w
}

// start begins the run, or the next one of its chain.
func (w *wild) start(in StartRun) {
	w.Helper()
	var first, second Transition
	w.run, first = Start(in, w.now)
	w.copy, second = Start(in, w.now)
	w.same(answer{Transition: first}, answer{Transition: second})
	w.twin, w.attempts = newTwin(), nil
	w.chain.twins = append(w.chain.twins, w.twin)
	if in.Signal != nil {
		w.chain.accept(w, *in.Signal)
	}
	w.twin.follow(w, w.run, first)
}

// do applies a verb to the run and its copy and checks everything.
func (w *wild) do(verb func(r *Run) answer) {
	w.Helper()
	before := everything(w, w.run)
	if rapid.IntRange(0, 2).Draw(w.T, "reload") == 0 {
		w.copy = w.twin.load(w, w.run)
	}
	got, copied := verb(w.run), verb(w.copy)
	w.same(got, copied)
	if got.err != nil || !got.Changed && !got.Volatile {
		if after := everything(w, w.run); !slices.Equal(before, after) {
			w.Fatalf("a verb that changed nothing (error %v) changed\n%v\nto\n%v", got.err, before, after)
		}
	}
	w.twin.follow(w, w.run, got.Transition)
	if w.counted += got.Actions[orchestration.ActivityAction]; w.counted != w.worked {
		w.Fatalf("counted are %d attempts of activities, workers have had %d", w.counted, w.worked)
	}
	if !slices.Equal(everything(w, w.run), everything(w, w.copy)) {
		w.Fatalf("the reloaded copy has another state")
	}
	w.checkTimer()
	if got.Next != nil {
		w.start(*got.Next)
	}
}

// same asserts that two answers are equal.
func (w *wild) same(a, b answer) {
	w.Helper()
	if x, y := describeAnswer(a), describeAnswer(b); x != y {
		w.Fatalf("a reloaded run answers otherwise:\n%s\n%s", x, y)
	}
}

func describeAnswer(a answer) string {
	h := &historypb.History{Events: a.Events}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(h)
	return fmt.Sprintf("%x %v next %v %v ready %v dropped %v send %v %v %v %v %v %v %v %+v %v", raw, err, describeNext(a.Next), len(a.Events), tasks(a.Ready), tasks(a.Dropped), a.Effects, a.Actions, a.Closed, a.Changed, a.Volatile, a.Visibility,
		printNews(a.Updates), a.more, a.err)
}

func tasks(all []Task) (out []string) {
	for _, t := range all {
		out = append(out, fmt.Sprintf("%s since %v priority %v backlog %d", taskName(t), t.ReadyAt, t.Priority.GetPriorityKey(), t.Backlog))
	}
	return out
}

// checkTimer: before NextTimer nothing is due, at NextTimer something is.
func (w *wild) checkTimer() {
	w.Helper()
	next := w.run.NextTimer()
	if next.IsZero() {
		next = w.now.Add(1000 * time.Hour)
	} else if tr := w.twin.load(w, w.run).Fire(next, w.nextID()); !tr.Changed {
		w.Fatalf("nothing is due at the next timer %v", next)
	}
	if early := next.Add(-1); !early.Before(w.run.Header.LastEventTime) {
		if tr := w.twin.load(w, w.run).Fire(early, w.nextID()); tr.Changed {
			w.Fatalf("something is due before the next timer %v: %+v", next, tr)
		}
	}
}

// step draws one verb.
func (w *wild) step() {
	verbs := map[string]func(){
		"advance": w.advance, "advance more": w.advance, "signal": w.signal, "cancel": w.cancel, "terminate": w.terminate, "delete": w.delete,
		"poll": w.poll, "poll again": w.poll, "complete": w.complete, "complete more": w.complete, "fail": w.fail, "unstart": w.unstart,
		"leave sticky": w.leaveSticky, "poll activity": w.pollActivity, "poll activity more": w.pollActivity,
		"end effect": w.endEffect, "end effect more": w.endEffect, "put effect off": w.putOffEffect, "child closed": w.childClosed,
		"end activity": w.endActivity, "end activity more": w.endActivity, "backlog": w.backlog, "reset": w.reset,
		"update": w.update, "update more": w.update, "lose": w.lose,
		"operate": w.operate, "operate more": w.operate,
	}
	names := make([]string, 0, len(verbs))
	for name := range verbs {
		names = append(names, name)
	}
	slices.Sort(names)
	verbs[rapid.SampledFrom(names).Draw(w.T, "verb")]()
}

func drawDuration(t *rapid.T, label string, lo, hi time.Duration) time.Duration {
	if lo == 0 && rapid.Bool().Draw(t, label+" unset") {
		return 0
	}
	return time.Duration(rapid.Int64Range(int64(lo/time.Millisecond), int64(hi/time.Millisecond)).Draw(t, label)) * time.Millisecond
}

// drawText is a small text, one of those that soon outgrow run.state, or one that makes its item a row of its own.
func drawText(t *rapid.T) string {
	length := rapid.SampledFrom([]int{1, 1, 1, 600, 900, 1100}).Draw(t, "length")
	return strings.Repeat("x", length)
}

func (w *wild) advance() {
	w.now = w.now.Add(drawDuration(w.T, "time", 0, 20*time.Second))
	if rapid.IntRange(0, 9).Draw(w.T, "clock goes back") == 0 {
		w.now = w.now.Add(-30 * time.Second)
	}
	next := w.nextID()
	w.do(func(r *Run) answer { return answer{Transition: r.Fire(w.now, next)} })
}

func (w *wild) signal() {
	w.serial++
	in := Signal{Name: fmt.Sprint("s", w.serial), Input: text(drawText(w.T)), RequestID: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(w.T, "request")}
	w.do(func(r *Run) answer {
		tr, err := r.Signal(in, w.now)
		if r == w.run && tr.Changed {
			w.chain.accept(w, in)
		}
		return answer{Transition: tr, err: err}
	})
}

func (w *wild) cancel() {
	w.do(func(r *Run) answer {
		tr, err := r.RequestCancel(Cancel{Reason: "r", RequestID: "c"}, w.now)
		return answer{Transition: tr, err: err}
	})
}

func (w *wild) terminate() {
	if rapid.IntRange(0, 5).Draw(w.T, "spare") > 0 {
		return
	}
	w.do(func(r *Run) answer {
		tr, err := r.Terminate(Terminate{Reason: "r"}, w.now)
		return answer{Transition: tr, err: err}
	})
}

func (w *wild) delete() {
	if rapid.IntRange(0, 5).Draw(w.T, "spare") > 0 {
		return
	}
	w.do(func(r *Run) answer {
		tr := r.Delete(Terminate{Reason: "r"}, w.now)
		return answer{Transition: tr, more: r.Gone()}
	})
}

func (w *wild) leaveSticky() {
	w.do(func(r *Run) answer { return answer{Transition: r.LeaveSticky(w.now)} })
}

// poller draws who takes a task.
func (w *wild) poller() Poller {
	w.serial++
	return Poller{Identity: "w", RequestID: fmt.Sprint("poll", w.serial/rapid.IntRange(1, 2).Draw(w.T, "repeat"))}
}

func (w *wild) poll() {
	task := Task{Kind: orchestration.WorkflowTask, ScheduledEventID: 2, Attempt: 1}
	if ready := w.run.Ready(w.now); len(ready) > 0 && ready[0].Kind == orchestration.WorkflowTask {
		task = ready[0]
	}
	p := w.poller()
	w.do(func(r *Run) answer {
		tr, started, err := r.StartWorkflowTask(task, p, w.now)
		return answer{tr, fmt.Sprint(started.StartedEventID, started.Attempt, started.StartedTime, len(started.Transient), started.Nonce, messageIDs(started.Messages)), err}
	})
}

// task is the workflow task in flight, or sometimes another one.
func (w *wild) task() WorkflowTaskRef {
	ref := WorkflowTaskRef{ScheduledEventID: 2, StartedEventID: 3, Attempt: 1}
	if t := w.run.Header.Task; t.started() {
		ref = WorkflowTaskRef{ScheduledEventID: t.ScheduledEventID, StartedEventID: t.StartedEventID, Attempt: t.Attempt, Nonce: t.Nonce}
	}
	return ref
}

func (w *wild) fail() {
	ref := w.task()
	w.do(func(r *Run) answer {
		tr, err := r.FailWorkflowTask(FailWorkflowTask{WorkflowTaskRef: ref}, w.now)
		return answer{Transition: tr, err: err}
	})
}

func (w *wild) unstart() {
	ref := w.task()
	w.do(func(r *Run) answer {
		tr, err := r.UnstartWorkflowTask(ref, w.now)
		return answer{Transition: tr, err: err}
	})
}

func (w *wild) complete() {
	in := CompleteWorkflowTask{WorkflowTaskRef: w.task(), Attributes: defined, Namespaces: namespaces, ChildRuns: w.childRuns(), NextRunID: w.nextID(), ForceCreate: rapid.IntRange(0, 4).Draw(w.T, "force") == 0}
	if rapid.Bool().Draw(w.T, "stamped") {
		in.Stamp = &commonpb.WorkerVersionStamp{BuildId: fmt.Sprint("b", rapid.IntRange(0, 30).Draw(w.T, "build"))}
	}
	if rapid.Bool().Draw(w.T, "sticky") {
		in.Sticky = &taskqueuepb.StickyExecutionAttributes{WorkerTaskQueue: &taskqueuepb.TaskQueue{Name: "q-sticky"}, ScheduleToStartTimeout: durationpb.New(5 * time.Second)}
	}
	for range rapid.IntRange(0, 4).Draw(w.T, "commands") {
		in.Commands = append(in.Commands, w.command())
	}
	w.reply(&in)
	w.do(func(r *Run) answer {
		out, err := r.CompleteWorkflowTask(in, w.now)
		return answer{out.Transition, fmt.Sprint(out.Failed, out.Eager, out.ResetEventID), err}
	})
}

func (w *wild) pollActivity() {
	for _, task := range w.run.Ready(w.now) {
		if task.Kind != orchestration.ActivityTask {
			continue
		}
		p := w.poller()
		w.attempts = append(w.attempts, ActivityRef{ScheduledEventID: task.ScheduledEventID, Attempt: task.Attempt})
		w.do(func(r *Run) answer {
			tr, started, err := r.StartActivity(task, p, w.now)
			if r == w.run && tr.Changed {
				w.worked++
			}
			return answer{tr, fmt.Sprintf("%+v", started), err}
		})
		return
	}
}

// endActivity lets a worker say something about an activity: in flight, long gone, or named by its id.
func (w *wild) endActivity() {
	ref := ActivityRef{ActivityID: w.activityID()}
	if len(w.attempts) > 0 && rapid.IntRange(0, 3).Draw(w.T, "by id") > 0 {
		ref = rapid.SampledFrom(w.attempts).Draw(w.T, "activity")
	}
	details, f := text(drawText(w.T)), w.failure()
	ways := map[string]func(r *Run) answer{
		"complete": func(r *Run) answer {
			tr, err := r.CompleteActivity(ref, details, "w", w.now)
			return answer{Transition: tr, err: err}
		},
		"fail": func(r *Run) answer {
			tr, err := r.FailActivity(ref, f, details, "w", w.now)
			return answer{Transition: tr, err: err}
		},
		"cancel": func(r *Run) answer {
			tr, err := r.CancelActivity(ref, details, "w", w.now)
			return answer{Transition: tr, err: err}
		},
		"heartbeat": func(r *Run) answer {
			tr, more, err := r.Heartbeat(ref, details, "w", w.now)
			return answer{tr, more, err}
		},
		"unstart": func(r *Run) answer {
			tr, err := r.UnstartActivity(ref, w.now)
			if r == w.run && tr.Changed {
				w.worked--
			}
			return answer{Transition: tr, err: err}
		},
	}
	w.do(ways[rapid.SampledFrom([]string{"complete", "fail", "cancel", "heartbeat", "unstart"}).Draw(w.T, "way")])
}

func (w *wild) failure() *failurepb.Failure {
	info := &failurepb.ApplicationFailureInfo{Type: rapid.SampledFrom([]string{"Retry", "Fatal"}).Draw(w.T, "type")}
	if rapid.IntRange(0, 4).Draw(w.T, "own delay") == 0 {
		info.NextRetryDelay = durationpb.New(drawDuration(w.T, "next", 0, time.Second))
	}
	return &failurepb.Failure{Message: drawText(w.T), FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: info}}
}

func (w *wild) backlog() {
	ready := w.run.Ready(w.now)
	if len(ready) == 0 {
		return
	}
	task := rapid.SampledFrom(ready).Draw(w.T, "task")
	if task.Speculative {
		return
	}
	w.serial++
	seq := int64(w.serial)
	if task.Backlog != 0 {
		seq = 0
	}
	w.run.SetBacklog(task, seq)
	w.copy.SetBacklog(task, seq)
	w.twin.follow(w, w.run, Transition{})
	for _, again := range w.run.Ready(w.now) {
		if taskName(again) == taskName(task) && again.Backlog != seq {
			w.Fatalf("backlog is %d, want %d", again.Backlog, seq)
		}
	}
}
