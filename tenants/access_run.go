package tenants

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Run reads the log of changes until ctx ends, and writes now and then when keys were used. It returns nil.
func (a *Access) Run(ctx context.Context) error {
	poll, write := time.NewTicker(PollEvery), time.NewTicker(writeUses)
	defer poll.Stop()
	defer write.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
			defer cancel()
			a.writeUses(last)
			return nil
		case <-poll.C:
			if a.mustLook() {
				a.look(ctx)
			}
		case <-write.C:
			a.writeUses(ctx)
		}
	}
}

// mustLook tells whether a change could do anything here, or whether nobody has looked for RestEvery.
func (a *Access) mustLook() bool {
	now := a.now()
	a.mu.RLock()
	remembers := len(a.keys) > 0 || len(a.proofs) > 0
	a.mu.RUnlock()
	if remembers || now.Sub(time.Unix(0, a.asked.Load())) < WaitsFor {
		return true
	}
	a.catching.Lock()
	defer a.catching.Unlock()
	return now.Sub(a.caught) >= RestEvery
}

// lookTime is how long one look at the log may take: a database that hangs must not keep what is remembered alive.
const lookTime = 2 * time.Second

// look catches up, and forgets everything when that has failed for too long.
func (a *Access) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err := a.CatchUp(ctx)
	if err == nil {
		return
	}
	a.catching.Lock()
	stale := a.now().Sub(a.caught) >= StaleAfter
	a.catching.Unlock()
	if stale {
		a.forget(nil, true)
		a.log.Warn("changes of permissions cannot be read; credentials are looked up again for each call", "error", err)
	}
}

// CatchUp forgets what has changed since the last look. It is called when another node says that something has.
func (a *Access) CatchUp(ctx context.Context) error {
	a.catching.Lock()
	defer a.catching.Unlock()
	changed, version, whole, err := a.Changes(ctx, a.version)
	if err != nil {
		return fmt.Errorf("read changes of permissions: %w", err)
	}
	a.version, a.caught = version, a.now()
	if len(changed) > 0 || whole {
		a.forget(changed, whole)
		a.told(changed, whole)
	}
	return nil
}

// forget drops what depends on tenants, or everything, and ends the epoch. It costs what it drops, however much else is remembered.
func (a *Access) forget(changed []TenantID, whole bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.round++
	if whole || slices.Contains(changed, InstallationTenant) {
		for home := range a.homes {
			a.forgetKeys(home)
		}
	}
	for _, t := range changed {
		a.forgetKeys(t)
	}
	clear(a.proofs) // what a token's groups are mapped to, and who knows a certificate's authority, can be anywhere
	a.next()
	a.epoch, a.next = context.WithCancel(context.Background())
}

// forgetKeys drops the keys of a tenant: nothing else can change what they do. a.mu is held.
func (a *Access) forgetKeys(home TenantID) {
	for _, id := range a.homes[home] {
		a.spill(id, a.keys[id])
		delete(a.keys, id)
	}
	delete(a.homes, home)
}
