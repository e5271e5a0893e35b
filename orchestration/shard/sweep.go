package shard

import "time"

// The pace of the sweep: what is left of long runs that were deleted goes in small steps, so that no commit waits for it.
const (
	sweepEvery = 30 * time.Second
	sweepRows  = 500                   // of a step
	sweepPause = 20 * time.Millisecond // between two steps
)

// sweepLoop removes what deleted runs have left behind, those of other owners too: whoever comes first does it.
func (o *Owner) sweepLoop() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-o.ctx.Done():
			return
		}
		more, err := o.store.Sweep(o.ctx, sweepRows)
		switch {
		case err != nil && o.ctx.Err() == nil:
			o.log.Warn("what deleted runs have left behind stays for now", "error", err)
			pause.Reset(sweepEvery)
		case more:
			pause.Reset(sweepPause)
		default:
			pause.Reset(sweepEvery)
		}
	}
}
