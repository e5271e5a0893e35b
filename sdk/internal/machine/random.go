package machine

import (
	"crypto/sha256"
	"math/rand/v2"
)

// seed starts the random stream of a run id. A reset gives a run a new id in the middle of its history, and with it a new
// stream from there on, so that the code after the reset does not repeat ids of the run it was cut from.
func (r *Run) seed(runID string) {
	r.seededBy = runID
	r.random = rand.NewChaCha8(sha256.Sum256([]byte(runID)))
}
