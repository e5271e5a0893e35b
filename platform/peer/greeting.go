package peer

import (
	"encoding/binary"

	"github.com/tenuto-io/tenuto/orchestration"
)

// identity tells processes apart, also those that have no node id yet. It is random, and no secret.
type identity [16]byte

// greeting is the body of hello: who opens the stream, and whom it takes the other for. To is 0 when that is the question.
type greeting struct {
	from, to orchestration.NodeID
}

func (g greeting) encode() []byte {
	b := binary.AppendUvarint(nil, protocol)
	b = binary.AppendUvarint(b, uint64(uint32(g.from)))
	return binary.AppendUvarint(b, uint64(uint32(g.to)))
}

// decodeGreeting also returns the number of the protocol; of another one the greeting is not read.
func decodeGreeting(b []byte) (g greeting, number uint64, err error) {
	r := reader{rest: b}
	if number = r.uvarint(); number != protocol && !r.short {
		return greeting{}, number, nil
	}
	g = greeting{from: r.node(), to: r.node()}
	if r.short {
		return greeting{}, 0, errFrame
	}
	return g, number, nil
}

// reply is the body of welcome.
type reply struct {
	node     orchestration.NodeID // 0: it has no id yet
	identity identity
}

func (r reply) encode() []byte {
	return append(binary.AppendUvarint(nil, uint64(uint32(r.node))), r.identity[:]...)
}

func decodeReply(b []byte) (reply, error) {
	r := reader{rest: b}
	a := reply{node: r.node()}
	copy(a.identity[:], r.take(uint64(len(a.identity))))
	if r.short {
		return reply{}, errFrame
	}
	return a, nil
}

func (r *reader) node() orchestration.NodeID {
	v := r.uvarint()
	if v > 1<<31-1 {
		r.fail()
		return 0
	}
	return orchestration.NodeID(v)
}
