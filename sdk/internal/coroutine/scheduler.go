package coroutine

import (
	"slices"
	"strconv"
	"sync/atomic"
	"time"
)

// Scheduler owns the coroutines of one workflow run. Its methods are called by one goroutine at a time: the one inside
// [Scheduler.Execute], or the owner of the run between two calls of it.
type Scheduler struct {
	// live are the coroutines that have not ended, oldest first.
	live queue
	// pass and next are the coroutines to visit in this pass and in the following one.
	pass, next queue
	// conditions are the coroutines parked in ParkUntil.
	conditions queue
	spawned    int
	// current runs right now; nil outside coroutines.
	current *Coroutine
	// visited is the order of the coroutine that this pass has come to; zero between passes.
	visited int
	// eager counts the coroutines that were spawned ahead since the current one began its turn, or since the last pass.
	eager int
	// progressed: something other than a condition that still does not hold ran in this pass.
	progressed bool
	// failure ends the run of the scheduler.
	failure error
	closing bool
	// execution tells who is responsible for the coroutines, see Execute.
	execution atomic.Int32

	watch watch
}

// New returns a scheduler without coroutines.
func New() *Scheduler { return &Scheduler{watch: watch{origin: time.Now()}} }

// Current returns the running coroutine, nil if the caller is not inside one.
func (s *Scheduler) Current() *Coroutine { return s.current }

// Len returns the number of coroutines that have not ended.
func (s *Scheduler) Len() int { return len(s.live) }

// Closing reports whether [Scheduler.Close] has begun: what runs now are deferred functions.
func (s *Scheduler) Closing() bool { return s.closing }

// Spawn adds a coroutine, which first runs in this pass, after its elders, or in the next Run. An empty name is replaced by the
// coroutine's number.
func (s *Scheduler) Spawn(name string, body func()) *Coroutine {
	s.spawned++
	if name == "" {
		name = strconv.Itoa(s.spawned)
	}
	c := &Coroutine{scheduler: s, order: s.last() + 1, name: name}
	c.start(body)
	s.live = append(s.live, c)
	s.Wake(c)
	return c
}

// SpawnAhead is Spawn for a coroutine that runs before others: right after the running one, or, from outside, before all that exist. Those
// spawned at the same place run in the order of their making.
func (s *Scheduler) SpawnAhead(name string, body func()) *Coroutine {
	at := s.eager
	if s.current != nil {
		at += 1 + slices.Index(s.live, s.current)
	}
	s.eager++
	s.spawned++
	c := &Coroutine{scheduler: s, name: name}
	c.start(body)
	s.live = slices.Insert(s.live, at, c)
	for i, other := range s.live {
		other.order = i + 1 // the queues stay sorted
	}
	if s.current != nil {
		s.visited = s.current.order
	}
	s.Wake(c)
	return c
}

// last returns the highest order.
func (s *Scheduler) last() int {
	if len(s.live) == 0 {
		return s.visited
	}
	return max(s.live[len(s.live)-1].order, s.visited)
}

// Wake makes a parked coroutine run again. Waking twice before it runs is once.
func (s *Scheduler) Wake(c *Coroutine) {
	if c.queued {
		return
	}
	c.queued = true
	if c.order > s.visited && s.visited > 0 {
		s.pass.add(c)
	} else {
		s.next.add(c)
	}
}

// Park stops the running coroutine until it is woken. The reason is shown in stack queries. It panics outside of a coroutine.
func (s *Scheduler) Park(reason string) {
	if s.current == nil {
		panic("workflow code may block only inside the workflow function and what it starts with workflow.Go")
	}
	s.current.park(reason)
}

// Yield lets the other coroutines run before the running one goes on, in the next pass.
func (s *Scheduler) Yield(reason string) {
	if s.current != nil {
		s.Wake(s.current)
	}
	s.Park(reason)
}

// ParkUntil stops the running coroutine until ready, called once per pass, returns true. If it is true at once, the coroutine
// goes on without a stop.
func (s *Scheduler) ParkUntil(reason string, ready func() bool) {
	if ready() {
		return
	}
	c := s.current
	if c == nil {
		s.Park(reason)
	}
	c.condition = true
	s.conditions.add(c)
	for {
		c.park(reason)
		if ready() {
			break
		}
	}
	c.condition = false
	s.conditions.remove(c)
	s.progressed = true
}

// Halt makes the current Run return err and stops the calling coroutine for good, without unwinding it.
func (s *Scheduler) Halt(err error) {
	if s.failure == nil {
		s.failure = err
	}
	for s.current != nil {
		s.current.park("halted")
	}
}

// Run resumes coroutines, pass by pass, until none can move. It returns the error of a panic or of Halt, after which the
// scheduler can only be closed. Call it inside [Scheduler.Execute].
func (s *Scheduler) Run() error {
	for s.failure == nil && s.execution.Load() != abandoned {
		s.pass, s.next = s.next, s.pass[:0]
		for _, c := range s.conditions {
			if !c.queued {
				c.queued = true
				s.pass.add(c)
			}
		}
		if len(s.pass) == 0 {
			return nil
		}
		s.progressed, s.eager = false, 0
		s.runPass()
		if !s.progressed && len(s.next) == 0 {
			break
		}
	}
	return s.failure
}

func (s *Scheduler) runPass() {
	defer func() { s.visited, s.current, s.eager = 0, nil, 0 }()
	for len(s.pass) > 0 && s.failure == nil && s.execution.Load() != abandoned {
		c := s.pass.pop()
		c.queued = false
		if !c.condition {
			s.progressed = true
		}
		s.visited, s.current, s.eager = c.order, c, 0
		s.watch.begin(c.goroutine)
		if _, alive := c.resume(); !alive {
			s.live.remove(c)
		}
	}
}
