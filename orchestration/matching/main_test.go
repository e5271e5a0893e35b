package matching

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Matching is memory: whoever lets it reach for a database or for history makes it a second arbiter.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	forbidden := map[string]string{
		"github.com/tenuto-io/tenuto/orchestration/store":   "what is stored is the owner's business: refills come through a function",
		"github.com/tenuto-io/tenuto/orchestration/history": "the state of a run is the owner's business: tasks are opaque here",
		"github.com/tenuto-io/tenuto/orchestration/shard":   "owners use matching, never the other way round",
		"database/sql": "matching does no I/O",
	}
	for _, dep := range strings.Fields(string(out)) {
		if why, bad := forbidden[dep]; bad {
			t.Errorf("imports %s: %s", dep, why)
		}
	}
}

// task is what the tests' pollers are handed.
type task string

var queueA = Key{Namespace: orchestration.NamespaceID{1}, Name: "a", Kind: orchestration.ActivityTask}

// ref is the n-th task of queueA.
func ref(n int) Reference {
	var run orchestration.RunID
	run[14], run[15] = byte(n>>8), byte(n)
	return Reference{
		Run:              orchestration.WorkflowKey{Namespace: queueA.Namespace, WorkflowID: fmt.Sprint("w", n)}.Run(run),
		ScheduledEventID: 5, Attempt: 1, Key: queueA, ReadyAt: time.Now(),
	}
}

// row is the n-th task of queueA, with a backlog row whose seq is n.
func row(n int) Reference {
	r := ref(n)
	r.Backlog = int64(n)
	return r
}

func number(r Reference) int { return int(r.Run.RunID[14])<<8 | int(r.Run.RunID[15]) }

func worker(identity string) Worker {
	return Worker{Identity: identity, InstanceKey: "process of " + identity}
}

// bubble runs f with queues in a bubble of fake time, and closes them.
func bubble(t *testing.T, o Options, f func(t *testing.T, qs *Queues[task])) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		qs := New[task](o)
		defer qs.Close()
		f(t, qs)
	})
}

// poll is a poll in the background.
type poll struct {
	cancel context.CancelFunc
	done   chan struct{}
	offer  Offer[task] // once done
	err    error
}

func (p *poll) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// startPoll polls queueA until it is served or cancelled. Look at the result after synctest.Wait.
func startPoll(qs *Queues[task], w Worker) *poll {
	ctx, cancel := context.WithCancel(context.Background())
	p := &poll{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel()
		p.offer, p.err = qs.Poll(ctx, queueA, w)
		close(p.done)
	}()
	synctest.Wait()
	return p
}

// pollNow polls queueA with a context that ends as soon as nothing else can happen.
func pollNow(t *testing.T, qs *Queues[task]) Offer[task] {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	o, err := qs.Poll(ctx, queueA, worker("now"))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// want fails unless the poll got reference n.
func (p *poll) want(t *testing.T, n int) {
	t.Helper()
	synctest.Wait()
	if !p.ended() || p.err != nil || p.offer.Ref == nil || number(*p.offer.Ref) != n {
		got := 0
		if p.ended() && p.offer.Ref != nil {
			got = number(*p.offer.Ref)
		}
		t.Fatalf("poll: ended %v, %+v, reference %d, %v; want reference %d", p.ended(), p.offer, got, p.err, n)
	}
}

// wantEmpty fails unless the poll ended with nothing.
func (p *poll) wantEmpty(t *testing.T) {
	t.Helper()
	synctest.Wait()
	if !p.ended() || p.err != nil || !p.offer.Empty() {
		t.Fatalf("poll: ended %v, %+v, %v; want an empty offer", p.ended(), p.offer, p.err)
	}
}

func (p *poll) wantWaiting(t *testing.T) {
	t.Helper()
	synctest.Wait()
	if p.ended() {
		t.Fatalf("poll ended with %+v, %v; want it to wait", p.offer, p.err)
	}
}
