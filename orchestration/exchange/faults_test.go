package exchange

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// Whatever is lost, late or repeated, every task is started exactly once, and soon after somebody polls for it anywhere.
func TestFaults(t *testing.T) {
	for name, f := range map[string]faults{
		"lossy":     {lose: 0.3},
		"slow":      {delay: 500 * time.Millisecond},
		"repeating": {repeat: 0.5, delay: 50 * time.Millisecond},
		"all":       {lose: 0.2, repeat: 0.2, delay: 300 * time.Millisecond},
	} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(name, "/", seed), func(t *testing.T) {
				eachWay(t, func(t *testing.T, c *cluster) { c.suffer(f, seed) })
			})
		}
	}
}

// suffer has tasks and workers come and go at random for a minute, on a network with faults.
func (c *cluster) suffer(f faults, seed uint64) {
	const queues = 5
	random := rand.New(rand.NewPCG(seed, 7))
	c.net.behave(f)
	for range 300 {
		switch random.IntN(10) {
		case 0, 1:
			stop := c.work(c.nodes[random.IntN(3)], queue(random.IntN(queues)), time.Duration(random.IntN(50))*time.Millisecond)
			time.AfterFunc(time.Duration(random.IntN(10_000))*time.Millisecond, stop)
		case 2:
			c.disturb(random)
		default:
			c.add(c.nodes[random.IntN(3)], queue(random.IntN(queues)))
		}
		time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
	}
	if c.place != nil {
		c.place.set(random.IntN(2) == 0)
	}
	for n := range queues {
		c.work(c.nodes[random.IntN(3)], queue(n), 10*time.Millisecond)
	}
	c.wantDone(30 * time.Second)
	for _, task := range c.tasks {
		if task.started != 1 {
			c.t.Fatalf("task %v was started %d times", task.ref.Run.RunID, task.started)
		}
	}
}

// disturb does something to the shared place.
func (c *cluster) disturb(random *rand.Rand) {
	if c.place == nil {
		return
	}
	switch random.IntN(3) {
	case 0:
		c.place.flush()
	case 1:
		c.place.set(true)
	case 2:
		c.place.set(false)
	}
}

// When the shared place goes away, nodes push to each other at once; when it is back, they use it again, and nothing that was lost in it is missed.
func TestTheSharedPlaceGoesAndComes(t *testing.T) {
	inCluster(t, true, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		for _, down := range []bool{false, true, false, true} {
			c.place.set(down)
			stop := c.work(b, queue(1), 0)
			time.Sleep(100 * time.Millisecond)
			c.net.sent()
			c.place.asked()
			id := c.add(a, queue(1))
			c.wantDone(time.Second)
			if took := c.state(id).took; took > 20*time.Millisecond {
				t.Errorf("down %v: started after %v", down, took)
			}
			messages, _ := c.net.sent()
			if pushed := messages[verbPush] > 0; pushed != down {
				t.Errorf("down %v: pushed %v", down, pushed)
			}
			if asked := c.place.asked(); (asked["publish"] > 0) == down {
				t.Errorf("down %v: asked %v", down, asked)
			}
			stop()
			c.add(a, queue(1)) // published, and lost when the place changes
			time.Sleep(time.Minute)
		}
		c.work(b, queue(1), 0)
		c.wantDone(time.Second)
	})
}

// What the shared place loses while it is up, tasks and notes of who is idle, is missed for no longer than the publication of a task.
func TestTheSharedPlaceIsFlushed(t *testing.T) {
	inCluster(t, true, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		c.work(b, queue(1), 0)
		time.Sleep(time.Minute)
		c.place.flush()
		c.add(a, queue(1)) // nobody is woken for it
		c.wantDone(againAfter + 2*tickEvery)
		id := c.add(a, queue(1))
		c.wantDone(time.Second)
		if took := c.state(id).took; took > 20*time.Millisecond {
			t.Errorf("after the flush was mended a task took %v", took)
		}
	})
}

