package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// configsAgain is how often a node among others reads all configurations of queues: it may have missed the news of one.
const configsAgain = 10 * time.Second

// queueConfigs is what operators set for task queues, as far as this node knows. The store has the truth: whoever hears of a change reads it there, one
// at a time, so that the last to read has the latest.
type queueConfigs struct {
	store store.QueueConfigs
	limit func(key matching.Key, perSecond *float64)

	mu    sync.Mutex // held while the store is read and what it says is applied
	known map[matching.Key]*taskqueuepb.TaskQueueConfig
}

func newQueueConfigs(s store.QueueConfigs, limit func(matching.Key, *float64)) *queueConfigs {
	return &queueConfigs{store: s, limit: limit, known: make(map[matching.Key]*taskqueuepb.TaskQueueConfig)}
}

// of is the configuration of a queue, not to be changed; nil: none.
func (q *queueConfigs) of(key matching.Key) *taskqueuepb.TaskQueueConfig {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.known[key]
}

// readAll takes over what the store has. Errors: the store's.
func (q *queueConfigs) readAll(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	all, err := q.store.QueueConfigs(ctx)
	if err != nil {
		return fmt.Errorf("read the configurations of task queues: %w", err)
	}
	for _, c := range all {
		if err := q.take(c); err != nil {
			return err
		}
	}
	return nil
}

// read takes over what the store has of one queue. Errors: the store's.
func (q *queueConfigs) read(ctx context.Context, key matching.Key) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.reread(ctx, key)
}

func (q *queueConfigs) reread(ctx context.Context, key matching.Key) error {
	c, ok, err := q.store.QueueConfig(ctx, store.BacklogKey{Namespace: key.Namespace, Queue: key.Name, Kind: key.Kind})
	if err != nil || !ok {
		return err
	}
	return q.take(c)
}

// take applies a configuration, if it is news.
func (q *queueConfigs) take(c store.QueueConfig) error {
	config, err := unpack(c.Config, new(taskqueuepb.TaskQueueConfig))
	if err != nil {
		return orchestration.Errorf(orchestration.DataLoss, "the configuration of task queue %q cannot be read", c.Queue)
	}
	key := matching.Key{Namespace: c.Namespace, Name: c.Queue, Kind: c.Kind}
	if !proto.Equal(q.known[key], config) {
		q.known[key] = config
		q.limit(key, rateOf(config))
	}
	return nil
}

// rateOf is the rate limit of a configuration in tasks per second; nil: workers decide.
func rateOf(c *taskqueuepb.TaskQueueConfig) *float64 {
	l := c.GetQueueRateLimit().GetRateLimit()
	if l == nil {
		return nil
	}
	rate := float64(l.RequestsPerSecond)
	return &rate
}

// change has f make a new configuration of the latest, stores it, and applies it. Errors: the store's.
func (q *queueConfigs) change(ctx context.Context, key matching.Key, f func(*taskqueuepb.TaskQueueConfig)) (*taskqueuepb.TaskQueueConfig, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.reread(ctx, key); err != nil {
		return nil, err
	}
	next := &taskqueuepb.TaskQueueConfig{}
	if have := q.known[key]; have != nil {
		next = proto.CloneOf(have)
	}
	f(next)
	c := store.QueueConfig{BacklogKey: store.BacklogKey{Namespace: key.Namespace, Queue: key.Name, Kind: key.Kind}, Config: pack(next)}
	if err := q.store.PutQueueConfig(ctx, c); err != nil {
		return nil, err
	}
	return next, q.take(c)
}

// LimitQueue sets or removes the rate limit of a queue, for all nodes, and returns the queue's configuration. With a nil limit nothing is changed. Nodes
// that cannot be reached now learn of it within seconds. Errors: InvalidArgument (QueueLimit.check), Unavailable.
func (e *Engine) LimitQueue(ctx context.Context, in QueueRequest, limit *QueueLimit) (*taskqueuepb.TaskQueueConfig, error) {
	key := queueKey(in)
	if limit == nil {
		if err := e.configs.read(ctx, key); err != nil {
			return nil, shard.Unread(ctx, err)
		}
		return e.configs.of(key), nil
	}
	if err := limit.check(in.Kind); err != nil {
		return nil, err
	}
	config, err := e.configs.change(ctx, key, func(c *taskqueuepb.TaskQueueConfig) {
		c.QueueRateLimit = &taskqueuepb.RateLimitConfig{Metadata: &taskqueuepb.ConfigMetadata{
			Reason: limit.Reason, UpdateIdentity: limit.Identity, UpdateTime: timestamppb.New(e.now()),
		}}
		if limit.PerSecond != nil {
			c.QueueRateLimit.RateLimit = &taskqueuepb.RateLimit{RequestsPerSecond: *limit.PerSecond}
		}
	})
	if err != nil {
		e.log.Warn("the configuration of a task queue could not be stored", "queue", in.Queue, "error", err)
		return nil, shard.Unread(ctx, err)
	}
	e.askAll(ctx, verbConfig, encode(queueMessage{Namespace: key.Namespace, Queue: key.Name, Kind: key.Kind}))
	return config, nil
}

// configForPeer reads a configuration that another node has changed.
func (e *Engine) configForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	var m queueMessage
	if err := decode(body, &m); err != nil {
		return nil, err
	}
	return nil, e.configs.read(ctx, matching.Key{Namespace: m.Namespace, Name: m.Queue, Kind: m.Kind})
}

// openConfigs reads what operators have set, and with other nodes goes on doing so.
func (e *Engine) openConfigs(ctx context.Context) error {
	if err := e.configs.readAll(ctx); err != nil {
		return err
	}
	if e.cluster == nil {
		return nil
	}
	e.background.do(func(ctx context.Context) {
		tick := time.NewTicker(configsAgain)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := e.configs.readAll(ctx); err != nil && ctx.Err() == nil {
					e.log.Warn("the configurations of task queues are not up to date", "error", err)
				}
			case <-ctx.Done():
				return
			}
		}
	})
	return nil
}
