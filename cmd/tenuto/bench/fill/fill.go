package fill

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/tenants"
)

// Config says what is put where.
type Config struct {
	Store      store.Store
	Namespaces *tenants.Directory
	// Runs is how many, and Open how many of them stay open.
	Runs, Open int
	// NamespaceCount is over how many namespaces they are spread (default, then fill-2, fill-3 …, founded where missing), and QueueCount over how many
	// task queues of each (fill-1, fill-2 …). At least 1.
	NamespaceCount, QueueCount int
	// Attributes gives every run five search attributes.
	Attributes bool
	// Lanes is how many batches are committed at a time. At least 1.
	Lanes int
	// Now is the moment up to which the runs began.
	Now time.Time
	// Progress is told after each batch how many runs are stored, also by several at a time; nil: nobody is.
	Progress func(stored int)
}

const (
	// batchRuns is the most that the engine puts into one commit.
	batchRuns = 512
	// span is the time over which the runs began.
	span = 24 * time.Hour
	// retention of the namespaces that are founded.
	retention = tenants.Retention(7 * 24 * time.Hour)
)

// Fill stores the runs. What was stored before an error stays. Errors: the directory's and the store's.
func Fill(ctx context.Context, c Config) error {
	namespaces, err := found(ctx, c)
	if err != nil {
		return err
	}
	if c.Attributes {
		if err := c.define(ctx); err != nil {
			return err
		}
	}
	var fences []store.Fence
	for i := range c.Lanes {
		fence, err := c.Store.AcquireLane(ctx, orchestration.NodeID(0).Lane(orchestration.LanesPerNode-1-i))
		if err != nil {
			return err
		}
		fences = append(fences, fence)
	}
	committing, ctx := errgroup.WithContext(ctx)
	making, makingCtx := errgroup.WithContext(ctx)
	batches := make(chan []store.Write, c.Lanes)
	var next, stored atomic.Int64
	for _, fence := range fences {
		committing.Go(func() error { return c.commit(ctx, fence, batches, &stored) })
	}
	m := maker{config: c, namespaces: namespaces, prefix: "fill-" + rand.Text()[:8]}
	for range runtime.GOMAXPROCS(0) {
		making.Go(func() error { return m.make(makingCtx, &next, batches) })
	}
	made := making.Wait()
	close(batches)
	if err := committing.Wait(); err != nil {
		return err // which the makers only felt
	}
	return made
}

// found sees to the namespaces.
func found(ctx context.Context, c Config) ([]orchestration.NamespaceID, error) {
	ids := make([]orchestration.NamespaceID, c.NamespaceCount)
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(8)
	for i := range ids {
		name := namespaceName(i)
		work.Go(func() error {
			n, err := c.Namespaces.Ensure(ctx, tenants.Registration{Name: name, Retention: retention})
			ids[i] = n.ID
			return err
		})
	}
	return ids, work.Wait()
}

// namespaceName is the name of the i-th namespace.
func namespaceName(i int) string {
	if i == 0 {
		return "default"
	}
	return fmt.Sprintf("fill-%d", i+1)
}

// commit stores batches until there are no more.
func (c *Config) commit(ctx context.Context, fence store.Fence, batches <-chan []store.Write, stored *atomic.Int64) error {
	for batch := range batches {
		if err := c.Store.Commit(ctx, fence, batch); err != nil {
			return fmt.Errorf("after %d runs: %w", stored.Load(), err)
		}
		n := stored.Add(int64(len(batch)))
		if c.Progress != nil {
			c.Progress(int(n))
		}
	}
	return nil
}
