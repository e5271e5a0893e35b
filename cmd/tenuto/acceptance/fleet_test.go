package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// fleetSecret is what the nodes of these tests know each other by.
const fleetSecret = "the nodes of these tests know each other by this"

// fleet is an installation of several nodes on one database, behind a balancer.
type fleet struct {
	nodes []*server
	front *balancer
	url   string
	env   []string
}

// describeFleet chooses where n nodes will live, without starting any. env is what their environment has beside the database and the secret.
func describeFleet(t testing.TB, n int, dir, url string, env ...string) *fleet {
	t.Helper()
	f := &fleet{url: url, env: append([]string{"TENUTO_PEER_SECRET=" + fleetSecret}, env...)}
	for i := range n {
		home := filepath.Join(dir, fmt.Sprint("node", i))
		if err := os.MkdirAll(home, 0o755); err != nil {
			t.Fatal(err)
		}
		s := describeDev(t, home, "--log-level", "info")
		s.postgres, s.env = url, f.env
		f.nodes = append(f.nodes, s)
	}
	return f
}

// newFleet starts n nodes on a database of their own.
func newFleet(t testing.TB, n int, env ...string) *fleet {
	t.Helper()
	f := describeFleet(t, n, t.TempDir(), newDatabase(t), env...)
	f.start(t)
	return f
}

// start starts every node, all at once, and then the balancer.
func (f *fleet) start(t testing.TB) {
	t.Helper()
	var addresses []string
	for _, s := range f.nodes {
		s.launch(t)
		t.Cleanup(s.kill)
		addresses = append(addresses, s.grpc)
	}
	for _, s := range f.nodes {
		s.awaitReady(t)
	}
	f.front = newBalancer(t, addresses)
}

// complaints are what no node should have logged.
func (f *fleet) complaints(t testing.TB) {
	t.Helper()
	for i, s := range f.nodes {
		if err := s.complaints(); err != nil {
			t.Errorf("node %d: %v", i, err)
		}
	}
}

// sharedFleet is the one installation of all tests that need nothing special, with TENUTO_TEST_STORE=nodes or nodes-redis: three nodes, without or with a Redis.
var sharedFleet struct {
	sync.Mutex
	*fleet
	redis *redisServer
	turn  int
}

// onNodes tells whether the tests are to run on several nodes where they do not care.
func onNodes() bool {
	where := os.Getenv("TENUTO_TEST_STORE")
	return where == "nodes" || where == "nodes-redis"
}

// nextNode is the address of a node of the shared fleet: each test uses another one than the test before it.
func nextNode(t testing.TB) string {
	t.Helper()
	sharedFleet.Lock()
	defer sharedFleet.Unlock()
	if sharedFleet.fleet == nil {
		var env []string
		if os.Getenv("TENUTO_TEST_STORE") == "nodes-redis" {
			r, err := describeRedis(t, workDir)
			if err == nil {
				err = r.launch()
			}
			if err != nil {
				t.Fatal(err)
			}
			sharedFleet.redis = r
			env = append(env, "TENUTO_REDIS_URL="+r.url)
		}
		f := describeFleet(t, 3, workDir, newDatabase(t), env...)
		for _, s := range f.nodes {
			s.launch(t)
		}
		sharedFleet.fleet = f
	}
	s := sharedFleet.nodes[sharedFleet.turn%len(sharedFleet.nodes)]
	sharedFleet.turn++
	s.awaitReady(t)
	return s.grpc
}

// stopFleet ends the shared fleet and returns what it has to complain about.
func stopFleet() (err error) {
	if sharedFleet.fleet == nil {
		return nil
	}
	for _, s := range sharedFleet.nodes {
		s.kill()
		if err == nil {
			err = s.complaints()
		}
	}
	if sharedFleet.redis != nil {
		sharedFleet.redis.kill()
	}
	return err
}

// privateCluster is a PostgreSQL of one test's own, that it may crash.
func privateCluster(t testing.TB) (s *pgtest.Server, url string) {
	t.Helper()
	s, err := pgtest.Start("shared_buffers=256MB")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	url = s.URL("tenuto")
	execute(t, s.URL("postgres"), "CREATE DATABASE tenuto")
	if out, err := tenuto(t, postgresEnv(url), "migrate"); err != nil {
		t.Fatalf("tenuto migrate: %v\n%s", err, out)
	}
	return s, url
}
