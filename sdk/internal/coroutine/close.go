package coroutine

import "time"

// Close ends every coroutine, youngest first, and waits until their deferred functions have run. It waits at most limit for
// each and reports whether all of them ended; zero means no limit. A scheduler that was given up after a deadlock is left to
// its executor, which unwinds it if it ever comes back.
func (s *Scheduler) Close(limit time.Duration) bool {
	if s.execution.Load() == abandoned {
		return false
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.unwind()
	}()
	if limit <= 0 {
		<-done
		return true
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// unwind ends the coroutines one by one. Each is stopped from a goroutine that it may take with it: iter.Pull hands the
// coroutine's Goexit, or a panic of its deferred functions, to whoever stops it.
func (s *Scheduler) unwind() {
	s.closing = true
	for len(s.live) > 0 {
		c := s.live[len(s.live)-1]
		s.live = s.live[:len(s.live)-1]
		s.current = c
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			c.stop()
		}()
		<-ended
	}
	s.current, s.pass, s.next, s.conditions = nil, nil, nil, nil
}
