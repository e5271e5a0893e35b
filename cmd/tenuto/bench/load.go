package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// driver is a client of the server, with its worker.
type driver interface {
	// start starts a workflow. Like all calls it repeats while the server asks for patience.
	start(ctx context.Context, id string) error
	// await returns when the workflow has completed; an error when it ended in another way.
	await(ctx context.Context, id string) error
	signal(ctx context.Context, id string) error
	// terminate ends a workflow. One that is closed, or not there, is no error.
	terminate(ctx context.Context, id string) error
	// work begins to poll, until ctx ends. What it has begun is in running.
	work(ctx context.Context, running *sync.WaitGroup) error
}

// load is one run of a scenario at one level.
type load struct {
	scenario
	driver        // nil: a program drives as a whole
	pid       int // the process that the driving costs
	close     func() error
	namespace string
	prefix    string // of workflow ids and task queues: unique, so that no other run is disturbed
	count     int    // units, at most
	duration  time.Duration
	inFlight  int
	pollers   int
	rate      float64 // units offered per second; 0: as many as get done
	idle      time.Duration
	title     string    // in lines of progress
	progress  io.Writer // nil: nobody wants to know

	tally
	ends     ends
	next     atomic.Int64
	over     atomic.Bool             // no unit is taken any more
	fail     context.CancelCauseFunc // ends the load with its first lasting error
	backlog  []<-chan struct{}       // the ends of what fillBacklog started
	reported *programResult          // nil: the tally is right
}

// tally is what a load is counted by.
type tally struct {
	done, retries atomic.Int64
	latencies     latencies // whole times
	waits         latencies // from the moment a task was scheduled to its arrival here
	arrivals      arrivals
}

// newLoad prepares count units of a scenario, and the driver for them.
func newLoad(ctx context.Context, s scenario, c config, driver string, count, inFlight int) (*load, error) {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	l := &load{
		scenario: s, namespace: c.namespace, prefix: "bench-" + hex.EncodeToString(b[:]), count: count, duration: c.duration,
		inFlight: min(inFlight, count), pollers: c.pollers, rate: c.rate, idle: c.idle, pid: os.Getpid(),
	}
	if l.pollers == 0 {
		l.pollers = min(max(2, inFlight), 32)
	}
	if err := l.driveBy(ctx, driver, c); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *load) driveBy(ctx context.Context, name string, c config) error {
	switch name {
	case rawDriver:
		r, err := newRaw(l, c.targets(), c.credential)
		if err != nil {
			return err
		}
		l.driver, l.close = r, r.close
	case sdkDriver:
		d, err := newSDK(ctx, l, c, c.targets())
		if err != nil {
			return err
		}
		l.driver, l.close = d, d.close
	default:
		p, err := newProgram(ctx, name, l, c)
		if err != nil {
			return err
		}
		l.drive, l.unpolled, l.pid, l.close = p.drive, true, p.command.Process.Pid, p.close
	}
	return nil
}

// prepared does what comes before the measurement.
func (l *load) prepared(ctx context.Context) error {
	if l.prepare == nil {
		return nil
	}
	defer l.watch()()
	return l.prepare(ctx, l)
}

// run puts the load on the server and returns the wall time that it took. The first lasting error of any call ends it.
func (l *load) run(ctx context.Context, timeout time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("not done after %v", timeout))
	defer cancel()
	ctx, l.fail = context.WithCancelCause(ctx)
	defer l.fail(nil)
	var worker sync.WaitGroup
	defer worker.Wait()
	working, rest := context.WithCancel(ctx)
	defer rest()
	if l.duration > 0 {
		defer time.AfterFunc(l.duration, func() { l.over.Store(true) }).Stop()
	}
	defer l.watch()()
	began := time.Now()
	if !l.unpolled {
		if err := l.work(working, &worker); err != nil {
			return 0, err
		}
	}
	if err := l.drive(ctx, l); err != nil {
		l.fail(err)
	}
	took := time.Since(began)
	if failure := context.Cause(ctx); failure != nil {
		return took, fmt.Errorf("%d of at most %d %ss done: %w", l.done.Load(), l.count, l.unit, failure)
	}
	return took, nil
}

// take is the number of the next unit, from 1; ok is false when there is none: all are taken, or their time is over.
func (l *load) take() (n int64, ok bool) {
	if l.over.Load() {
		return 0, false
	}
	n = l.next.Add(1)
	return n, n <= int64(l.count)
}

// finished counts a unit that was due at that moment.
func (l *load) finished(due time.Time) {
	l.latencies.add(time.Since(due))
	l.done.Add(1)
}

func (l *load) workflowID(n int64) string { return fmt.Sprintf("%s-%d", l.prefix, n) }

// each calls do for the load's next units, as many at a time as are in flight, until one fails or none is left.
func (l *load) each(ctx context.Context, slots int, do func(ctx context.Context, n int64) error) {
	var busy sync.WaitGroup
	for range slots {
		busy.Go(func() {
			for ctx.Err() == nil {
				n, ok := l.take()
				if !ok {
					return
				}
				if err := do(ctx, n); err != nil {
					l.fail(err)
					return
				}
			}
		})
	}
	busy.Wait()
}

// cleanUp leaves nothing open behind.
func (l *load) cleanUp(ctx context.Context) error {
	if !l.left {
		return nil
	}
	ctx, l.fail = context.WithCancelCause(ctx)
	defer l.fail(nil)
	started := min(l.next.Load(), int64(l.count))
	l.next.Store(0)
	l.count = int(started)
	l.over.Store(false)
	l.each(ctx, max(16, l.inFlight), func(ctx context.Context, n int64) error { return l.terminate(ctx, l.workflowID(n)) })
	return context.Cause(ctx)
}

// patiently repeats a call while the server asks for patience. Each repetition is counted, and shown with the result.
func (t *tally) patiently(ctx context.Context, call func() error) error {
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := call()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch status.Code(err) {
		case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded:
		default:
			return err
		}
		if t.retries.Add(1) > maxRetries {
			return fmt.Errorf("too many retries: %w", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// maxRetries ends a load whose server refuses too much for its figures to mean anything.
const maxRetries = 1000

// ends tells who waits that a workflow has ended.
type ends struct {
	mu sync.Mutex
	of map[string]chan struct{}
}

// expect is called before the workflow is started; the channel is closed at its end.
func (e *ends) expect(id string) <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.of == nil {
		e.of = make(map[string]chan struct{})
	}
	end := make(chan struct{})
	e.of[id] = end
	return end
}

func (e *ends) note(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if end := e.of[id]; end != nil {
		close(end)
		delete(e.of, id)
	}
}
