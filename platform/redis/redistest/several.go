//go:build unix

package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// slots is how many hash slots a Cluster divides among its masters.
const slots = 16384

// Cluster is a private Redis Cluster of masters without replicas.
type Cluster struct {
	Masters []*Server
}

// StartCluster starts a Cluster of so many masters, each with about the same number of slots. It serves keys also while some master is away.
func StartCluster(t testing.TB, masters int) *Cluster {
	t.Helper()
	c, password := &Cluster{}, rand.Text()
	for range masters {
		bus, err := freePort()
		if err != nil {
			t.Fatal("redistest: ", err)
		}
		s := start(t, kind{scheme: "redis+cluster", password: password}, []string{
			"cluster-enabled yes", fmt.Sprintf("cluster-port %d", bus), "cluster-node-timeout 1000", "cluster-require-full-coverage no",
		})
		c.Masters = append(c.Masters, s)
		if err := c.join(s, bus, masters); err != nil {
			t.Fatal("redistest: ", err)
		}
	}
	for _, s := range c.Masters {
		if err := eventually(func(ctx context.Context) error { return s.complete(ctx, masters) }); err != nil {
			t.Fatal("redistest: ", err)
		}
	}
	return c
}

// join gives the latest of n masters its slots and introduces it to the first.
func (c *Cluster) join(s *Server, bus, n int) error {
	i := len(c.Masters) - 1
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	err := s.ask(ctx, func(c goredis.UniversalClient) error {
		return c.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", i*slots/n, (i+1)*slots/n-1).Err()
	})
	if err != nil || i == 0 {
		return err
	}
	return c.Masters[0].ask(ctx, func(c goredis.UniversalClient) error {
		return c.Do(ctx, "CLUSTER", "MEET", "127.0.0.1", s.port, bus).Err()
	})
}

// complete tells whether the server knows who serves each slot.
func (s *Server) complete(ctx context.Context, masters int) error {
	return s.ask(ctx, func(c goredis.UniversalClient) error {
		info, err := c.ClusterInfo(ctx).Result()
		if err != nil {
			return err
		}
		for _, line := range []string{"cluster_state:ok", fmt.Sprintf("cluster_slots_ok:%d", slots), fmt.Sprintf("cluster_known_nodes:%d", masters)} {
			if !strings.Contains(info, line+"\r\n") {
				return errors.New("the cluster does not come to " + line)
			}
		}
		return nil
	})
}

// URL opens the Cluster.
func (c *Cluster) URL() string {
	var more strings.Builder
	for _, s := range c.Masters[1:] {
		more.WriteString("," + s.Addr())
	}
	return c.Masters[0].URL() + more.String()
}

// Watched is a master and a replica that a Sentinel watches.
type Watched struct {
	Master, Replica, Sentinel *Server
}

// StartSentinel starts a master, its replica, and a Sentinel that makes the replica the master when that one has been away for half a second.
func StartSentinel(t testing.TB) *Watched {
	t.Helper()
	password := rand.Text()
	data := kind{scheme: "redis", password: password}
	w := &Watched{Master: start(t, data, []string{"masterauth " + password, "repl-diskless-sync-delay 0"})}
	w.Replica = start(t, data, []string{
		"masterauth " + password, "repl-diskless-sync-delay 0", fmt.Sprintf("replicaof 127.0.0.1 %d", w.Master.port),
	})
	w.Sentinel = start(t, kind{scheme: "redis+sentinel", password: rand.Text(), args: []string{"--sentinel"}}, []string{
		fmt.Sprintf("sentinel monitor watched 127.0.0.1 %d 1", w.Master.port), "sentinel auth-pass watched " + password,
		"sentinel down-after-milliseconds watched 500", "sentinel failover-timeout watched 3000",
	})
	if err := eventually(w.known); err != nil {
		t.Fatal("redistest: ", err)
	}
	return w
}

// known tells whether the Sentinel knows of the replica, which it learns from the master every few seconds.
func (w *Watched) known(ctx context.Context) error {
	return w.Sentinel.ask(ctx, func(c goredis.UniversalClient) error {
		replicas, err := c.Do(ctx, "SENTINEL", "REPLICAS", "watched").Slice()
		if err == nil && len(replicas) == 0 {
			err = errors.New("the Sentinel sees no replica")
		}
		return err
	})
}

// URL opens whichever of the servers is the master.
func (w *Watched) URL() string {
	return "redis+sentinel://:" + w.Master.password + "@" + w.Sentinel.Addr() + "?master=watched&sentinel_password=" + w.Sentinel.password
}
