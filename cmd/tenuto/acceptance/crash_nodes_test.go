package acceptance

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// The crash test of an installation: three nodes behind a balancer, on a PostgreSQL and a Redis of their own. `make nodes` runs it in full.
//
//	go test ./cmd/tenuto/acceptance -run TestNodesCrash -strikes 40 -seed 12345 -v
var nodeStrikes = flag.Int("strikes", 7, "nodes' crash test: disasters, of every kind in turn")

// The disasters of an installation, beside those of its workers.
const (
	nodeKilled     victim = "node-killed"     // SIGKILL, and another life a little later
	nodePaused     victim = "node-paused"     // SIGSTOP until past the lease, and SIGCONT: it has to find itself fenced
	nodeRestarted  victim = "node-restarted"  // SIGTERM: it hands over first
	databaseCrash  victim = "database-crash"  // PostgreSQL loses its memory and starts again
	redisFlushed   victim = "redis-flushed"   // FLUSHALL
	redisRestarted victim = "redis-restarted" // killed and started empty
	redisStopped   victim = "redis-stopped"   // gone for a while
)

// nodeVictims is what strikes go through, in an order of their own each time round. Nodes come oftener than what they stand on.
var nodeVictims = []victim{
	nodeKilled, nodePaused, nodeRestarted, redisFlushed, redisRestarted, databaseCrash, redisStopped,
	nodeKilled, nodeKilled, nodeRestarted, workflowWorkers, activityWorkers, everything, nodePaused,
}

// pastTheLease is how long a node is paused: its lease is 10 s.
const pastTheLease = 13 * time.Second

// redisBreak is how long Redis is stopped: a minute in the full test.
var redisBreak = flag.Duration("redis-break", 5*time.Second, "nodes' crash test: how long Redis is stopped")

// nodeStrike is one planned disaster.
type nodeStrike struct {
	strike
	node int
}

// nodeStrikes are the disasters of a run. The first seven are one of each kind.
func (p plan) nodeStrikes(n, nodes int) []nodeStrike {
	r := rand.New(rand.NewPCG(p.seed, 1<<62))
	all := make([]nodeStrike, 0, n)
	for len(all) < n {
		deck := slices.Clone(nodeVictims)
		kinds := deck[:7]
		r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		if len(all) > 0 {
			r.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		}
		for _, v := range deck[:min(len(deck), n-len(all))] {
			all = append(all, nodeStrike{node: r.IntN(nodes), strike: strike{
				victim: v, lull: time.Duration(r.Int64N(int64(longestLull))), aim: time.Duration(r.Int64N(int64(longestAim))),
				downtime: time.Duration(r.Int64N(int64(longestDowntime))),
			}})
		}
	}
	return all
}

// installation is what the disasters happen to.
type installation struct {
	*crash
	fleet    *fleet
	database *pgtest.Server
	redis    *redisServer
	blips    []blip
}

// blip is what a disaster did to the traffic.
type blip struct {
	victim     victim
	from, to   time.Time     // the disaster and the next one
	longestGap time.Duration // between two transfers that ended
}

func TestNodesCrash(t *testing.T) {
	dir := t.TempDir()
	if *crashKeep != "" {
		dir = *crashKeep
	}
	in := newInstallation(t, dir, plan{seedOf(t)})
	begun := time.Now()
	in.driveTransfers()
	in.driveBatches()
	for i, s := range in.plan.nodeStrikes(*nodeStrikes, len(in.servers)) {
		in.strike(i, s)
	}
	in.finishTransfers()
	in.finishBatches()
	ran := time.Since(begun).Round(time.Second)
	v := in.verify()
	status := "ok"
	if t.Failed() {
		status = "FAILED"
	}
	fmt.Printf("NODES seed=%d strikes=%d %s batches=%d seconds=%.0f result=%s\n%s", in.plan.seed, len(in.blips), v, in.batches.done, ran.Seconds(), status, in.blipTable())
}

func newInstallation(t *testing.T, dir string, p plan) *installation {
	in := &installation{redis: newRedis(t)}
	database, url := privateCluster(t)
	in.database = database
	in.fleet = describeFleet(t, 3, dir, url, "TENUTO_REDIS_URL="+in.redis.url)
	for _, s := range in.fleet.nodes {
		s.env = append(slices.Clone(s.env), traceOf(s))
	}
	in.fleet.start(t)
	in.crash = crashOf(t, dir, p, in.fleet.front.address, in.fleet.nodes...)
	return in
}

