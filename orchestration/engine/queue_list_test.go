package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// queues is the names of a page, with what waits in each, with an ellipsis when there is more.
func (r *rig) queues(in engine.QueuesRequest) string {
	r.t.Helper()
	in.Namespace = namespace
	p, err := r.ListQueues(r.ctx(), in)
	if err != nil {
		r.t.Fatal(err)
	}
	var all []string
	for _, q := range p.Queues {
		kind := "w"
		if q.Kind == enumspb.TASK_QUEUE_TYPE_ACTIVITY {
			kind = "a"
		}
		all = append(all, fmt.Sprintf("%s/%s:%d", q.Name, kind, q.Stats.ApproximateBacklogCount))
	}
	if p.More {
		all = append(all, "…")
	}
	return strings.Join(all, " ")
}

// TestQueuesOfSeveralNodes: each is listed once for each kind, whichever node knows it, with what waits at all of them.
func TestQueuesOfSeveralNodes(t *testing.T) {
	f := newFleetRig(t, 3)
	for i, n := range f.nodes {
		n.start(f.ownedBy(n, fmt.Sprint("own-", i)))
	}
	first, last := f.nodes[0], f.nodes[2]
	for _, name := range []string{"a", "limited", "z"} {
		limited := limitedQueue
		limited.Queue = name
		if _, err := first.LimitQueue(first.ctx(), limited, perSecond(7)); err != nil {
			t.Fatal(err)
		}
	}
	theirs := startOf("theirs")
	theirs.Run.Key.Namespace, theirs.Run.TaskQueue = orchestration.NamespaceID{9}, "theirs"
	if _, err := last.Start(last.ctx(), theirs); err != nil && orchestration.CodeOf(err) != orchestration.Moved {
		t.Fatal(err)
	}
	for _, n := range f.nodes {
		for in, want := range map[engine.QueuesRequest]string{
			{}:                             "a/a:0 limited/a:0 steps/w:3 z/a:0",
			{Limit: 2}:                     "a/a:0 limited/a:0 …",
			{Limit: 2, After: "limited"}:   "steps/w:3 z/a:0",
			{Limit: 1, After: "limited"}:   "steps/w:3 …",
			{Limit: 500, After: "z"}:       "",
			{Limit: 1000, After: "limite"}: "limited/a:0 steps/w:3 z/a:0",
		} {
			if got := n.queues(in); got != want {
				t.Errorf("%+v: %s, want %s", in, got, want)
			}
		}
	}
	if p, err := last.ListQueues(last.ctx(), engine.QueuesRequest{Namespace: namespace}); err != nil || *p.Queues[1].Limit != 7 || p.Queues[1].Config == nil {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestQueuesWithoutWorkersOwn: sticky queues are left out, and do not shorten pages; what is polled is listed with who polls.
func TestQueuesWithoutWorkersOwn(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(r.ctx())
	polled := make(chan struct{})
	for _, p := range []engine.Poll{
		{Namespace: namespace, Queue: "a-own", Sticky: true, NormalQueue: "steps"}, {Namespace: namespace, Queue: "b-own", Sticky: true, NormalQueue: "steps"},
		{Namespace: namespace, Queue: "steps", Identity: "me"}, {Namespace: namespace, Queue: "west", Identity: "me"},
	} {
		go func() {
			_, _ = r.PollWorkflowTask(ctx, p)
			polled <- struct{}{}
		}()
	}
	eventually(t, func() bool { return r.queues(engine.QueuesRequest{}) == "steps/w:0 west/w:0" })
	eventually(t, func() bool {
		return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "a-own"})+r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "b-own"}) == 2
	})
	if got := r.queues(engine.QueuesRequest{Limit: 1}); got != "steps/w:0 …" {
		t.Error(got)
	}
	p, err := r.ListQueues(r.ctx(), engine.QueuesRequest{Namespace: namespace})
	if err != nil || len(p.Queues) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	if q := p.Queues[0]; len(q.Pollers) != 1 || q.Pollers[0].Identity != "me" || time.Since(q.LastPoll) > time.Minute || q.SyncRatio != nil {
		t.Errorf("%+v", q)
	}
	r.start("at once") // meets the poller
	eventually(t, func() bool {
		d, err := r.DescribeQueue(r.ctx(), engine.QueueRequest{Namespace: namespace, Queue: "steps"})
		return err == nil && d.SyncRatio != nil && *d.SyncRatio == 1
	})
	r.start("later") // meets nobody
	if d, err := r.DescribeQueue(r.ctx(), engine.QueueRequest{Namespace: namespace, Queue: "steps"}); err != nil || *d.SyncRatio != 0.5 {
		t.Errorf("%+v, %v", d, err)
	}
	cancel()
	for range 4 {
		<-polled
	}
}
