package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// DescribeQueue shows who polls a queue and what waits in it, at all nodes that can be asked now. A queue that nobody has used is empty, not an error.
func (e *Engine) DescribeQueue(ctx context.Context, in QueueRequest) (QueueDescription, error) {
	key := queueKey(in)
	all := []queueAnswer{e.describeHere(key)}
	for _, body := range e.askAll(ctx, verbDescribe, encode(queueMessage{Namespace: key.Namespace, Queue: key.Name, Kind: key.Kind})) {
		var a queueAnswer
		if err := decode(body, &a); err != nil {
			e.log.Warn("another node's view of a queue cannot be read", "error", err)
			continue
		}
		all = append(all, a)
	}
	d := describe(merge(all))
	d.Config = e.configs.of(key)
	return d, nil
}

// describeHere is what this node knows of a queue.
func (e *Engine) describeHere(key matching.Key) queueAnswer {
	d := e.owner.Queues().Describe(key)
	a := queueAnswer{
		statsAnswer: statsOf(d.Stats), ByPriority: make(map[int32]statsAnswer, len(d.ByPriority)), LimitSet: d.LimitSet, Limited: d.Limited,
		SyncRate: d.SyncRate, LastPoll: nanos(d.LastPoll),
	}
	if d.Limit >= 0 {
		a.Limit = &d.Limit
	}
	for p, s := range d.ByPriority {
		a.ByPriority[p] = statsOf(s)
	}
	for _, p := range d.Pollers {
		a.Pollers = append(a.Pollers, pollerAnswer{Identity: p.Identity, LastAccess: nanos(p.LastAccess), Rate: p.MaxTasksPerSecond})
	}
	return a
}

func statsOf(s matching.Stats) statsAnswer {
	return statsAnswer{Backlog: s.Backlog, Oldest: int64(s.Oldest), AddRate: s.AddRate, DispatchRate: s.DispatchRate}
}

// plus adds up what two nodes count.
func (s statsAnswer) plus(o statsAnswer) statsAnswer {
	return statsAnswer{
		Backlog: s.Backlog + o.Backlog, Oldest: max(s.Oldest, o.Oldest), AddRate: s.AddRate + o.AddRate, DispatchRate: s.DispatchRate + o.DispatchRate,
	}
}

// describeForPeer is describeHere for another node.
func (e *Engine) describeForPeer(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	var m queueMessage
	if err := decode(body, &m); err != nil {
		return nil, err
	}
	return encode(e.describeHere(matching.Key{Namespace: m.Namespace, Name: m.Queue, Kind: m.Kind})), nil
}

// merge adds up what nodes know of one queue. A worker that polls several nodes is one poller, as it was seen last. Latest first.
func merge(all []queueAnswer) (sum queueAnswer) {
	latest := make(map[string]pollerAnswer)
	sum.ByPriority = make(map[int32]statsAnswer)
	for _, a := range all {
		sum.statsAnswer = sum.plus(a.statsAnswer)
		for p, s := range a.ByPriority {
			sum.ByPriority[p] = sum.ByPriority[p].plus(s)
		}
		sum.Limited = sum.Limited || a.Limited
		sum.SyncRate, sum.LastPoll = sum.SyncRate+a.SyncRate, max(sum.LastPoll, a.LastPoll)
		sum.limit(a)
		for _, p := range a.Pollers {
			if have, ok := latest[p.Identity]; !ok || have.LastAccess < p.LastAccess {
				latest[p.Identity] = p
			}
		}
	}
	for _, p := range latest {
		sum.Pollers = append(sum.Pollers, p)
	}
	slices.SortFunc(sum.Pollers, func(a, b pollerAnswer) int {
		if a.LastAccess != b.LastAccess {
			return int(min(1, max(-1, b.LastAccess-a.LastAccess)))
		}
		return strings.Compare(a.Identity, b.Identity)
	})
	return sum
}