// strike waits until the planned moment, does what is planned, and sees to it that everything runs again.
func (in *installation) strike(i int, s nodeStrike) {
	in.Helper()
	<-time.After(s.lull) // the random moment itself
	eventually(in, in.enoughOpen)
	<-time.After(s.aim)
	at := time.Now()
	node := in.servers[s.node]
	k := kill{victim: s.victim, at: at}
	switch s.victim {
	case nodeKilled:
		k.moment = in.killServer(node, at)
		<-time.After(s.downtime)
	case nodePaused:
		in.pausePastTheLease(node)
	case nodeRestarted:
		if err := node.stop(); err != nil {
			in.Errorf("node %d after SIGTERM: %v\n%s", s.node, err, tail(node.output()))
		}
	case databaseCrash:
		if err := in.database.Crash(); err != nil {
			in.Fatal(err)
		}
	case redisFlushed:
		in.redis.flush(in)
	case redisRestarted:
		in.redis.kill()
		in.redis.start(in)
	case redisStopped:
		in.redis.kill()
		<-time.After(*redisBreak)
		in.redis.start(in)
	default:
		k = in.kill(s.victim)
		<-time.After(s.downtime)
	}
	in.reviveAll()
	in.kills = append(in.kills, k)
	if n := len(in.blips); n > 0 {
		in.blips[n-1].to = at
	}
	in.blips = append(in.blips, blip{victim: s.victim, from: at})
	in.Logf("disaster %d: %s of node %d at %s %s, over after %v", i+1, k.victim, s.node, k.at.Format("15:04:05.000"), k.moment, time.Since(at).Round(time.Millisecond))
}

// pausePastTheLease stops a node in its tracks for so long that others take its work over. When it goes on, it must end by itself: nothing that it does
// counts any more.
func (in *installation) pausePastTheLease(node *server) {
	in.Helper()
	node.pause(in)
	<-time.After(pastTheLease)
	node.resume()
	select {
	case <-node.exited:
	case <-time.After(patience):
		in.Errorf("a node that was paused past its lease goes on\n%s", tail(node.output()))
		node.kill()
	}
	if node.err == nil || !strings.Contains(node.output(), "taken over") {
		in.Errorf("a node that was paused past its lease ended with %v\n%s", node.err, tail(node.output()))
	}
}

// reviveAll starts what is dead. Servers may log errors here: they have every reason to.
func (in *installation) reviveAll() {
	in.Helper()
	for v, w := range in.workers {
		if !w.running() {
			in.hire(v)
		}
	}
	for _, s := range in.servers {
		if !s.running() {
			s.launch(in)
			in.Cleanup(s.kill)
		}
	}
	for _, s := range in.servers {
		s.awaitReady(in)
	}
}

// blipTable says for each kind of disaster how long no transfer ended.
func (in *installation) blipTable() string {
	var ends []time.Time
	for _, d := range in.traffic.done {
		ends = append(ends, d.at)
	}
	slices.SortFunc(ends, time.Time.Compare)
	worst, count, sum := map[victim]time.Duration{}, map[victim]int{}, map[victim]time.Duration{}
	for i := range in.blips {
		b := &in.blips[i]
		if b.to.IsZero() {
			b.to = b.from.Add(patience)
		}
		last := b.from
		for _, at := range ends {
			if at.Before(b.from) {
				continue
			}
			b.longestGap = max(b.longestGap, at.Sub(last))
			if last = at; at.After(b.to) {
				break
			}
		}
		worst[b.victim] = max(worst[b.victim], b.longestGap)
		sum[b.victim] += b.longestGap
		count[b.victim]++
	}
	var out strings.Builder
	for _, v := range []victim{nodeKilled, nodePaused, nodeRestarted, databaseCrash, redisFlushed, redisRestarted, redisStopped, workflowWorkers, activityWorkers, everything} {
		if count[v] > 0 {
			fmt.Fprintf(&out, "  %-16s %3d times, no transfer ended for %5.2f s on average, %5.2f s at most\n", v, count[v],
				sum[v].Seconds()/float64(count[v]), worst[v].Seconds())
		}
	}
	return out.String()
}

// tail is the end of a log.
func tail(text string) string { return text[max(0, len(text)-4000):] }
