package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// settle is how long started servers are left alone before their idle memory is read.
const settle = 2 * time.Second

// commitTraceVariable makes the server append a line before ("b n time") and after ("e n time") its n-th commit to a file: two small writes into
// the page cache, next to a commit's flush.
const commitTraceVariable = "TENUTO_COMMIT_TRACE"

// spawnServers starts what --spawn asks for, on free ports, and waits until it answers. The configuration gets to know of it. stop ends it and deletes what
// it kept, except in a database that was named.
func (c *config) spawnServers(ctx context.Context, progress io.Writer) (_ func(), err error) {
	dir, err := os.MkdirTemp("", "tenuto-bench-")
	if err != nil {
		return nil, err
	}
	asks, err := newGuard(c.auth)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	var servers []*server
	stop := func() {
		asks.close()
		for _, s := range servers {
			s.stop()
		}
		_ = os.RemoveAll(dir)
	}
	defer func() {
		if err != nil {
			stop()
		}
	}()
	plan, err := c.plan(dir, asks.environment)
	if err != nil {
		return nil, err
	}
	if c.postgres != "" {
		if err := migrate(ctx, plan[0].environment); err != nil {
			return nil, err
		}
	}
	c.addresses, c.serverPIDs = nil, nil
	for _, p := range plan {
		s, err := startServer(p)
		if err != nil {
			return nil, err
		}
		servers = append(servers, s)
		if err := s.ready(ctx); err != nil {
			return nil, err
		}
		c.addresses, c.serverPIDs = append(c.addresses, s.address), append(c.serverPIDs, s.pid())
		_, _ = fmt.Fprintf(progress, "%s %d at %s, %s\n", s.name, s.pid(), s.address, p.storage)
	}
	if c.credential, err = asks.credential(ctx, c, plan[0].environment); err != nil {
		return nil, err
	}
	select {
	case <-time.After(settle):
		return stop, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// planned is a server to start.
type planned struct {
	name, dir, address string
	arguments          []string
	environment        []string
	storage            string // for people
}

// plan says which servers to start. asked is the environment that says what they ask of callers, on a database that was named.
func (c *config) plan(dir string, asked []string) (all []planned, err error) {
	ports, err := freeAddresses(3 * c.nodes)
	if err != nil {
		return nil, err
	}
	shared := cleanEnvironment()
	if c.postgres == "" {
		c.database, c.commits = filepath.Join(dir, "bench.db"), filepath.Join(dir, "commits")
		return []planned{{
			name: "server", dir: dir, address: ports[0], storage: "database " + c.database, environment: append(shared, commitTraceVariable+"="+c.commits),
			arguments: []string{"dev", "--db", c.database, "--grpc", ports[0], "--console", ports[1], "--log-level", "warn"},
		}}, nil
	}
	shared = append(append(shared, asked...), "TENUTO_POSTGRES_URL="+c.postgres, "TENUTO_REDIS_URL="+c.redis, "TENUTO_PEER_SECRET="+rand.Text()+rand.Text())
	for n := range c.nodes {
		mine := ports[3*n:]
		all = append(all, planned{
			name: fmt.Sprintf("server-%d", n+1), dir: dir, address: mine[0], storage: "on the database that was named",
			environment: append(slices.Clone(shared), "TENUTO_PEER_ADDRESS="+mine[2]),
			arguments:   []string{"server", "--grpc", mine[0], "--console", mine[1], "--log-level", "warn"},
		})
	}
	return all, nil
}

// cleanEnvironment is ours, without what configures servers.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "TENUTO_") })
}

// migrate brings the database up to date.
func migrate(ctx context.Context, environment []string) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, binary, "migrate")
	command.Env = environment
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("tenuto migrate: %w:\n%s", err, out)
	}
	return nil
}

// freeAddresses are loopback addresses on which nobody listens now. Somebody else may take one before we do; the server then says so.
func freeAddresses(n int) (addresses []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }() // all are held until all are known, so that they differ
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}
