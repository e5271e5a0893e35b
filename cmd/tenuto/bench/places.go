package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
)

// place is where tasks wait.
type place struct{ namespace, queue string }

// visit is how many workflows are run at one place.
const visit = 3

// driveQueues runs workflows on task queues that nobody has used before.
func driveQueues(ctx context.Context, l *load) error {
	l.visitAll(ctx, func(n int64, _ int) place { return place{l.namespace, fmt.Sprintf("%s-queue-%d", l.prefix, n)} })
	return nil
}

// driveNamespaces runs workflows in one namespace after the other.
func driveNamespaces(ctx context.Context, l *load) error {
	names, err := l.driver.(*raw).namespaces(ctx)
	if err != nil {
		return fmt.Errorf("list the namespaces: %w", err)
	}
	l.visitAll(ctx, func(n int64, visitor int) place {
		return place{names[int(n)%len(names)], fmt.Sprintf("%s-%d", l.prefix, visitor)}
	})
	return nil
}

// visitAll goes from place to place, to as many at a time as are in flight. Each visitor starts a few workflows there and is their worker: no poll waits
// anywhere in advance, and nothing is sticky. No two visitors may be at one place at a time.
func (l *load) visitAll(ctx context.Context, where func(n int64, visitor int) place) {
	var visitors sync.WaitGroup
	var next atomic.Int64
	for visitor := range l.inFlight {
		visitors.Go(func() {
			for ctx.Err() == nil {
				ids := l.takeSome(visit)
				if len(ids) == 0 {
					return
				}
				at := where(next.Add(1)-1, visitor)
				if err := l.visitOne(ctx, at, ids); err != nil {
					l.fail(fmt.Errorf("task queue %s of namespace %s: %w", at.queue, at.namespace, err))
					return
				}
			}
		})
	}
	visitors.Wait()
}

// takeSome takes up to most units, as workflow ids.
func (l *load) takeSome(most int) (ids []string) {
	for range most {
		n, ok := l.take()
		if !ok {
			break
		}
		ids = append(ids, l.workflowID(n))
	}
	return ids
}

// visitOne runs workflows at a place.
func (l *load) visitOne(ctx context.Context, at place, ids []string) error {
	r := l.driver.(*raw)
	began := make(map[string]time.Time)
	for _, id := range ids {
		began[id] = time.Now()
		if err := r.startAt(ctx, at, id); err != nil {
			return err
		}
	}
	for len(began) > 0 && ctx.Err() == nil {
		var task answered
		err := l.patiently(ctx, func() (err error) {
			task, err = r.workflowTask(ctx, r.caller(), at)
			return err
		})
		if err != nil {
			return err
		}
		for done := 0; done < task.scheduled; {
			n := 0
			err := l.patiently(ctx, func() (err error) {
				n, err = r.activityTask(ctx, r.caller(), at)
				return err
			})
			if err != nil {
				return err
			}
			done += n
		}
		if since, ok := began[task.workflow]; ok && task.ended {
			delete(began, task.workflow)
			l.finished(since)
		}
	}
	return nil
}

// namespaces are the names of all namespaces.
func (r *raw) namespaces(ctx context.Context) (names []string, err error) {
	request := &workflowservice.ListNamespacesRequest{PageSize: 1000}
	for {
		call, cancel := context.WithTimeout(ctx, callTimeout)
		page, err := r.caller().ListNamespaces(call, request)
		cancel()
		if err != nil {
			return nil, err
		}
		for _, n := range page.GetNamespaces() {
			names = append(names, n.GetNamespaceInfo().GetName())
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return names, nil
		}
	}
}
