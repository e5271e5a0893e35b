package shard

import (
	"github.com/google/uuid"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Query is a client's question to a workflow's code. It lives in memory only.
type Query struct {
	ID    string
	Query *querypb.WorkflowQuery
	run   orchestration.RunID
	// Answer yields the worker's result, or nil: nothing answered it, ask again.
	Answer chan *querypb.WorkflowQueryResult
}

// NewQuery makes a query with an id that nobody can guess.
func NewQuery(q *querypb.WorkflowQuery) *Query {
	return &Query{ID: uuid.NewString(), Query: q, Answer: make(chan *querypb.WorkflowQueryResult, 1)}
}

func (q *Query) retry() { q.Give(nil) }

// Give answers the query; only the first answer counts. nil: nothing answered it.
func (q *Query) Give(a *querypb.WorkflowQueryResult) {
	select {
	case q.Answer <- a:
	default: // answered already
	}
}

// Ask has the query ride on the pending workflow task of the run. Errors: ResourceExhausted.
func (tx *Tx) Ask(r *Run, q *Query) error {
	if len(tx.wf.queries) >= maxQueries {
		return busy("queries", maxQueries)
	}
	q.run = r.Key.RunID
	tx.wf.queries = append(tx.wf.queries, q)
	return nil
}

// Forget drops a query that nobody waits for any more.
func (tx *Tx) Forget(q *Query) {
	for i, other := range tx.wf.queries {
		if other == q {
			tx.wf.queries = append(tx.wf.queries[:i], tx.wf.queries[i+1:]...)
			return
		}
	}
}

// ride are the waiting queries of a run, for the workflow task that is being started.
func (tx *Tx) ride(r *Run) map[string]*querypb.WorkflowQuery {
	var out map[string]*querypb.WorkflowQuery
	for _, q := range tx.wf.queries {
		if q.run == r.Key.RunID {
			if out == nil {
				out = make(map[string]*querypb.WorkflowQuery)
			}
			out[q.ID] = q.Query
		}
	}
	return out
}

// Answer gives the answers that came with a completed workflow task to their askers, after the commit.
func (tx *Tx) Answer(r *Run, answers map[string]*querypb.WorkflowQueryResult) {
	rest := tx.wf.queries[:0]
	for _, q := range tx.wf.queries {
		a := answers[q.ID]
		if a == nil || q.run != r.Key.RunID {
			rest = append(rest, q)
			continue
		}
		tx.After(func(err error) {
			if err != nil {
				a = nil
			}
			q.Give(a)
		})
	}
	clear(tx.wf.queries[len(rest):])
	tx.wf.queries = rest
}

// settleQueries sends the queries of a run away that has no workflow task any more to ride on: their askers ask a worker directly.
func (tx *Tx) settleQueries(r *Run) {
	if len(tx.wf.queries) == 0 {
		return
	}
	rest := tx.wf.queries[:0]
	for _, q := range tx.wf.queries {
		if q.run == r.Key.RunID {
			tx.After(func(error) { q.retry() })
			continue
		}
		rest = append(rest, q)
	}
	clear(tx.wf.queries[len(rest):])
	tx.wf.queries = rest
}