// limit takes over the limit that another node goes by: what operators set before what workers wish, and of that the least.
func (a *queueAnswer) limit(o queueAnswer) {
	switch {
	case o.Limit == nil || a.LimitSet && !o.LimitSet:
	case a.Limit == nil, o.LimitSet && !a.LimitSet, *o.Limit < *a.Limit:
		a.Limit, a.LimitSet = o.Limit, o.LimitSet
	}
}

func describe(a queueAnswer) QueueDescription {
	out := QueueDescription{
		Stats: a.statsAnswer.shown(a.Limited), ByPriority: make(map[int32]*taskqueuepb.TaskQueueStats, len(a.ByPriority)),
		Limit: a.Limit, LimitSet: a.LimitSet, SyncRatio: a.syncRatio(), LastPoll: instant(a.LastPoll),
	}
	for p, s := range a.ByPriority {
		out.ByPriority[p] = s.shown(a.Limited)
	}
	for _, p := range a.Pollers {
		out.Pollers = append(out.Pollers, &taskqueuepb.PollerInfo{
			Identity: p.Identity, LastAccessTime: timestamppb.New(instant(p.LastAccess)), RatePerSecond: p.Rate,
		})
	}
	return out
}

// syncRatio is the part of the tasks that met a waiting poller at once; nil when no task came lately.
func (a *queueAnswer) syncRatio() *float64 {
	if a.AddRate <= 0 {
		return nil
	}
	ratio := min(1, a.SyncRate/a.AddRate)
	return &ratio
}

// shown is the statistics in the protocol's form.
func (s statsAnswer) shown(limited bool) *taskqueuepb.TaskQueueStats {
	return &taskqueuepb.TaskQueueStats{
		ApproximateBacklogCount: s.Backlog,
		ApproximateBacklogAge:   durationpb.New(time.Duration(s.Oldest)),
		TasksAddRate:            float32(s.AddRate),
		TasksDispatchRate:       float32(s.DispatchRate),
		RateLimitingActive:      limited,
	}
}

// WorkerGone ends the polls of a worker process that shuts down, at every node that can be reached now, so that no task is handed to it any more, and
// leaves its sticky queue.
func (e *Engine) WorkerGone(ctx context.Context, in WorkerGone) error {
	m := goneMessage{Namespace: in.Namespace, StickyQueue: in.StickyQueue, InstanceKey: in.InstanceKey, TaskQueue: in.TaskQueue}
	e.goneHere(m)
	e.askAll(ctx, verbGone, encode(m))
	return nil
}

func (e *Engine) goneHere(in goneMessage) {
	q := e.owner.Queues()
	if in.StickyQueue != "" {
		q.Gone(matching.Key{Namespace: in.Namespace, Name: in.StickyQueue, Kind: orchestration.WorkflowTask}, "")
	}
	if in.TaskQueue != "" && in.InstanceKey != "" {
		for _, kind := range []orchestration.TaskKind{orchestration.WorkflowTask, orchestration.ActivityTask} {
			q.Gone(matching.Key{Namespace: in.Namespace, Name: in.TaskQueue, Kind: kind}, in.InstanceKey)
		}
	}
}

// goneForPeer is goneHere for another node.
func (e *Engine) goneForPeer(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	var m goneMessage
	if err := decode(body, &m); err != nil {
		return nil, err
	}
	e.goneHere(m)
	return nil, nil
}

// Waiting is how many polls wait at a queue of this node now.
func (e *Engine) Waiting(in QueueRequest) int {
	return e.owner.Queues().Describe(queueKey(in)).Waiting
}

func queueKey(in QueueRequest) matching.Key {
	kind := orchestration.WorkflowTask
	if in.Kind == enumspb.TASK_QUEUE_TYPE_ACTIVITY {
		kind = orchestration.ActivityTask
	}
	return matching.Key{Namespace: in.Namespace, Name: in.Queue, Kind: kind}
}
