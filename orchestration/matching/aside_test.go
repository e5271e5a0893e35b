package matching

import (
	"context"
	"testing"
)

// TestSetAside: a task whose run cannot be read is offered to nobody any more, and neither is its row read again and again, nor do others wait
// behind it.
func TestSetAside(t *testing.T) {
	for name, r := range map[string]Reference{"in memory": ref(1), "with a row": row(1)} {
		reads := 0
		refill := func(_ context.Context, _ Key, after *Reference, _ int) ([]Reference, error) {
			reads++
			if after != nil {
				return nil, nil
			}
			return []Reference{row(1)}, nil
		}
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{Refill: refill}, func(t *testing.T, qs *Queues[task]) {
				if r.Backlog > 0 {
					qs.Spilled(queueA, DefaultPriority, 1)
				} else {
					qs.Add(r)
				}
				first := startPoll(qs, worker("w"))
				first.want(t, 1)
				qs.SetAside(*first.offer.Ref)
				second := startPoll(qs, worker("w"))
				second.wantWaiting(t)
				if res, ok := qs.Reserve(queueA, DefaultPriority); !ok {
					t.Error("no fused start behind a task set aside")
				} else {
					res.Release()
				}
				second.cancel()
				second.wantEmpty(t)
				if reads > 1 {
					t.Errorf("the backlog was read %d times", reads)
				}
				if qs.Backlog(queueA) != 0 {
					t.Errorf("backlog %d", qs.Backlog(queueA))
				}
			})
		})
	}
}
