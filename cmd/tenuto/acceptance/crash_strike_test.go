package acceptance

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// crash is one run of the crash test.
type crash struct {
	*testing.T
	dir     string
	plan    plan
	server  *server
	trace   string // the server's commit marks
	ledger  string // the bank's own database
	workers map[victim]*process
	kills   []kill
	traffic *traffic
}

// kill is one strike as it happened.
type kill struct {
	victim victim
	at     time.Time
	moment moment // empty when the server was spared
}

func newCrash(t *testing.T, dir string, p plan) *crash {
	c := &crash{
		T: t, dir: dir, plan: p,
		server:  describeServer(t, dir, "--log-level", "warn"),
		trace:   filepath.Join(dir, "commits"),
		ledger:  filepath.Join(dir, "ledger.db"),
		workers: map[victim]*process{},
	}
	c.server.env = []string{"TENUTO_COMMIT_TRACE=" + c.trace}
	createLedger(t, c.ledger)
	c.server.start(t)
	for _, v := range []victim{workflowWorkers, activityWorkers} {
		c.hire(v)
	}
	return c
}

// hire starts the worker process of this kind.
func (c *crash) hire(v victim) {
	c.Helper()
	c.workers[v] = spawnBank(c, v, c.dir, c.server.grpc, c.ledger, "")
}

// strike waits for the planned lull, until enough transfers are open, kills, and starts the victims again.
func (c *crash) strike(i int, s strike) {
	c.Helper()
	<-time.After(s.lull) // the random moment itself
	eventually(c, c.enoughOpen)
	<-time.After(s.aim)
	k := c.kill(s.victim)
	c.Logf("kill %d: %s at %s %s", i+1, k.victim, k.at.Format("15:04:05.000000"), k.moment)
	c.kills = append(c.kills, k)
	<-time.After(s.downtime)
	c.revive()
}

// headroom is how many more transfers than required are open before a kill is aimed: some end while it is.
const headroom = 20

// enoughOpen asks the server how many transfers are open: what the drivers have seen lags behind.
func (c *crash) enoughOpen() error {
	for v, w := range c.workers {
		if !w.running() {
			c.Fatalf("the %s worker ended by itself: %v\n%s", v, w.err, w.output())
		}
	}
	ctx, cancel := context.WithTimeout(c.Context(), time.Second)
	defer cancel()
	open, err := c.traffic.bank.Count(ctx, "ExecutionStatus = 'Running'")
	if want := int64(*crashOpen + headroom); err == nil && open < want {
		err = fmt.Errorf("%d transfers open, want %d", open, want)
	}
	return err
}

func (c *crash) kill(v victim) kill {
	c.Helper()
	k := kill{victim: v, at: time.Now()}
	if v == theServer || v == everything {
		c.server.kill()
		last, ok, err := lastMark(c.trace)
		if err != nil {
			c.Fatal(err)
		}
		k.moment = momentOf(last, ok, k.at)
	}
	for name, w := range c.workers {
		if v == name || v == everything {
			w.kill()
		}
	}
	return k
}

// revive starts whatever is dead, workers first: they have to cope with a server that is not there yet.
func (c *crash) revive() {
	c.Helper()
	for v, w := range c.workers {
		if !w.running() {
			c.hire(v)
		}
	}
	if !c.server.running() {
		c.server.start(c)
	}
}

// killSummary counts the kills for the summary line.
func (c *crash) killSummary() string {
	victims, moments := map[victim]int{}, map[moment]int{}
	for _, k := range c.kills {
		victims[k.victim]++
		if k.moment != "" {
			moments[k.moment]++
		}
	}
	return fmt.Sprintf("kills=%d server=%d workflows=%d activities=%d everything=%d before_commit=%d during_commit=%d after_commit=%d",
		len(c.kills), victims[theServer], victims[workflowWorkers], victims[activityWorkers], victims[everything],
		moments[before], moments[during], moments[after])
}
