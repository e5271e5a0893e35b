//go:build unix

package redistest

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/platform/redis"
)

const asChild = "REDISTEST_CHILD"

// TestMain also plays the process that starts a server and is killed.
func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	s, err := launch(&testing.B{}, kind{scheme: "redis", password: "p"}, nil)
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(s.dir + "\n")
	select {}
}

func open(t *testing.T, url string) goredis.UniversalClient {
	t.Helper()
	c, err := redis.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// gone waits until a server's directory has been removed.
func gone(t *testing.T, dir string) {
	t.Helper()
	err := eventually(func(context.Context) error {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			return errors.New("is still there")
		}
		return nil
	})
	if err != nil {
		t.Fatal(dir, err)
	}
}

// A server can be halted and killed, forgets when it is killed, is at the same address afterwards, wants its password, and leaves nothing.
func TestServer(t *testing.T) {
	var dir string
	t.Run("its life", func(t *testing.T) {
		s := Start(t)
		dir = s.dir
		c, ctx := open(t, s.URL()), t.Context()
		if err := c.Set(ctx, "key", 42, 0).Err(); err != nil {
			t.Fatal(err)
		}
		s.Stop()
		if err := c.Get(ctx, "key").Err(); err == nil {
			t.Error("a halted server answers")
		}
		s.Continue()
		if n, err := c.Get(ctx, "key").Int(); err != nil || n != 42 {
			t.Errorf("a server that was halted says %d, %v", n, err)
		}
		s.Kill()
		if err := c.Get(ctx, "key").Err(); err == nil || errors.Is(err, goredis.Nil) {
			t.Errorf("a killed server says %v", err)
		}
		s.Run()
		if err := c.Get(ctx, "key").Err(); !errors.Is(err, goredis.Nil) {
			t.Errorf("a server that was killed says %v", err)
		}
		if err := open(t, "redis://"+s.Addr()).Ping(ctx).Err(); err == nil || !strings.Contains(err.Error(), "NOAUTH") {
			t.Errorf("without the password: %v", err)
		}
	})
	gone(t, dir)
}

// A process that is killed takes its server along.
func TestKilledProcessTakesItsServerAlong(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asChild+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	gone(t, strings.TrimSpace(dir))
}

// The masters of a Cluster share the keys.
func TestCluster(t *testing.T) {
	cluster := StartCluster(t, 3)
	c, ctx := open(t, cluster.URL()), t.Context()
	for _, key := range strings.Fields("a b c d e f g h i j k l m n o p") {
		if err := c.Set(ctx, key, key, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range cluster.Masters {
		if n, err := s.Client().DBSize(ctx).Result(); err != nil || n == 0 || n == 16 {
			t.Errorf("master %d holds %d of 16 keys, %v", i, n, err)
		}
	}
}

// When the master dies, the replica takes its place, and clients find it.
func TestSentinel(t *testing.T) {
	w := StartSentinel(t)
	c := open(t, w.URL())
	if err := c.Set(t.Context(), "key", "old", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if w.Master.Client().Exists(t.Context(), "key").Val() != 1 {
		t.Error("the client does not talk to the master")
	}
	w.Master.Kill()
	began := time.Now()
	if err := eventually(func(ctx context.Context) error { return c.Set(ctx, "key", "new", 0).Err() }); err != nil {
		t.Fatal(err)
	}
	t.Logf("away for %v", time.Since(began))
	if got := w.Replica.Client().Get(t.Context(), "key").Val(); got != "new" {
		t.Errorf("the replica holds %q", got)
	}
}
