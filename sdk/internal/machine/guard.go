package machine

import (
	"fmt"
	"runtime"
)

// Guard is called by everything in workflow code that would change the run. In a deferred function of a run that is being
// closed it ends that function. In code that must only read, and outside of workflow code, it panics.
func (r *Run) Guard(what string) { r.mutating(what) }

func (r *Run) mutating(what string) {
	switch {
	case r.scheduler.Closing():
		runtime.Goexit()
	case r.readOnly != "":
		panic(fmt.Sprintf("%s: not allowed in %s, which must not change the workflow", what, r.readOnly))
	case r.scheduler.Current() == nil && !r.applying:
		panic(fmt.Sprintf("%s: called outside of workflow code", what))
	}
}

// ReadOnly calls f, code of the application that must not change the run.
func (r *Run) ReadOnly(what string, f func()) {
	outer := r.readOnly
	r.readOnly = what
	defer func() { r.readOnly = outer }()
	f()
}
