package signin

import (
	"errors"
	"sync"
	"time"
)

// ErrBusy: so many sign-ins have begun in this second that no more are stored.
var ErrBusy = errors.New("too many people are signing in at once")

// mostBegun is how many sign-ins may begin at one node in a second. Anybody may begin one, and each is a row until AttemptLife is over.
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
