package signin

import (
	"errors"
	"sync"
	"time"
)

// ErrBusy is what a sign-in or logout meets when so many have begun in this second that no more are looked at.
var ErrBusy = errors.New("too many people are signing in or out at once")

// mostBegun is how many sign-ins may begin at one node in a second, and how many logouts be told. Anybody may begin a sign-in, and each is a row until
// AttemptLife is over; anybody may send what looks like a logout, and each that is signed by no known key has the provider asked for its keys.
const mostBegun = 50

// pace counts what has begun in the present second.
type pace struct {
	mu     sync.Mutex
	second int64
	begun  int
}

// begin tells whether one more may begin.
func (p *pace) begin(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := now.Unix(); s != p.second {
		p.second, p.begun = s, 0
	}
	p.begun++
	return p.begun <= mostBegun
}
