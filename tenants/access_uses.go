package tenants

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

const (
	noteEvery = 10 * time.Second // a key that is always in use is noted this often
	writeUses = 30 * time.Second // how often notes are written
	lastWrite = 2 * time.Second  // for the last ones, when the process ends
)

// uses is the last use of a key that is not written yet. Calls only look at a clock; one in noteEvery notes.
type uses struct {
	noted atomic.Int64 // Unix nanoseconds
	last  atomic.Pointer[use]
}

type use struct {
	at   time.Time
	from string
}

func (u *uses) note(now time.Time, from net.Addr) {
	was := u.noted.Load()
	if now.UnixNano()-was < int64(noteEvery) || from == nil || !u.noted.CompareAndSwap(was, now.UnixNano()) {
		return
	}
	u.last.Store(&use{at: now, from: hostOf(from)})
}

// hostOf is the address without its port, which tells nothing of who it was.
func hostOf(a net.Addr) string {
	if host, _, err := net.SplitHostPort(a.String()); err == nil {
		return host
	}
	return a.String()
}

// spill keeps the unwritten use of a key that is forgotten. a.mu is held.
func (a *Access) spill(id KeyID, k *knownKey) {
	if u := k.uses.last.Swap(nil); u != nil {
		a.spilled = append(a.spilled, KeyUse{ID: id, At: u.at, Address: u.from})
	}
}

// writeUses writes the uses that were noted. What cannot be written is lost: the next use comes soon.
func (a *Access) writeUses(ctx context.Context) {
	a.mu.Lock()
	all := a.spilled
	a.spilled = nil
	for id, k := range a.keys {
		if u := k.uses.last.Swap(nil); u != nil {
			all = append(all, KeyUse{ID: id, At: u.at, Address: u.from})
		}
	}
	a.mu.Unlock()
	if len(all) == 0 {
		return
	}
	if err := a.NoteUses(ctx, all); err != nil {
		a.log.Warn("cannot write when API keys were last used", "error", err)
	}
}
