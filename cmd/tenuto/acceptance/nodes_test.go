package acceptance

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// eachNode is a lab at each node of a fleet.
func (f *fleet) eachNode(t *testing.T) (labs []*lab) {
	t.Helper()
	queue := ""
	for _, s := range f.nodes {
		l := labAt(t, s.grpc)
		if queue == "" {
			queue = l.queue
		}
		l.queue = queue
		labs = append(labs, l)
	}
	return labs
}

// Rolling restarts: whoever uses an official SDK notices nothing, because nothing fails that the SDK does not try again by itself.
func TestNodesRestartInTurnUnderLoad(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 3)
	l := labAt(t, f.front.address)
	l.ctx = t.Context()
	l.work(code{"flow": oneStep}, code{"step": greet})
	var done, failed atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var users sync.WaitGroup
	for u := range 10 {
		users.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				run, err := l.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: fmt.Sprint("user-", u, "-", i), TaskQueue: l.queue}, "flow", "you")
				if err == nil {
					err = run.Get(t.Context(), nil)
				}
				if err != nil {
					failed.Add(1)
					t.Errorf("workflow %d of user %d: %v", i, u, err)
					return
				}
				done.Add(1)
			}
		})
	}
	for i, s := range f.nodes {
		before := done.Load()
		if err := s.stop(); err != nil {
			t.Errorf("node %d after SIGTERM: %v\n%s", i, err, tail(s.output()))
		}
		eventually(t, func() error { return more(done.Load(), before, 20) }) // two nodes do the work
		s.launch(t)
		t.Cleanup(s.kill)
		s.awaitReady(t)
		before = done.Load()
		eventually(t, func() error { return more(done.Load(), before, 20) })
	}
	stop()
	users.Wait()
	if failed.Load() == 0 && done.Load() < 100 {
		t.Errorf("%d workflows ended", done.Load())
	}
	f.complaints(t)
}

func more(now, before, wanted int64) error {
	if now < before+wanted {
		return fmt.Errorf("%d workflows ended, want %d", now-before, wanted)
	}
	return nil
}

// A worker that polls at one node gets the tasks of every node, and a client at any node sees every workflow.
func TestOneWorkerServesEveryNode(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 3)
	labs := f.eachNode(t)
	labs[0].work(code{"flow": progress}, nil)
	for i := range 12 {
		starter, teller, reader := labs[i%3], labs[(i+1)%3], labs[(i+2)%3]
		run := starter.start("flow")
		teller.say(run, "a", "b")
		reader.wantSeen(run, 2) // a query, which a worker at another node answers
		teller.say(run, "end")
		equal(t, "words", result[int](reader, reader.client.GetWorkflow(reader.ctx, run.GetID(), run.GetRunID())), 2)
	}
	for i, l := range labs {
		n, err := l.client.CountWorkflow(l.ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace})
		l.must(err)
		equal(t, fmt.Sprint("workflows that node ", i, " counts"), n.Count, 12)
		q, err := l.client.DescribeTaskQueue(l.ctx, l.queue, 1)
		l.must(err)
		if len(q.Pollers) != 1 {
			t.Errorf("node %d knows %d pollers of the queue, want the one worker", i, len(q.Pollers))
		}
	}
	f.complaints(t)
}

// A node that dies takes nothing with it: what was acknowledged there goes on elsewhere.
func TestAnotherNodeTakesOver(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 2)
	labs := f.eachNode(t)
	labs[1].work(code{"flow": progress}, nil)
	var runs []client.WorkflowRun
	for range 20 {
		run := labs[0].start("flow")
		labs[0].say(run, "a")
		labs[0].wantSeen(run, 1)
		runs = append(runs, run)
	}
	f.nodes[0].kill()
	begun := time.Now()
	for _, run := range runs {
		eventually(t, func() error { return labs[1].client.SignalWorkflow(labs[1].ctx, run.GetID(), "", "word", "end") })
		equal(t, "words", result[int](labs[1], labs[1].client.GetWorkflow(labs[1].ctx, run.GetID(), "")), 1)
	}
	t.Logf("taken over and finished after %v", time.Since(begun).Round(time.Millisecond))
}

// A server without the secret is refused, and changes nothing; one with a short secret is told so.
func TestStrangersDoNotJoin(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1)
	for name, c := range map[string]struct{ secret, want string }{
		"another secret": {"not what the others know each other by", "peer.secret"},
		"none":           {"", "peer.secret"},
		"short":          {"hunter2", "at least 16"},
	} {
		s := describePostgres(t, f.url)
		s.env = []string{"TENUTO_PEER_SECRET=" + c.secret}
		s.dir = filepath.Join(t.TempDir())
		s.launch(t)
		t.Cleanup(s.kill)
		select {
		case <-s.exited:
		case <-time.After(patience):
			t.Fatalf("%s: it serves", name)
		}
		if out := s.output(); s.err == nil || !strings.Contains(out, c.want) || strings.Contains(out, "hunter2") || strings.Contains(out, fleetSecret) {
			t.Errorf("%s: %v\n%s", name, s.err, out)
		}
	}
	l := labAt(t, f.nodes[0].grpc)
	l.work(code{"flow": oneStep}, code{"step": greet})
	equal(t, "result", result[string](l, l.start("flow", "you")), "hello you")
}
