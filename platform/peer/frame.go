package peer

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// kind tells messages apart.
type kind byte

const (
	hello   kind = iota + 1 // id: from; body: to, as a varint. The first message of a stream
	call                    // verb, body; is answered
	cancel                  // of a call: nobody waits any more
	cast                    // verb, body; is not answered
	answer                  // of a call: body
	failure                 // of a call: body is an encoded error
)

// message is what travels.
type message struct {
	kind kind
	id   uint64
	left time.Duration // until the call's deadline; 0: none
	verb string
	body []byte
}

// Bounds of what travels.
const (
	maxBody  = 16 << 20 // of one message
	maxFrame = 1 << 20  // a frame ends with the message that reaches it
	maxVerb  = 64
)

var errFrame = errors.New("peer: a frame cannot be read")

// appendMessage encodes one message.
func appendMessage(b []byte, m *message) []byte {
	b = append(b, byte(m.kind))
	b = binary.AppendUvarint(b, m.id)
	b = binary.AppendUvarint(b, uint64(m.left.Milliseconds()))
	b = binary.AppendUvarint(b, uint64(len(m.verb)))
	b = append(b, m.verb...)
	b = binary.AppendUvarint(b, uint64(len(m.body)))
	return append(b, m.body...)
}

// next decodes the first message of a frame and returns the rest. The body shares the frame's memory.
func next(b []byte) (m message, rest []byte, err error) {
	if len(b) == 0 || kind(b[0]) < hello || kind(b[0]) > failure {
		return m, nil, errFrame
	}
	m.kind, b = kind(b[0]), b[1:]
	var left, length uint64
	if m.id, b, err = number(b); err != nil {
		return m, nil, err
	}
	if left, b, err = number(b); err != nil {
		return m, nil, err
	}
	m.left = time.Duration(min(left, uint64(time.Hour/time.Millisecond))) * time.Millisecond
	if length, b, err = number(b); err != nil || length > maxVerb || length > uint64(len(b)) {
		return m, nil, errFrame
	}
	m.verb, b = string(b[:length]), b[length:]
	if length, b, err = number(b); err != nil || length > maxBody || length > uint64(len(b)) {
		return m, nil, errFrame
	}
	m.body = b[:length:length]
	return m, b[length:], nil
}

func number(b []byte) (uint64, []byte, error) {
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, nil, errFrame
	}
	return n, b[size:], nil
}

// frame passes through gRPC as it is.
type frame struct{ bytes []byte }

// tooLarge refuses a body that no frame could hold.
func tooLarge(body []byte) error {
	if len(body) <= maxBody {
		return nil
	}
	return orchestration.Errorf(orchestration.ResourceExhausted, "a message of %d bytes is too large for the way between two servers (at most %d)", len(body), maxBody)
}
