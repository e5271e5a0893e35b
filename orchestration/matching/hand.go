package matching

import (
	"context"
)

// hand is a task that waits for a poller in the memory of its giver: a query.
type hand[T any] struct {
	task   T
	answer chan error // of one
}

func (h *hand[T]) take()          { h.answer <- nil }
func (h *hand[T]) fail(err error) { h.answer <- err }

// Hand waits for a poller and gives it the task, ahead of references and past the rate limit. It is for tasks that are never stored.
//
// Errors: ctx's when it ends first; Unavailable after Close. With an error nobody got the task.
func (qs *Queues[T]) Hand(ctx context.Context, key Key, task T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q := qs.lock(key)
	if q.closed {
		q.mu.Unlock()
		return errClosed
	}
	now := qs.clock()
	q.touched = now
	n := &node[hand[T]]{value: hand[T]{task: task, answer: make(chan error, 1)}}
	q.hands.pushBack(n)
	q.match(now)
	q.mu.Unlock()

	select {
	case err := <-n.value.answer:
		return err
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if n.linked {
		q.hands.remove(n)
		return ctx.Err()
	}
	return <-n.value.answer
}
