package peer

import (
	"encoding/binary"
	"errors"
)

// protocol is the number that the first message of a stream shows. It changes when nodes of both kinds could not understand each other.
const protocol = 1

const (
	maxBody  = 16 << 20 // bytes of a message's body
	cutAt    = 1 << 20  // bytes of a frame from which on the next message begins another
	maxVerb  = 255
	overhead = 1 + 2*binary.MaxVarintLen64 + 2*binary.MaxVarintLen32 + maxVerb // most bytes of a message besides its body
	maxFrame = cutAt + maxBody + overhead
)

// kind says what a message is, and which of its fields travel.
type kind byte

const (
	hello   kind = iota + 1 // the first message of a stream: who calls whom
	welcome                 // its answer: who answers
	call                    // wants an answer
	answer                  // what the handler returned
	refusal                 // the error that it returned, see appendFault
	cancel                  // the caller no longer waits
	cast                    // wants none
	ping                    // sent each second by the side that opened the stream
	pong                    // its answer
)

// fields that a message may have, in the order in which they travel.
const (
	hasID   = 1 << iota // uvarint
	hasLeft             // uvarint
	hasVerb             // length as one byte, bytes
	hasBody             // length as uvarint, bytes
)

// layout is the format: a message is its kind as one byte, then its fields; a frame is one message after the other.
var layout = [...]byte{
	hello:   hasBody,
	welcome: hasBody,
	call:    hasID | hasLeft | hasVerb | hasBody,
	answer:  hasID | hasBody,
	refusal: hasID | hasBody,
	cancel:  hasID,
	cast:    hasVerb | hasBody,
	ping:    0,
	pong:    0,
}

// message is one of a frame. Verb and body of a decoded one lie in the frame.
type message struct {
	kind kind
	id   uint64 // of the call on its stream
	left uint64 // microseconds until the call ends
	verb []byte
	body []byte
}

// size is at least the number of bytes that appendMessage appends.
func (m *message) size() int { return overhead - maxVerb + len(m.verb) + len(m.body) }

func appendMessage(b []byte, m *message) []byte {
	b = append(b, byte(m.kind))
	has := layout[m.kind]
	if has&hasID != 0 {
		b = binary.AppendUvarint(b, m.id)
	}
	if has&hasLeft != 0 {
		b = binary.AppendUvarint(b, m.left)
	}
	if has&hasVerb != 0 {
		b = append(b, byte(len(m.verb)))
		b = append(b, m.verb...)
	}
	if has&hasBody != 0 {
		b = binary.AppendUvarint(b, uint64(len(m.body)))
		b = append(b, m.body...)
	}
	return b
}

// errFrame is the answer to bytes that are no frame. The peer is authenticated, so they are a mistake or of another program version.
var errFrame = errors.New("peer: a frame cannot be read")

// cutMessage takes the first message off a frame that is not empty.
func cutMessage(b []byte, m *message) (rest []byte, err error) {
	k := kind(b[0])
	if k == 0 || int(k) >= len(layout) {
		return nil, errFrame
	}
	*m = message{kind: k}
	r := reader{rest: b[1:]}
	has := layout[k]
	if has&hasID != 0 {
		m.id = r.uvarint()
	}
	if has&hasLeft != 0 {
		m.left = r.uvarint()
	}
	if has&hasVerb != 0 {
		m.verb = r.take(uint64(r.byte()))
	}
	if has&hasBody != 0 {
		m.body = r.take(r.uvarint())
	}
	if r.short {
		return nil, errFrame
	}
	return r.rest, nil
}

// reader takes values off bytes; after the first that is not there all are zero.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	v := r.rest[0]
	r.rest = r.rest[1:]
	return v
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	v := r.rest[:n:n]
	r.rest = r.rest[n:]
	return v
}

// bytes takes a length as uvarint and as many bytes.
func (r *reader) bytes() []byte { return r.take(r.uvarint()) }

func (r *reader) fail() { r.rest, r.short = nil, true }
