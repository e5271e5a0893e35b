package peer

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	// answersWaiting is how many bytes of answers may wait before no more calls are read: the caller then finds its own queue full.
	answersWaiting = 64 << 20
	// answersLost is how many may wait at all. A caller that has so many answers coming and takes none is cut off.
	answersLost = 256 << 20
)

// caller is another node as far as it asks this one for something, over all its streams: one may begin while the last is still ending.
type caller struct {
	node    orchestration.NodeID
	atWork  atomic.Int32 // calls
	streams int          // guarded by Peers.mu
	lane    lane
}

// incoming is one stream from a node.
type incoming struct {
	peers  *Peers
	caller *caller
	outbox *outbox
	conn   *watched
	ctx    context.Context // of the handlers
	end    context.CancelFunc

	mu      sync.Mutex
	running map[uint64]context.CancelFunc
}

// handle does what a message from the other node asks for.
func (in *incoming) handle(m *message) error {
	switch m.kind {
	case call:
		in.begin(m)
	case cancel:
		in.cancel(m.id)
	case cast:
		in.caller.lane.put(in.peers, in.caller.node, m)
	case ping:
		in.outbox.put(&message{kind: pong}, answersLost)
	default:
		return errFrame
	}
	return nil
}

// begin has a call's handler work, unless there are too many.
func (in *incoming) begin(m *message) {
	p := in.peers
	f, known := (*p.verbs.Load())[string(m.verb)]
	if !known {
		in.refuse(m.id, orchestration.Errorf(orchestration.Unimplemented, "node %d does not know how to answer %q", p.self.Load().id, m.verb))
		return
	}
	if int(in.caller.atWork.Add(1)) > p.config.Handlers {
		in.caller.atWork.Add(-1)
		in.refuse(m.id, overloaded(p.self.Load().id))
		return
	}
	if !p.crew.enter() {
		in.caller.atWork.Add(-1)
		in.refuse(m.id, orchestration.Errorf(orchestration.Unavailable, "node %d is stopping", p.self.Load().id))
		return
	}
	left := time.Duration(min(m.left, uint64(longestCall/time.Microsecond))) * time.Microsecond
	ctx, end := context.WithTimeout(in.ctx, left)
	in.mu.Lock()
	in.running[m.id] = end
	in.mu.Unlock()
	go in.work(ctx, f, m.id, bytes.Clone(m.body))
}

// longestCall keeps a time that another node sends within what can be counted.
const longestCall = 10 * 365 * 24 * time.Hour

func (in *incoming) work(ctx context.Context, f orchestration.PeerHandler, id uint64, body []byte) {
	defer in.peers.crew.leave()
	defer in.caller.atWork.Add(-1)
	body, err := in.peers.guarded(ctx, f, in.caller.node, body)
	in.cancel(id)
	if err == nil && len(body) > maxBody {
		err = tooLarge("an answer", len(body))
	}
	if err != nil {
		in.refuse(id, err)
	} else {
		in.reply(&message{kind: answer, id: id, body: body})
	}
}

// guarded calls a handler; a panic in it is an error of this call alone.
func (p *Peers) guarded(ctx context.Context, f orchestration.PeerHandler, from orchestration.NodeID, body []byte) (_ []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.logger.Error("peer: a handler panicked", "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("a handler panicked")
		}
	}()
	return f(ctx, from, body)
}

// cancel ends a handler's ctx.
func (in *incoming) cancel(id uint64) {
	in.mu.Lock()
	end := in.running[id]
	delete(in.running, id)
	in.mu.Unlock()
	if end != nil {
		end()
	}
}

func (in *incoming) refuse(id uint64, err error) {
	in.reply(&message{kind: refusal, id: id, body: appendFault(nil, err)})
}

func (in *incoming) reply(m *message) {
	if !in.outbox.put(m, answersLost) {
		in.lose()
	}
}

// lose breaks the connection, whatever waits on it.
func (in *incoming) lose() {
	_ = in.conn.Close()
	in.outbox.drop()
	in.end()
}
