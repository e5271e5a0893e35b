package engine

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/recent"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/workers"
)

// Config is what an Engine needs. Store, Reader, Queues and Logger are required.
type Config struct {
	Store  store.Store
	Reader store.Reader
	Queues store.QueueConfigs
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Attributes are the search attributes of namespaces. nil: none has defined any.
	Attributes Attributes

	// Traced tells whether the spans of a run that closes are to be sent to a collector; see shard.Config. nil: none are.
	Traced func(*history.Run) bool
	// Moved is told of commits of open runs; see shard.Config. nil: nobody is.
	Moved func(*history.Run)

	// Cluster is the nodes that share the store. nil: this process is alone and serves every shard at once; the rest must be nil too. With it, the engine
	// serves the shards that it is told to adopt, and Lanes and Peers are required.
	Cluster Cluster
	// Lanes are the fences that this node commits under.
	Lanes []store.Fence
	// Peers carries what nodes ask each other. Close it before the engine: nobody may ask of a closed engine.
	Peers orchestration.Peers
	// Exchange brings the task queues of the nodes together. nil: references stay on their node.
	Exchange Exchange
}

// Engine serves every verb. It is safe for concurrent use. Beside the errors that a verb names, each verb on a workflow returns Moved when another
// node owns the workflow, or has become its owner meanwhile; it has then done nothing.
type Engine struct {
	owner    *shard.Owner
	reader   store.Reader
	log      *slog.Logger
	now      func() time.Time
	cluster  Cluster // nil: alone
	peers    orchestration.Peers
	exchange Exchange // nil: none

	attributes Attributes

	mu      sync.Mutex
	queries map[askedAlone]*shard.Query

	configs    *queueConfigs
	workers    *workers.Registry
	background *background
	courier    *courier
	given      *given // polls of this node that others gave tasks to
	unfolded   *unfolded
	recently   *recent.Counter
}

// Open makes an engine; one that is alone takes ownership of the store and serves, with recovery going on in the background.
func Open(ctx context.Context, c Config) (*Engine, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Attributes == nil {
		c.Attributes = none
	}
	courier, recently := new(courier), recent.NewCounter(c.Now)
	sc := shard.Config{Store: c.Store, Reader: c.Reader, Logger: c.Logger, Now: c.Now, Send: courier.Send, Listed: counted(recently), Waited: recently.Waited, Traced: c.Traced, Moved: c.Moved}
	if c.Cluster != nil {
		sc.Lanes, sc.Alive = c.Lanes, c.Cluster.Alive
	}
	if c.Exchange != nil {
		sc.Exchange = matching.Exchange(c.Exchange)
	}
	owner, err := shard.Open(ctx, sc)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		owner: owner, reader: c.Reader, log: c.Logger, now: c.Now, cluster: c.Cluster, peers: c.Peers, exchange: c.Exchange, attributes: c.Attributes,
		queries: make(map[askedAlone]*shard.Query), background: newBackground(), given: newGiven(), courier: courier,
		unfolded: newUnfolded(), recently: recently,
	}
	if e.exchange != nil {
		owner.Queues().Lend(lender{e})
	}
	e.workers = workers.NewRegistry(c.Now)
	e.configs = newQueueConfigs(c.Queues, owner.Queues().Limit)
	if err := e.openConfigs(ctx); err != nil {
		return nil, errors.Join(err, e.Close(ctx))
	}
	e.answerPeers()
	courier.begin(e)
	return e, nil
}

// Close drains: polls end empty, what is under way is committed. Nothing may be called after it.
func (e *Engine) Close(ctx context.Context) error {
	e.background.close()
	return e.owner.Close(ctx)
}

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
