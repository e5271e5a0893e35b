package engine_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

var limitedQueue = engine.QueueRequest{Namespace: namespace, Queue: "limited", Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY}

func perSecond(r float32) *engine.QueueLimit {
	return &engine.QueueLimit{PerSecond: &r, Reason: "the ledger is slow", Identity: "operator"}
}

// wantLimit fails unless the queue goes by the limit at the node; negative: none.
func (r *rig) wantLimit(want float64) {
	r.t.Helper()
	d, err := r.DescribeQueue(r.ctx(), limitedQueue)
	switch {
	case err != nil:
		r.t.Fatal(err)
	case want < 0 && d.Limit != nil:
		r.t.Errorf("limit of %v, want none", *d.Limit)
	case want >= 0 && (d.Limit == nil || *d.Limit != want || !d.LimitSet):
		r.t.Errorf("limit %v, set %v, want %v", d.Limit, d.LimitSet, want)
	}
}

func TestQueueLimitSurvivesARestart(t *testing.T) {
	r := newRig(t)
	if c, err := r.LimitQueue(r.ctx(), limitedQueue, nil); err != nil || c != nil {
		t.Errorf("a queue that nobody configured: %v, %v", c, err)
	}
	r.wantLimit(-1)
	config, err := r.LimitQueue(r.ctx(), limitedQueue, perSecond(0.5))
	if err != nil {
		t.Fatal(err)
	}
	m := config.QueueRateLimit.Metadata
	if config.QueueRateLimit.RateLimit.RequestsPerSecond != 0.5 || m.Reason != "the ledger is slow" || m.UpdateIdentity != "operator" || m.UpdateTime == nil {
		t.Errorf("%v", config)
	}
	r.wantLimit(0.5)
	r.reopen()
	r.wantLimit(0.5)
	if d, err := r.DescribeQueue(r.ctx(), limitedQueue); err != nil || d.Config.GetQueueRateLimit().GetMetadata().GetReason() != "the ledger is slow" {
		t.Errorf("%v, %v", d.Config, err)
	}
	if _, err := r.LimitQueue(r.ctx(), limitedQueue, &engine.QueueLimit{Reason: "repaired"}); err != nil {
		t.Fatal(err)
	}
	r.wantLimit(-1)
	r.reopen()
	r.wantLimit(-1)
	if c, err := r.LimitQueue(r.ctx(), limitedQueue, nil); err != nil || c.QueueRateLimit.RateLimit != nil || c.QueueRateLimit.Metadata.Reason != "repaired" {
		t.Errorf("%v, %v", c, err)
	}
}

// TestQueueLimitReachesEveryNode at once, and one that cannot be reached when it joins.
func TestQueueLimitReachesEveryNode(t *testing.T) {
	f := newFleetRig(t, 2)
	first, second := f.nodes[0], f.nodes[1]
	if _, err := first.LimitQueue(first.ctx(), limitedQueue, perSecond(7)); err != nil {
		t.Fatal(err)
	}
	second.wantLimit(7)
	var missed atomic.Int64
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.To == first.ID() && m.Verb == "queue.config" {
			missed.Add(1)
			return fleettest.Unreachable
		}
		return fleettest.None
	})
	if _, err := second.LimitQueue(second.ctx(), limitedQueue, perSecond(9)); err != nil {
		t.Fatal(err)
	}
	if missed.Load() != 1 {
		t.Errorf("%d messages were lost, want 1", missed.Load())
	}
	if c, err := first.LimitQueue(first.ctx(), limitedQueue, nil); err != nil || c.QueueRateLimit.RateLimit.RequestsPerSecond != 9 {
		t.Errorf("asked for, it is read from the store: %v, %v", c, err)
	}
	first.wantLimit(9)
}

// unkept is a store of configurations that is out of order.
type unkept struct{ kept }

type kept = store.QueueConfigs

func (unkept) PutQueueConfig(context.Context, store.QueueConfig) error {
	return errors.New("disk full")
}

// TestQueueLimitThatIsNotStored is not in force.
func TestQueueLimitThatIsNotStored(t *testing.T) {
	r := newRig(t)
	e, err := engine.Open(t.Context(), engine.Config{Store: r.faulty, Reader: r.store, Queues: unkept{r.store}, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close(context.WithoutCancel(t.Context())) }()
	if _, err := e.LimitQueue(t.Context(), limitedQueue, perSecond(1)); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("%v", err)
	}
	if d, err := e.DescribeQueue(t.Context(), limitedQueue); err != nil || d.Limit != nil || d.Config != nil {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestBadQueueLimits are refused, and change nothing.
func TestBadQueueLimits(t *testing.T) {
	r := newRig(t)
	queue := limitedQueue
	for words, spoil := range map[string]func(*engine.QueueLimit){
		"rate limit on workflow task queues is not": func(*engine.QueueLimit) { queue.Kind = enumspb.TASK_QUEUE_TYPE_WORKFLOW },
		"Blob data size exceeds limit. Reason":      func(l *engine.QueueLimit) { l.Reason = strings.Repeat("r", orchestration.MaxReasonSize+1) },
		"RequestsPerSecond -1 is not valid":         func(l *engine.QueueLimit) { *l.PerSecond = -1 },
		"RequestsPerSecond NaN is not valid":        func(l *engine.QueueLimit) { *l.PerSecond = float32(math.NaN()) },
		"RequestsPerSecond +Inf is not valid":       func(l *engine.QueueLimit) { *l.PerSecond = float32(math.Inf(1)) },
	} {
		limit := perSecond(1)
		queue = limitedQueue
		spoil(limit)
		if _, err := r.LimitQueue(r.ctx(), queue, limit); orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
	r.wantLimit(-1)
}
