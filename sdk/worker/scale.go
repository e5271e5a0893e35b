package worker

import (
	"sync"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
)

// Polls of one kind, when the worker's options name no number.
const (
	firstPolls = 5
	mostPolls  = 100
)

// scale is how many polls of one kind there are. Unless the number is fixed it follows the server's advice, and what it leaves unsaid: a task that had to wait
// for a poll while more wait asks for one more, a poll that nothing came for was one too many. The last one stays.
type scale struct {
	fixed bool
	most  int
	start func() // one more poll

	mu  sync.Mutex
	now int
}

// follow takes the advice of a poll's answer, and tells whether that poll is to be the last of its loop.
func (s *scale) follow(advice *taskqueuepb.PollerScalingDecision, found bool) (leave bool) {
	delta := int(advice.GetPollRequestDeltaSuggestion())
	if advice == nil && !found {
		delta = -1
	}
	if s.fixed || delta == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if delta < 0 {
		if s.now == 1 {
			return false
		}
		s.now--
		return true
	}
	for range min(delta, s.most-s.now) {
		s.now++
		s.start()
	}
	return false
}
