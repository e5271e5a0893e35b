package audit

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// Bounds of a Keeper's work.
const (
	keepEvery = 10 * time.Minute
	trimStep  = 1_000                  // records of one transaction
	trimPause = 100 * time.Millisecond // between two
	chainPage = 100
)

// Keeper removes records whose retention is over, from every chain, in small steps. Each node has one: they do each other's work, never twice.
type Keeper struct {
	Journal   Journal
	Retention time.Duration // of tenants without one of their own, and of the installation; 0: records stay for ever
	// Own is a tenant's own retention; 0: it has none. nil: none has.
	Own    func(context.Context, tenants.TenantID) (time.Duration, error)
	Logger *slog.Logger
}

// Run keeps until ctx ends, and returns nil.
func (k Keeper) Run(ctx context.Context) error {
	for pause(ctx, keepEvery) {
		if err := k.Trim(ctx, time.Now()); err != nil && ctx.Err() == nil {
			k.Logger.Warn("old audit records cannot be removed; trying again later", "error", err)
		}
	}
	return nil
}

// Trim removes all records whose retention is over at a time, and that have only such before them.
func (k Keeper) Trim(ctx context.Context, now time.Time) error {
	var from tenants.TenantID
	for {
		chains, err := k.Journal.Chains(ctx, from, chainPage)
		if err != nil {
			return err
		}
		for _, c := range chains {
			if err := k.trimChain(ctx, c.Tenant, now); err != nil {
				return err
			}
		}
		if len(chains) < chainPage {
			return nil
		}
		if from = after(chains[len(chains)-1].Tenant); from == (tenants.TenantID{}) {
			return nil // it was the last that can be
		}
	}
}

func (k Keeper) trimChain(ctx context.Context, t tenants.TenantID, now time.Time) error {
	retention, err := k.retentionOf(ctx, t)
	if err != nil || retention <= 0 {
		return err
	}
	for {
		removed, err := k.Journal.Trim(ctx, t, now.Add(-retention), trimStep)
		if err != nil || removed < trimStep {
			return err
		}
		if !pause(ctx, trimPause) {
			return ctx.Err()
		}
	}
}

// retentionOf is how long a tenant's records stay; 0: for ever.
func (k Keeper) retentionOf(ctx context.Context, t tenants.TenantID) (time.Duration, error) {
	if k.Own != nil && t != tenants.InstallationTenant {
		own, err := k.Own(ctx, t)
		if err != nil {
			return 0, fmt.Errorf("read the audit retention of tenant %s: %w", t, err)
		}
		if own > 0 {
			return own, nil
		}
	}
	return k.Retention, nil
}

// after is the id that follows; zero follows the last.
func after(t tenants.TenantID) tenants.TenantID {
	for i := len(t) - 1; i >= 0; i-- {
		if t[i]++; t[i] != 0 {
			break
		}
	}
	return t
}

// pause waits; false: ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
