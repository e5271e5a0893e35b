package console

import (
	"testing"
	"time"
)

func TestSessionEndsWhenIdle(t *testing.T) {
	c := &clock{now: noon}
	s := newSessions(c.read)
	id := s.begin()
	c.advance(SessionIdle - time.Second)
	if !s.touch(id) {
		t.Fatal("ended before its idle time")
	}
	c.advance(SessionIdle - time.Second) // the use above counts
	if !s.touch(id) {
		t.Fatal("its use did not count")
	}
	c.advance(SessionIdle)
	if s.touch(id) {
		t.Fatal("idle, but open")
	}
	if len(s.open) != 0 {
		t.Fatal("an ended session is kept")
	}
}

func TestSessionEndsAfterADay(t *testing.T) {
	c := &clock{now: noon}
	s := newSessions(c.read)
	id := s.begin()
	for c.now.Before(noon.Add(SessionAbsolute - time.Hour)) {
		c.advance(time.Hour)
		if !s.touch(id) {
			t.Fatalf("ended at %v", c.now.Sub(noon))
		}
	}
	c.advance(time.Hour)
	if s.touch(id) {
		t.Fatal("open past its absolute lifetime")
	}
}

func TestSessionsAreBounded(t *testing.T) {
	c := &clock{now: noon}
	s := newSessions(c.read)
	ids := make([]string, maxSessions)
	for i := range ids {
		c.advance(time.Millisecond)
		ids[i] = s.begin()
	}
	c.advance(time.Second)
	s.touch(ids[0])
	s.begin()
	if len(s.open) != maxSessions {
		t.Fatalf("%d sessions", len(s.open))
	}
	if !s.touch(ids[0]) {
		t.Error("the one used last made room")
	}
	if s.touch(ids[1]) {
		t.Error("the one used least recently did not make room")
	}
}

func TestSessionsThatAreOverMakeRoomFirst(t *testing.T) {
	c := &clock{now: noon}
	s := newSessions(c.read)
	for range maxSessions {
		s.begin()
	}
	c.advance(SessionIdle)
	id := s.begin()
	if len(s.open) != 1 || !s.touch(id) {
		t.Fatalf("%d sessions", len(s.open))
	}
}

func TestUnknownSession(t *testing.T) {
	s := newSessions((&clock{now: noon}).read)
	s.end("never was")
	if s.touch("") || s.touch("never was") {
		t.Fatal("a session out of nothing")
	}
}

func TestExpiredLinksAreForgotten(t *testing.T) {
	c := &clock{now: noon}
	l := newLinks(c.read)
	for range 10 {
		l.issue()
	}
	c.advance(LinkLifetime)
	token := l.issue()
	if len(l.expiry) != 1 || !l.live(token) || !l.redeem(token) || l.redeem(token) {
		t.Fatalf("%d links kept", len(l.expiry))
	}
}
