package engine

import (
	"context"

	workerpb "go.temporal.io/api/worker/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/workers"
)

// HeardOf remembers, in memory, what workers say of themselves. Each has an instance key.
func (e *Engine) HeardOf(ns orchestration.NamespaceID, heartbeats []*workerpb.WorkerHeartbeat) {
	e.workers.Record(ns, heartbeats)
}

// Worker is the last that a worker said of itself, to any node that can be asked now. Errors: NotFound.
func (e *Engine) Worker(ctx context.Context, ns orchestration.NamespaceID, key string) (*workerpb.WorkerHeartbeat, error) {
	pages := e.workerPages(ctx, workersMessage{Namespace: ns, Key: key})
	if found := workers.Merge(pages).Workers; len(found) > 0 {
		return found[0].Heartbeat, nil
	}
	return nil, orchestration.Errorf(orchestration.NotFound, "worker not found for instance key: %s", key)
}

// WorkersRequest asks for workers in the order of their instance keys.
type WorkersRequest struct {
	Namespace orchestration.NamespaceID
	Query     string // see workers.Parse
	After     string // instance key of the last worker of the page before
	Limit     int    // 0: 100
}

// WorkersPage is what it gets.
type WorkersPage struct {
	Workers []*workerpb.WorkerHeartbeat
	More    bool // there may be others
}

const (
	workersListed = 100 // of a page when no limit is asked for
	workersRead   = 500 // of one node at once
)

// Workers lists the workers that were heard of lately, at all nodes that can be asked now. Errors: InvalidArgument (the query).
func (e *Engine) Workers(ctx context.Context, r WorkersRequest) (page WorkersPage, err error) {
	limit := r.Limit
	if limit <= 0 {
		limit = workersListed
	}
	err = e.eachWorker(ctx, r, func(h *workerpb.WorkerHeartbeat) bool {
		if len(page.Workers) == limit {
			page.More = true
			return false
		}
		page.Workers = append(page.Workers, h)
		return true
	})
	return page, err
}

// CountWorkers counts what Workers lists; After and Limit are of no effect. Errors: InvalidArgument (the query).
func (e *Engine) CountWorkers(ctx context.Context, r WorkersRequest) (n int64, err error) {
	r.After = ""
	err = e.eachWorker(ctx, r, func(*workerpb.WorkerHeartbeat) bool {
		n++
		return true
	})
	return n, err
}

// eachWorker visits the workers that a request selects, until visit is false. What nodes know is brought together before the query is asked: one of them may
// know an older word of a worker, of which the query would be true.
func (e *Engine) eachWorker(ctx context.Context, r WorkersRequest, visit func(*workerpb.WorkerHeartbeat) bool) error {
	q, err := workers.Parse(r.Query)
	if err != nil {
		return err
	}
	for after := r.After; ; {
		page := workers.Merge(e.workerPages(ctx, workersMessage{Namespace: r.Namespace, After: after}))
		for _, w := range page.Workers {
			if q.Matches(w) && !visit(w.Heartbeat) {
				return nil
			}
			after = w.Heartbeat.GetWorkerInstanceKey()
		}
		if !page.More || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// workerPages asks every node the same.
func (e *Engine) workerPages(ctx context.Context, m workersMessage) []workers.Page {
	pages := []workers.Page{e.workersHere(m)}
	for _, body := range e.askAll(ctx, verbWorkers, encode(m)) {
		p, err := decodeWorkers(body)
		if err != nil {
			e.log.Warn("another node's workers cannot be read", "error", err)
			continue
		}
		pages = append(pages, p)
	}
	return pages
}

// workersHere is what this node has heard.
func (e *Engine) workersHere(m workersMessage) (p workers.Page) {
	if m.Key == "" {
		return e.workers.Page(m.Namespace, m.After, workersRead)
	}
	if w, ok := e.workers.Get(m.Namespace, m.Key); ok {
		p.Workers = append(p.Workers, w)
	}
	return p
}

// workersForPeer is workersHere for another node.
func (e *Engine) workersForPeer(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	var m workersMessage
	if err := decode(body, &m); err != nil {
		return nil, err
	}
	return encodeWorkers(e.workersHere(m)), nil
}
