package exchange

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// A task whose owner has no poller is started by another node's, at once, whoever was there first.
func TestTasksMeetPollersOfOtherNodes(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		c.work(b, queue(1), 0)
		synctest.Wait()
		time.Sleep(10 * time.Millisecond)
		id := c.add(a, queue(1))
		c.wantDone(time.Second)
		if task := c.state(id); task.by != b.id || task.took > 20*time.Millisecond {
			t.Errorf("the poller waits: started by %d after %v", task.by, task.took)
		}
		id = c.add(a, queue(2))
		time.Sleep(time.Hour)
		came := time.Now()
		c.work(b, queue(2), 0)
		c.wantDone(time.Second)
		if task := c.state(id); task.by != b.id || time.Since(came) > 20*time.Millisecond {
			t.Errorf("the task waits: started by %d after %v", task.by, time.Since(came))
		}
	})
}

// A backlog is worked off by the pollers of other nodes as fast as they can, and by all of them.
func TestABacklogIsWorkedOffElsewhere(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		const tasks, workers, each = 900, 5, 10 * time.Millisecond
		for range tasks {
			c.add(c.nodes[0], queue(1))
		}
		for range workers {
			c.work(c.nodes[1], queue(1), each)
			c.work(c.nodes[2], queue(1), each)
		}
		ideal := tasks / (2 * workers) * (each + time.Millisecond)
		c.wantDone(2 * ideal)
		for _, n := range c.nodes[1:] {
			if done := c.startedBy(n); done < tasks/3 {
				t.Errorf("node %d did %d of %d tasks", n.id, done, tasks)
			}
		}
		if c.strayed > tasks/20 {
			t.Errorf("%d references came twice", c.strayed)
		}
	})
}

// Tasks that outgrew memory are worked off by pollers of other nodes, although nobody polls where they are.
func TestStoredTasksAreWorkedOffElsewhere(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		for range 3000 {
			c.spill(queue(1))
		}
		time.Sleep(time.Hour)
		for range 10 {
			c.work(c.nodes[1], queue(1), time.Millisecond)
		}
		c.wantDone(2 * time.Second)
	})
}

// A task meets a poller of its own node without a message, although others poll too.
func TestLocalTasksStayLocal(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		a := c.nodes[0]
		for _, n := range c.nodes {
			for range 3 {
				c.work(n, queue(1), 0)
			}
		}
		time.Sleep(time.Minute)
		c.net.sent()
		if c.place != nil {
			c.place.asked()
		}
		for range 500 {
			c.add(a, queue(1))
			time.Sleep(time.Millisecond)
		}
		c.wantDone(0)
		if done := c.startedBy(a); done != 500 {
			t.Errorf("the owner's pollers did %d of 500", done)
		}
		if messages, _ := c.net.sent(); messages[verbPush] > 0 {
			t.Errorf("sent %v", messages)
		}
		if c.place != nil {
			if calls := c.place.asked(); calls["publish"]+calls["withdraw"] > 0 {
				t.Errorf("asked %v", calls)
			}
		}
	})
}

// A node that has tasks of its own without end, and the only pollers, serves those of other nodes too; and its own.
func TestNobodyStarves(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		stop := make(chan struct{})
		c.wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(2 * time.Millisecond):
					if b.queues.Backlog(queue(1)) < 100 {
						c.add(b, queue(1))
						c.add(b, queue(1))
					}
				}
			}
		})
		for range 4 {
			c.work(b, queue(1), 10*time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		var own []taskID
		for range 200 {
			own = append(own, c.add(a, queue(1)))
		}
		time.Sleep(20 * time.Second)
		close(stop)
		for i, id := range own {
			if task := c.state(id); task.started == 0 {
				t.Fatalf("task %d of the node without pollers was not started in 20 s", i)
			}
		}
		c.wantDone(10 * time.Second)
	})
}

// Pollers that have nothing to do help a node whose own are too few; pollers that are busy only when tasks grow old there.
func TestIdlePollersHelp(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		c.work(a, queue(1), time.Second)
		for range 20 {
			c.work(b, queue(1), 10*time.Millisecond)
		}
		time.Sleep(time.Second)
		for range 200 {
			c.add(a, queue(1))
		}
		c.wantDone(3 * time.Second)
		if done := c.startedBy(b); done < 180 {
			t.Errorf("idle pollers did %d of 200", done)
		}
	})
}

// References that a node took and died with are published again.
func TestANodeDiesWithItsImports(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		a, b, other := c.nodes[0], c.nodes[1], c.nodes[2]
		c.work(b, queue(1), time.Hour) // takes one and is busy for an hour
		time.Sleep(time.Second)
		c.add(a, queue(1))
		c.wantDone(time.Second)
		for range 10 {
			c.add(a, queue(1))
		}
		time.Sleep(time.Second)
		c.net.cut(b.id)
		for range 3 {
			c.work(other, queue(1), time.Millisecond)
		}
		c.wantDone(againAfter + 2*tickEvery)
	})
}

