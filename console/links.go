package console

import (
	"sync"
	"time"
)

// LinkLifetime is how long a printed sign-in link can be redeemed.
const LinkLifetime = 30 * time.Minute

// linkPause is the least time between two links asked for from the browser, so that nobody can flood the terminal.
const linkPause = 5 * time.Second

// links holds the sign-in tokens that were printed and not yet redeemed.
type links struct {
	now func() time.Time

	mu       sync.Mutex
	expiry   map[digest]time.Time
	lastAsk  time.Time
	everAsks bool
}

func newLinks(now func() time.Time) *links {
	return &links{now: now, expiry: make(map[digest]time.Time)}
}

// issue makes a new token. Tokens issued before stay valid until they expire: a stranger who asks for links must not void the owner's.
func (l *links) issue() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.issueLocked()
}

// ask is issue at a limited rate; ok is false within linkPause of the last one.
func (l *links) ask() (token string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.everAsks && now.Sub(l.lastAsk) < linkPause {
		return "", false
	}
	l.lastAsk, l.everAsks = now, true
	return l.issueLocked(), true
}

func (l *links) issueLocked() string {
	now := l.now()
	for d, at := range l.expiry {
		if !now.Before(at) {
			delete(l.expiry, d)
		}
	}
	token, d := newSecret()
	l.expiry[d] = now.Add(LinkLifetime)
	return token
}

// redeem consumes a token: true once per issued token, within its lifetime.
func (l *links) redeem(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := digestOf(token)
	at, ok := l.expiry[d]
	delete(l.expiry, d)
	return ok && l.now().Before(at)
}

// live tells whether redeem would succeed, and changes nothing.
func (l *links) live(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.expiry[digestOf(token)]
	return ok && l.now().Before(at)
}
