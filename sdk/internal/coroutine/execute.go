package coroutine

import (
	"bytes"
	"runtime"
	"sync"
	"time"
)

// States of Scheduler.execution. The executor and the watching goroutine race for running → finished or abandoned; an executor
// that loses unwinds the coroutines when it comes back, since nobody else may touch them any more.
const (
	running int32 = iota + 1
	finished
	abandoned
)

// Execute calls work, which may call [Scheduler.Run], on a goroutine of its own and waits for it. It returns work's error, a
// [PanicError] if it panicked, or a [DeadlockError] if work, or a single turn of one coroutine, takes limit or longer. A limit
// of zero or less means no limit. After a DeadlockError the scheduler must not be used again, except to Close it.
func (s *Scheduler) Execute(limit time.Duration, work func() error) error {
	s.execution.Store(running)
	done := make(chan error, 1)
	go s.executor(work, done)
	if limit <= 0 {
		return <-done
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-timer.C:
			elapsed, goroutine := s.watch.turn()
			if elapsed < limit {
				timer.Reset(limit - elapsed)
				continue
			}
			if !s.execution.CompareAndSwap(running, abandoned) {
				return <-done
			}
			return &DeadlockError{Limit: limit, StackTrace: stackOf(goroutine)}
		}
	}
}

// executor calls work and reports how it ended, whichever way it did.
func (s *Scheduler) executor(work func() error, done chan<- error) {
	s.watch.begin(goroutineName())
	err := errGoexit
	defer func() {
		if recovered := recover(); recovered != nil {
			err = newPanicError(recovered)
		} else if s.failure != nil {
			err = s.failure
		}
		if !s.execution.CompareAndSwap(running, finished) {
			s.unwind()
		}
		done <- err
	}()
	err = work()
}

// watch notes when the current turn began and on which goroutine. The executor writes it, the watching goroutine reads it.
type watch struct {
	origin time.Time

	mu        sync.Mutex
	began     time.Duration
	goroutine string
}

// begin starts a turn. A coroutine that never ran has no goroutine yet; it names itself when it starts.
func (w *watch) begin(goroutine string) {
	w.mu.Lock()
	w.began, w.goroutine = time.Since(w.origin), goroutine
	w.mu.Unlock()
}

func (w *watch) name(goroutine string) {
	w.mu.Lock()
	w.goroutine = goroutine
	w.mu.Unlock()
}

func (w *watch) turn() (elapsed time.Duration, goroutine string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Since(w.origin) - w.began, w.goroutine
}

// goroutineName returns the current goroutine's name in a dump, "goroutine 42 ". It costs under two microseconds, once per coroutine.
func goroutineName() string {
	var buffer [64]byte
	line := buffer[:runtime.Stack(buffer[:], false)]
	if end := bytes.IndexByte(line, '['); end > 0 {
		return string(line[:end])
	}
	return ""
}

// stackOf finds one goroutine in a dump of all of them.
func stackOf(goroutine string) string {
	dump := make([]byte, 1<<16)
	for {
		n := runtime.Stack(dump, true)
		if n < len(dump) {
			dump = dump[:n]
			break
		}
		dump = make([]byte, 2*len(dump))
	}
	for block := range bytes.SplitSeq(dump, []byte("\n\n")) {
		if bytes.HasPrefix(block, []byte(goroutine)) {
			return string(block)
		}
	}
	return ""
}