// A node that joins is told everything, and one that was not heard for long is forgotten.
func TestANodeJoins(t *testing.T) {
	inCluster(t, false, func(t *testing.T, c *cluster) {
		for n := range 100 {
			c.work(c.nodes[1], queue(n), 0)
		}
		time.Sleep(time.Minute)
		late := c.start(4)
		synctest.Wait()
		for n := range 100 {
			c.add(late, queue(n))
		}
		c.wantDone(time.Second)
		c.net.behave(faults{lose: 1})
		time.Sleep(presentFor + refreshEvery)
		if late.queues.Polled(queue(1), time.Hour) {
			t.Error("a node that was not heard for long counts as polled")
		}
		c.net.behave(faults{})
		time.Sleep(refreshEvery + tickEvery)
		if !late.queues.Polled(queue(1), time.Second) {
			t.Error("a node that is heard again counts as unpolled")
		}
	})
}

// Ten thousand queues cost what changes on them, not what they are.
func TestManyQueues(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		const queues = 10_000
		b := c.nodes[1]
		for n := range queues {
			c.work(b, queue(n), 0)
		}
		time.Sleep(2 * time.Second)
		messages, bytes := c.net.sent()
		if n := messages[verbGossip]; n > 1000 || bytes > 2*200*queues {
			t.Errorf("%d queues were told to two nodes in %d messages, %d bytes", queues, n, bytes)
		}
		if c.place != nil {
			c.place.asked()
		}
		// For a minute nothing happens but polls that end and begin again.
		time.Sleep(time.Minute)
		messages, bytes = c.net.sent()
		if n := messages[verbGossip]; n > 500 || bytes > 3*2*200*queues {
			t.Errorf("idle: %d messages, %d bytes in a minute", n, bytes)
		}
		if c.place != nil {
			if calls := c.place.asked(); calls["pop"] > 500 {
				t.Errorf("idle: %v", calls)
			}
		}
		// A task for each of them, all at once.
		for n := range queues {
			c.add(c.nodes[0], queue(n))
		}
		c.wantDone(10 * time.Second)
		messages, _ = c.net.sent()
		if n := messages[verbPush] + messages[verbGossip]; n > 3000 {
			t.Errorf("%d tasks in as many queues: %v", queues, messages)
		}
	})
}

// A node that is woken for a queue which nobody polls there any more lets another one know.
func TestAWakeIsPassedOn(t *testing.T) {
	inCluster(t, true, func(t *testing.T, c *cluster) {
		a, b, other := c.nodes[0], c.nodes[1], c.nodes[2]
		stop := c.work(b, queue(1), 0)
		time.Sleep(time.Second)
		c.work(other, queue(1), 0)
		time.Sleep(time.Second)
		stop()
		time.Sleep(presentFor + time.Second)
		id := c.add(a, queue(1))
		c.wantDone(time.Second)
		if task := c.state(id); task.by != other.id || task.took > 20*time.Millisecond {
			t.Errorf("started by %d after %v", task.by, task.took)
		}
	})
}

// An owner dies with tasks that others hold references of: whoever serves its shards then finds them again and offers them anew, and nobody starts one twice.
func TestAnOwnerDies(t *testing.T) {
	eachWay(t, func(t *testing.T, c *cluster) {
		a, b := c.nodes[0], c.nodes[1]
		c.work(b, queue(1), 100*time.Millisecond)
		time.Sleep(time.Second)
		for range 50 {
			c.add(a, queue(1))
		}
		time.Sleep(time.Second)
		c.net.cut(a.id)
		heir := c.nodes[2]
		c.mu.Lock()
		var left []matching.Reference
		for _, task := range c.tasks {
			if task.started == 0 {
				left = append(left, task.ref)
			}
		}
		c.mu.Unlock()
		for _, ref := range left {
			heir.queues.Add(ref)
		}
		c.wantDone(10 * time.Second)
		if len(left) == 0 {
			t.Error("nothing was left to the heir")
		}
	})
}
