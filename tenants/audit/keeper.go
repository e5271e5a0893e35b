package audit

import (
	"context"
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
	Retention time.Duration // 0: records stay for ever
	Logger    *slog.Logger
}

// Run keeps until ctx ends, and returns nil.
func (k Keeper) Run(ctx context.Context) error {
	if k.Retention <= 0 {
		<-ctx.Done()
		return nil
	}
	for pause(ctx, keepEvery) {
		if err := k.Trim(ctx, time.Now().Add(-k.Retention)); err != nil && ctx.Err() == nil {
			k.Logger.Warn("old audit records cannot be removed; trying again later", "error", err)
		}
	}
	return nil
}

// Trim removes all records that are from before a time and have only such before them.
func (k Keeper) Trim(ctx context.Context, before time.Time) error {
	var from tenants.TenantID
	for {
		chains, err := k.Journal.Chains(ctx, from, chainPage)
		if err != nil {
			return err
		}
		for _, c := range chains {
			if err := k.trimChain(ctx, c.Tenant, before); err != nil {
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

func (k Keeper) trimChain(ctx context.Context, t tenants.TenantID, before time.Time) error {
	for {
		removed, err := k.Journal.Trim(ctx, t, before, trimStep)
		if err != nil || removed < trimStep {
			return err
		}
		if !pause(ctx, trimPause) {
			return ctx.Err()
		}
	}
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