// What moved away is neither offered to others any more nor kept where they find it.
func TestReferencesThatMovedAreWithdrawn(t *testing.T) {
	inCluster(t, true, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		stop := c.work(b, queue(1), 0)
		time.Sleep(time.Second)
		stop() // a poller was here just now
		for range 20 {
			c.add(a, queue(1))
		}
		time.Sleep(time.Second)
		if n := c.place.holds(); n < 15 {
			t.Fatalf("%d references are published", n)
		}
		a.queues.Drop([]orchestration.ShardID{orchestration.ShardID(a.id)})
		time.Sleep(time.Second)
		if n := c.place.holds(); n != 0 {
			t.Errorf("%d references are left", n)
		}
	})
}

func TestPolledByAnotherNode(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		if a.queues.Polled(queue(1), time.Hour) {
			t.Error("polled before anybody polled")
		}
		stop := c.work(b, queue(1), 0)
		for range 100 {
			time.Sleep(time.Second)
			if !a.queues.Polled(queue(1), 10*time.Second) {
				t.Fatal("another node polls, but the queue counts as unpolled")
			}
		}
		stop()
		time.Sleep(10*time.Second + refreshEvery + time.Second)
		if a.queues.Polled(queue(1), 10*time.Second) {
			t.Error("nobody polled for 10 s, but the queue counts as polled")
		}
		c.work(b, queue(1), 0)
		time.Sleep(10 * time.Millisecond)
		if !a.queues.Polled(queue(1), 0) {
			t.Error("the new poll is not known")
		}
		b.queues.Gone(queue(1), "")
		time.Sleep(time.Nanosecond)
	})
}

// A worker that says goodbye, and a node that does, are known to be gone at once.
func TestGoodbyes(t *testing.T) {
	inCluster(t, false, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		stop := c.work(b, queue(1), time.Hour)
		c.work(b, queue(2), time.Hour)
		time.Sleep(time.Second)
		stop()
		synctest.Wait()
		b.queues.Gone(queue(1), "")
		time.Sleep(time.Millisecond)
		if a.queues.Polled(queue(1), time.Hour) {
			t.Error("the only worker shut down, but the queue counts as polled")
		}
		if !a.queues.Polled(queue(2), 0) {
			t.Error("the other queue counts as unpolled")
		}
		b.exchange.Close()
		time.Sleep(time.Millisecond)
		if a.queues.Polled(queue(2), time.Hour) {
			t.Error("the node has left, but the queue counts as polled")
		}
	})
}

// A rate limit holds for all nodes together, and is used.
func TestARateLimitIsShared(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		const rate, seconds = 50, 20
		limit := float64(rate)
		for _, n := range c.nodes {
			n.queues.Limit(queue(1), &limit)
			c.work(n, queue(1), 0)
			c.work(n, queue(1), 0)
		}
		time.Sleep(10 * time.Second)
		for range seconds * rate {
			for _, n := range c.nodes {
				c.add(n, queue(1))
			}
		}
		before := c.waiting()
		time.Sleep(seconds * time.Second)
		passed := before - c.waiting()
		if most := rate*seconds + rate; passed > most || passed < rate*seconds*7/10 {
			t.Errorf("%d tasks passed in %d s at %d/s", passed, seconds, rate)
		}
		if !slices.ContainsFunc(c.nodes, func(n *node) bool { return n.queues.Describe(queue(1)).Limited }) {
			t.Error("no node tells that tasks wait for the limit")
		}
	})
}

// A node alone counts for itself, also when it has a shared place, and sends nothing.
func TestANodeAlone(t *testing.T) {
	inCluster(t, true, func(t *testing.T, c *cluster) {
		a := c.nodes[0]
		c.net.cut(2)
		c.net.cut(3)
		time.Sleep(2 * presentFor)
		c.net.sent()
		limit := 10.0
		a.queues.Limit(queue(1), &limit)
		for range 10 {
			c.add(a, queue(1))
			c.add(a, queue(2))
		}
		c.work(a, queue(1), 0)
		c.work(a, queue(2), 0)
		c.wantDone(2 * time.Second)
		if messages, _ := c.net.sent(); len(messages) > 0 {
			t.Errorf("sent %v", messages)
		}
		if calls := c.place.asked(); calls["publish"]+calls["tokens"] > 0 {
			t.Errorf("asked %v", calls)
		}
	})
}

var _ Queues = (*matching.Queues[string])(nil)
