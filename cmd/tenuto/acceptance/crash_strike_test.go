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
	servers []*server // one, or the nodes of an installation
	address string    // where clients and workers connect
	ledger  string    // the bank's own database
	workers map[victim]*process
	kills   []kill

	traffic   *traffic
	clearings *clearings
	batches   *batches
}

// kill is one strike as it happened.
type kill struct {
	victim victim
	at     time.Time
	moment moment // empty when the server was spared
}

func newCrash(t *testing.T, dir string, p plan) *crash {
	s := describeServer(t, dir, "--log-level", "warn")
	s.env = []string{traceOf(s)}
	s.start(t)
	return crashOf(t, dir, p, s.grpc, s)
}

// crashOf prepares the crash of servers that run.
func crashOf(t *testing.T, dir string, p plan, address string, servers ...*server) *crash {
	c := &crash{
		T: t, dir: dir, plan: p, servers: servers, address: address,
		ledger: filepath.Join(dir, "ledger.db"), workers: map[victim]*process{},
	}
	createLedger(t, c.ledger)
	for _, v := range []victim{workflowWorkers, activityWorkers, clerks} {
		c.hire(v)
	}
	return c
}

// traceOf is the environment that has a server leave its commit marks where lastMark finds them.
func traceOf(s *server) string { return "TENUTO_COMMIT_TRACE=" + s.trace() }

func (s *server) trace() string { return filepath.Join(s.dir, "commits") }

// hire starts the worker process of this kind.
func (c *crash) hire(v victim) {
	c.Helper()
	if v == clerks {
		c.workers[v] = spawnRole(c, "clearing-worker", filepath.Join(c.dir, "clerks.log"), "ADDRESS="+c.address)
		return
	}
	c.workers[v] = spawnBank(c, v, c.dir, c.address, c.ledger, "")
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
	open, err := c.traffic.bank.Count(ctx, "WorkflowType = 'TransferFunds' AND ExecutionStatus = 'Running'")
	if want := int64(*crashOpen + headroom); err == nil && open < want {
		err = fmt.Errorf("%d transfers open, want %d", open, want)
	}
	return err
}

func (c *crash) kill(v victim) kill {
	c.Helper()
	k := kill{victim: v, at: time.Now()}
	if v == theServer || v == everything {
		for _, s := range c.servers {
			k.moment = c.killServer(s, k.at)
		}
	}
	for name, w := range c.workers {
		if v == name || v == everything || v == workflowWorkers && name == clerks {
			w.kill()
		}
	}
	return k
}

// killServer kills a server and tells where in its work that fell.
func (c *crash) killServer(s *server, at time.Time) moment {
	c.Helper()
	s.kill()
	last, ok, err := lastMark(s.trace())
	if err != nil {
		c.Fatal(err)
	}
	return momentOf(last, ok, at)
}

// revive starts whatever is dead, workers first: they have to cope with a server that is not there yet.
func (c *crash) revive() {
	c.Helper()
	for v, w := range c.workers {
		if !w.running() {
			c.hire(v)
		}
	}
	for _, s := range c.servers {
		if !s.running() {
			s.start(c)
		}
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
