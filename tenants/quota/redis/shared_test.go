//go:build unix

package redis_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/platform/importrules"
	platform "github.com/tenuto-io/tenuto/platform/redis"
	"github.com/tenuto-io/tenuto/platform/redis/redistest"
	"github.com/tenuto-io/tenuto/tenants/quota"
	"github.com/tenuto-io/tenuto/tenants/quota/redis"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		module + "platform/...":               "a room is handed its client: opening it is the process's work",
		module + "orchestration/exchange/...": "queues and quotas have nothing in common but the server",
	})
}

// node is the buckets as one node sees them.
func node(t *testing.T, url, installation string, log *slog.Logger) *redis.Shared {
	t.Helper()
	c, err := platform.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return redis.New(c, installation, log)
}

// slow is a bucket whose tokens are far apart.
func slow() quota.Bucket {
	return quota.Bucket{Namespace: orchestration.NamespaceID{1}, Rate: 1.0 / 3600}
}

func take(t *testing.T, s *redis.Shared, b quota.Bucket, c quota.Class, want int) (int, time.Duration) {
	t.Helper()
	n, wait, err := s.Take(t.Context(), b, c, want)
	if err != nil {
		t.Fatal(err)
	}
	return n, wait
}

func TestNodesShareABucket(t *testing.T) {
	for _, kind := range []string{"one server", "cluster"} {
		t.Run(kind, func(t *testing.T) {
			url := ""
			if kind == "cluster" {
				url = redistest.StartCluster(t, 3).URL()
			} else {
				url = redistest.Start(t).URL()
			}
			log := slog.New(slog.DiscardHandler)
			a, b, other := node(t, url, "i {1}", log), node(t, url, "i {1}", log), node(t, url, "i {2}", log)
			if n, _ := take(t, a, slow(), quota.Early, 5); n != 1 {
				t.Errorf("a bucket of one token granted %d", n)
			}
			n, wait := take(t, b, slow(), quota.Early, 1)
			if n != 0 || wait < 59*time.Minute || wait > time.Hour {
				t.Errorf("the other node got %d, to wait for %v", n, wait)
			}
			if n, _ := take(t, b, slow(), quota.Late, 1); n != 1 {
				t.Error("what completes work may overdraw the bucket")
			}
			if n, _ := take(t, a, slow(), quota.Late, 1); n != 0 {
				t.Error("but not for ever")
			}
			if n, _ := take(t, other, slow(), quota.Early, 1); n != 1 {
				t.Error("another installation shares the bucket")
			}
			starts := slow()
			starts.Kind = quota.Starts
			if n, _ := take(t, a, starts, quota.Early, 1); n != 1 {
				t.Error("starts and requests share a bucket")
			}
			// A larger quota holds at once: the debt of the smaller one is not paid.
			larger, got := quota.Bucket{Namespace: slow().Namespace, Rate: 1e4}, 0
			for try := 0; got < 10 && try < 1000; try++ {
				n, _ := take(t, a, larger, quota.Early, 10)
				got += n
			}
			if got < 10 {
				t.Errorf("the larger quota granted %d", got)
			}
		})
	}
}

// TestRateIsOfAllNodes: however many ask, what is granted is the burst and what has come since.
func TestRateIsOfAllNodes(t *testing.T) {
	url := redistest.Start(t).URL()
	const rate = 500
	b := quota.Bucket{Namespace: orchestration.NamespaceID{9}, Rate: rate}
	var mu sync.Mutex
	var wg sync.WaitGroup
	granted := 0
	began := time.Now()
	for range 4 {
		s := node(t, url, "i", slog.New(slog.DiscardHandler))
		wg.Go(func() {
			for time.Since(began) < time.Second/2 {
				n, _, err := s.Take(t.Context(), b, quota.Early, 7)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				granted += n
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if most := rate + int(time.Since(began).Seconds()*rate) + 1; granted > most || granted < rate+rate/3 {
		t.Errorf("%d tokens in %v, at most %d are right", granted, time.Since(began), most)
	}
}

func TestOutageIsSaidOnce(t *testing.T) {
	server := redistest.Start(t)
	var logs bytes.Buffer
	s := node(t, server.URL(), "i", slog.New(slog.NewTextHandler(&logs, nil)))
	take(t, s, slow(), quota.Early, 1)
	server.Kill()
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if _, _, err := s.Take(ctx, slow(), quota.Early, 1); err == nil {
			t.Error("a server that is dead has answered")
		}
		cancel()
	}
	server.Run()
	if n, _ := take(t, s, slow(), quota.Early, 1); n != 1 {
		t.Error("a bucket that was forgotten is not full")
	}
	if strings.Count(logs.String(), "level=WARN") != 1 || strings.Count(logs.String(), "level=INFO") != 1 {
		t.Errorf("logged:\n%s", logs.String())
	}
}
