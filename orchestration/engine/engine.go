package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Config is what an Engine needs. Store, Reader and Logger are required.
type Config struct {
	Store  store.Store
	Reader store.Reader
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Engine serves every verb. It is safe for concurrent use.
type Engine struct {
	owner  *shard.Owner
	reader store.Reader
	log    *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	queries map[askedAlone]*shard.Query
}

// Open takes ownership of the store and serves; recovery goes on in the background.
func Open(ctx context.Context, c Config) (*Engine, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	owner, err := shard.Open(ctx, shard.Config{Store: c.Store, Reader: c.Reader, Logger: c.Logger, Now: c.Now})
	if err != nil {
		return nil, err
	}
	return &Engine{owner: owner, reader: c.Reader, log: c.Logger, now: c.Now, queries: make(map[askedAlone]*shard.Query)}, nil
}

// Close drains: polls end empty, what is under way is committed. Nothing may be called after it.
func (e *Engine) Close(ctx context.Context) error { return e.owner.Close(ctx) }

// Done is closed when the engine stopped serving; Err says why.
func (e *Engine) Done() <-chan struct{} { return e.owner.Done() }

// Err is why the engine stopped; nil while it serves.
func (e *Engine) Err() error { return e.owner.Err() }

// run finds a run by its key and has fn apply a verb to it.
func (e *Engine) run(ctx context.Context, key orchestration.RunKey, fn func(*shard.Tx, *shard.Run) error) error {
	return e.owner.Update(ctx, key.WorkflowKey, func(tx *shard.Tx) error {
		r, err := tx.Run(key.RunID)
		if err != nil {
			return err
		}
		return fn(tx, r)
	})
}
