package trace

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/tenuto-io/tenuto/orchestration"
)

// part tells the spans apart that one event opens.
type part byte

const (
	whole   part = iota // the span of the step itself
	waiting             // its wait for a worker
	working             // its last attempt
)

// spanID is the id of a span: the beginning of a hash of what it is about. The span of a run is that of event 0.
func spanID(run orchestration.RunID, event orchestration.EventID, p part) [8]byte {
	var text [16 + 8 + 1]byte
	copy(text[:], run[:])
	binary.BigEndian.PutUint64(text[16:], uint64(event))
	text[24] = byte(p)
	sum := sha256.Sum256(text[:])
	id := [8]byte(sum[:8])
	if id == [8]byte{} {
		id[7] = 1 // zero is no id
	}
	return id
}
