package bench

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// watch writes a line of progress every two seconds until stop is called: how much is done, and how fast it went since the last line.
func (l *load) watch() (stop func()) {
	if l.progress == nil || l.once {
		return func() {}
	}
	const every = 2 * time.Second
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		last := l.done.Load()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				done := l.done.Load()
				_, _ = fmt.Fprintf(l.progress, "%s: %d of at most %d, %.0f/s\n", l.title, done, l.count, float64(done-last)/every.Seconds())
				last = done
			}
		}
	})
	return func() {
		cancel()
		watching.Wait()
	}
}
