package history

import "time"

// Delete has the run leave, for good and with all that is known of it: an open run is terminated first. The owner removes it once it is Gone, which a closed
// run without effects under way is at once. A repeated Delete changes nothing.
func (r *Run) Delete(in Terminate, now time.Time) Transition {
	if r.Header.Leaving {
		return Transition{}
	}
	s := r.begin(now)
	if r.Header.running() {
		s.terminate(in)
	}
	r.Header.Leaving, s.out.Changed = true, true
	return s.finish()
}

// Gone tells whether the run is to be removed now: its deletion was asked for, and nothing is left that it has to do.
func (r *Run) Gone() bool { return r.Header.Leaving && r.Wake().IsZero() }
