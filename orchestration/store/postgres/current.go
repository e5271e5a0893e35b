package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Every start asks for the current run of a workflow id that mostly has none. Those that ask while an answer is under way are asked for together: it is the
// idea of the commit lane, for reads. Alone, a question costs what it always did.
const loadCurrents = `SELECT k.place, c.run_id, c.start_request_id, c.status
	FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS k (namespace, workflow_id, place)
	CROSS JOIN LATERAL (SELECT run_id, start_request_id, status FROM current_run AS r
		WHERE r.namespace = k.namespace AND r.workflow_id = k.workflow_id LIMIT 1) AS c`

const (
	currentsTogether = 256              // questions of one statement
	currentsTimeout  = 10 * time.Second // of one statement; who asks may give up earlier
)

// currents gathers questions for current runs.
type currents struct {
	mu      sync.Mutex
	waiting []*currentAsked
	asking  bool // a goroutine empties waiting
}

// currentAsked is one question and, once done is closed, its answer.
type currentAsked struct {
	key  orchestration.WorkflowKey
	cur  store.Current
	ok   bool
	err  error
	done chan struct{}
}

// CurrentRun implements store.Store.
func (r *reader) CurrentRun(ctx context.Context, k orchestration.WorkflowKey) (cur store.Current, ok bool, err error) {
	a := &currentAsked{key: k, done: make(chan struct{})}
	c := &r.currents
	c.mu.Lock()
	c.waiting = append(c.waiting, a)
	begin := !c.asking
	c.asking = true
	c.mu.Unlock()
	if begin {
		go r.askCurrents()
	}
	select {
	case <-a.done:
		return a.cur, a.ok, a.err
	case <-ctx.Done():
		return store.Current{}, false, ctx.Err()
	}
}

// askCurrents asks until nobody waits any more.
func (r *reader) askCurrents() {
	c := &r.currents
	for {
		c.mu.Lock()
		n := min(len(c.waiting), currentsTogether)
		if n == 0 {
			c.asking = false
			c.mu.Unlock()
			return
		}
		asked := c.waiting[:n:n]
		c.waiting = c.waiting[n:]
		c.mu.Unlock()
		r.answerCurrents(asked)
	}
}

// answerCurrents asks for all of them with one statement.
func (r *reader) answerCurrents(asked []*currentAsked) {
	ctx, cancel := context.WithTimeout(context.Background(), currentsTimeout)
	defer cancel()
	namespaces, ids := make([][16]byte, len(asked)), make([]string, len(asked))
	for i, a := range asked {
		namespaces[i], ids[i] = a.key.Namespace, a.key.WorkflowID
	}
	err := r.query(ctx, loadCurrents, []any{namespaces, ids}, func(rows pgx.Rows) error {
		var place int
		var cur store.Current
		if err := rows.Scan(&place, (*[16]byte)(&cur.RunID), &cur.StartRequestID, &cur.Status); err != nil {
			return err
		}
		asked[place-1].cur, asked[place-1].ok = cur, true
		return nil
	})
	for _, a := range asked {
		if a.err = err; err != nil {
			a.cur, a.ok = store.Current{}, false
		}
		close(a.done)
	}
}
