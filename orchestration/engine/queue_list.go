package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

const (
	queuesListed  = 50    // names of a page when no limit is asked for
	queuesRead    = 500   // names of one node at once
	pollersListed = 5_000 // of one node at once: with the queue that has the last of them, an answer ends
)

// QueuesRequest asks for queues in the order of their names.
type QueuesRequest struct {
	Namespace orchestration.NamespaceID
	After     string // name of the last queue of the page before
	Limit     int    // names; 0: 50, at most 500
}

// Queue is a queue of one kind and what is known of it.
type Queue struct {
	Name string
	Kind enumspb.TaskQueueType
	QueueDescription
}

// QueuesPage is what it gets. A name has one entry for each kind that is known.
type QueuesPage struct {
	Queues []Queue
	More   bool // there may be others
}

// ListQueues lists the queues of a namespace that are known to any node that can be asked now: those that were polled or had a task in the last five minutes,
// those in which something waits, and those with a rate limit of operators. Workers' own (sticky) queues are left out.
func (e *Engine) ListQueues(ctx context.Context, r QueuesRequest) (page QueuesPage, err error) {
	m := queuesMessage(r)
	if m.Limit <= 0 {
		m.Limit = queuesListed
	}
	for names := 0; ; {
		all := mergeQueues(e.queuesOfAll(ctx, m))
		for _, q := range all.Queues {
			if m.After != q.Name {
				if names == m.Limit && !q.Sticky {
					page.More = true
					return page, nil
				}
				m.After = q.Name
				if !q.Sticky {
					names++
				}
			}
			if !q.Sticky {
				page.Queues = append(page.Queues, e.queueOf(r.Namespace, q))
			}
		}
		if !all.More || ctx.Err() != nil {
			return page, ctx.Err()
		}
	}
}

func (e *Engine) queueOf(ns orchestration.NamespaceID, q namedQueue) Queue {
	out := Queue{Name: q.Name, Kind: enumspb.TASK_QUEUE_TYPE_WORKFLOW, QueueDescription: describe(q.Known)}
	if q.Kind == orchestration.ActivityTask {
		out.Kind = enumspb.TASK_QUEUE_TYPE_ACTIVITY
	}
	out.Config = e.configs.of(matching.Key{Namespace: ns, Name: q.Name, Kind: q.Kind})
	return out
}

// queuesOfAll asks every node the same.
func (e *Engine) queuesOfAll(ctx context.Context, m queuesMessage) []queuesAnswer {
	all := []queuesAnswer{e.queuesHere(m)}
	for _, body := range e.askAll(ctx, verbQueues, encode(m)) {
		var a queuesAnswer
		if err := decode(body, &a); err != nil {
			e.log.Warn("another node's queues cannot be read", "error", err)
			continue
		}
		all = append(all, a)
	}
	return all
}

// queuesHere are the queues that this node knows.
func (e *Engine) queuesHere(m queuesMessage) (a queuesAnswer) {
	var keys []matching.Key
	sticky := make(map[matching.Key]bool)
	for key, c := range e.owner.Queues().Queues() {
		if key.Namespace == m.Namespace && key.Name > m.After {
			keys = append(keys, key)
			sticky[key] = c.Sticky
		}
	}
	slices.SortFunc(keys, func(a, b matching.Key) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	names, pollers := 0, 0
	for i, key := range keys {
		if i == 0 || keys[i-1].Name != key.Name {
			if names == min(max(1, m.Limit), queuesRead) || pollers >= pollersListed {
				a.More = true
				break
			}
			names++
		}
		q := namedQueue{Name: key.Name, Kind: key.Kind, Sticky: sticky[key]}
		if !q.Sticky {
			q.Known = e.describeHere(key)
		}
		pollers += len(q.Known.Pollers)
		a.Queues = append(a.Queues, q)
	}
	return a
}

// queuesForPeer is queuesHere for another node.
func (e *Engine) queuesForPeer(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	var m queuesMessage
	if err := decode(body, &m); err != nil {
		return nil, err
	}
	return encode(e.queuesHere(m)), nil
}

// mergeQueues makes one answer of those that nodes gave to the same message. It ends where the first of them ends that has more.
func mergeQueues(all []queuesAnswer) (merged queuesAnswer) {
	type key struct {
		name string
		kind orchestration.TaskKind
	}
	known, sticky, end := make(map[key][]queueAnswer), make(map[key]bool), ""
	for _, a := range all {
		for _, q := range a.Queues {
			k := key{q.Name, q.Kind}
			known[k], sticky[k] = append(known[k], q.Known), sticky[k] || q.Sticky
		}
		if n := len(a.Queues); a.More && n > 0 && (!merged.More || a.Queues[n-1].Name < end) {
			merged.More, end = true, a.Queues[n-1].Name
		}
	}
	for k, answers := range known {
		if !merged.More || k.name <= end {
			merged.Queues = append(merged.Queues, namedQueue{Name: k.name, Kind: k.kind, Sticky: sticky[k], Known: merge(answers)})
		}
	}
	slices.SortFunc(merged.Queues, func(a, b namedQueue) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	return merged
}
