package exchange

import (
	"testing"
	"testing/synctest"
	"time"
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
		if task := c.task(id); task.by != b.id || task.took > 20*time.Millisecond {
			t.Errorf("the poller waits: started by %d after %v", task.by, task.took)
		}
		id = c.add(a, queue(2))
		time.Sleep(time.Hour)
		came := time.Now()
		c.work(b, queue(2), 0)
		c.wantDone(time.Second)
		if task := c.task(id); task.by != b.id || time.Since(came) > 20*time.Millisecond {
			t.Errorf("the task waits: started by %d after %v", task.by, time.Since(came))
		}
	})
}
