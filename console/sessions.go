package console

import (
	"sync"
	"time"
)

// Lifetimes of a session.
const (
	SessionIdle     = 2 * time.Hour  // without a request
	SessionAbsolute = 24 * time.Hour // from sign-in
)

// maxSessions bounds the memory that sessions take; the one used least recently makes room.
const maxSessions = 64

// sessions holds who is signed in. It is memory only: a restart signs everybody out.
type sessions struct {
	now func() time.Time

	mu    sync.Mutex
	open  map[digest]*session
	ended chan struct{} // closed with the next session that is ended
}

type session struct {
	began, seen time.Time
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, open: make(map[digest]*session), ended: make(chan struct{})}
}

// begin opens a session and returns its id, the secret that goes into the cookie.
func (s *sessions) begin() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.makeRoom(now)
	id, d := newSecret()
	s.open[d] = &session{began: now, seen: now}
	return id
}

// touch tells whether the id is of an open session, and counts as its use.
func (s *sessions) touch(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, now := digestOf(id), s.now()
	found, ok := s.open[d]
	if !ok {
		return false
	}
	if found.over(now) {
		delete(s.open, d)
		return false
	}
	found.seen = now
	return true
}

// end closes the session, if there is one.
func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, digestOf(id))
	close(s.ended)
	s.ended = make(chan struct{})
}

// nextEnd is closed when the next session is ended by its owner.
func (s *sessions) nextEnd() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

func (s *session) over(now time.Time) bool {
	return now.Sub(s.seen) >= SessionIdle || now.Sub(s.began) >= SessionAbsolute
}

// makeRoom drops what is over, and past maxSessions the one used least recently.
func (s *sessions) makeRoom(now time.Time) {
	var oldest digest
	var oldestSeen time.Time
	for d, each := range s.open {
		if each.over(now) {
			delete(s.open, d)
			continue
		}
		if oldestSeen.IsZero() || each.seen.Before(oldestSeen) {
			oldest, oldestSeen = d, each.seen
		}
	}
	if len(s.open) >= maxSessions {
		delete(s.open, oldest)
	}
}
