package history

import "github.com/tenuto-io/tenuto/orchestration"

// timer is the item of a user timer.
type timer struct {
	StartedEventID orchestration.EventID `cbor:"1,keyasint"`
	ID             string                `cbor:"2,keyasint"`
	FireAt         instant               `cbor:"3,keyasint"`
	Fired          bool                  `cbor:"4,keyasint,omitempty"` // live: its TimerFired is buffered. Invariant: such an event is
}

// requestID is the item of a remembered request id; the id is the item's.
type requestID struct {
	Seq    int64 `cbor:"1,keyasint"`           // order of arrival
	Effect bool  `cbor:"2,keyasint,omitempty"` // of another run's effect, which may be repeated also when this run has closed
}
