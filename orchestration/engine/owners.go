package engine

import (
	"sync"

	"github.com/tenuto-io/tenuto/orchestration"
)

// perOwner has do ask about many runs: those of one place together, those of several side by side, and those that have moved meanwhile again. do is given where
// they are served, the runs, and where they stand among all; it leaves in errs what became of each. A run that goes on moving has Unavailable.
func (e *Engine) perOwner(runs []orchestration.RunKey, errs []error, do func(at place, keys []orchestration.RunKey, part []int)) {
	left := make([]int, len(runs))
	for i := range left {
		left[i] = i
	}
	for tries := 0; len(left) > 0 && tries <= redirects; tries++ {
		e.oncePerOwner(runs, left, do)
		moved := left[:0]
		for _, i := range left {
			if orchestration.CodeOf(errs[i]) == orchestration.Moved {
				moved = append(moved, i)
			}
		}
		left = moved
	}
	for _, i := range left {
		errs[i] = orchestration.Errorf(orchestration.Unavailable, "The workflow is changing servers; try again.")
	}
}

// oncePerOwner asks about those of the runs that are left.
func (e *Engine) oncePerOwner(runs []orchestration.RunKey, left []int, do func(at place, keys []orchestration.RunKey, part []int)) {
	parts := make(map[place][]int)
	for _, i := range left {
		at := e.placeOf(runs[i].Shard())
		parts[at] = append(parts[at], i)
	}
	var wg sync.WaitGroup
	for at, part := range parts {
		wg.Go(func() {
			keys := make([]orchestration.RunKey, len(part))
			for j, i := range part {
				keys[j] = runs[i]
			}
			do(at, keys, part)
		})
	}
	wg.Wait()
}
