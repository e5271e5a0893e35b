package peer

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
)

// maxRunning bounds how many calls of one peer are handled at a time.
const maxRunning = 8192

var (
	exchangeStream = grpc.StreamDesc{StreamName: "Exchange", Handler: serveStream, ServerStreams: true, ClientStreams: true}
	serviceDesc    = grpc.ServiceDesc{ServiceName: "tenuto.peer.v1.Peer", HandlerType: (*any)(nil), Streams: []grpc.StreamDesc{exchangeStream}}
)

const exchangeMethod = "/tenuto.peer.v1.Peer/Exchange"

func serveStream(srv any, gs grpc.ServerStream) error { return srv.(*Peers).serve(gs) }

// incoming is a stream that another node has opened.
type incoming struct {
	p    *Peers
	from orchestration.NodeID
	out  *queue
	ctx  context.Context

	mu      sync.Mutex
	over    bool // no handler begins any more
	running map[uint64]context.CancelFunc
	casts   chan message
	workers sync.WaitGroup
}

// serve handles what another node asks, until it hangs up.
func (p *Peers) serve(gs grpc.ServerStream) error {
	ctx, cancel := context.WithCancel(gs.Context())
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	from, rest, err := p.meet(gs)
	if err != nil {
		return err
	}
	in := &incoming{p: p, from: from, out: newQueue(), ctx: ctx, running: map[uint64]context.CancelFunc{}, casts: make(chan message, 1024)}
	in.out.put(message{kind: hello, id: uint64(p.self)})
	defer in.end(cancel)
	in.workers.Go(func() { write(ctx, gs, in.out) })
	in.workers.Go(in.castLoop)
	frames := make(chan error, 1)
	go func() { frames <- in.read(gs, rest) }() // it ends with the stream, which ends when this returns
	select {
	case err = <-frames:
	case <-ctx.Done():
		err = status.Error(codes.Unavailable, "the server is shutting down")
	}
	return err
}

// end waits for what runs, having told it to end.
func (in *incoming) end(cancel context.CancelFunc) {
	in.mu.Lock()
	in.over = true
	in.mu.Unlock()
	cancel()
	in.workers.Wait()
}

// meet reads who the other side is and whom it wants.
func (p *Peers) meet(gs grpc.ServerStream) (from orchestration.NodeID, rest []byte, err error) {
	var f frame
	if err := gs.RecvMsg(&f); err != nil {
		return 0, nil, err
	}
	m, rest, err := next(f.bytes)
	if err != nil || m.kind != hello {
		return 0, nil, status.Error(codes.InvalidArgument, "the stream does not begin with who speaks")
	}
	if to, _, err := number(m.body); err != nil || to != uint64(p.self) {
		return 0, nil, status.Errorf(codes.FailedPrecondition, "this is node %d, not node %d", p.self, to)
	}
	return orchestration.NodeID(m.id), rest, nil
}

// read takes frames until the stream ends.
func (in *incoming) read(gs grpc.ServerStream, rest []byte) error {
	for {
		for len(rest) > 0 {
			m, after, err := next(rest)
			if err != nil {
				return status.Error(codes.InvalidArgument, "a frame cannot be read")
			}
			rest = after
			in.take(m)
		}
		var f frame
		if err := gs.RecvMsg(&f); err != nil {
			return err
		}
		rest = f.bytes
	}
}

func (in *incoming) take(m message) {
	switch m.kind {
	case call:
		in.begin(m)
	case cancel:
		in.mu.Lock()
		if stop := in.running[m.id]; stop != nil {
			stop()
		}
		in.mu.Unlock()
	case cast:
		select {
		case in.casts <- m:
		default: // casts may be lost; a node that cannot keep up loses some
		}
	}
}

// begin handles a call beside the others.
func (in *incoming) begin(m message) {
	left := m.left
	if left <= 0 {
		left = longestCall
	}
	ctx, stop := context.WithTimeout(in.ctx, left)
	if !in.run(m.id, stop) {
		stop()
		in.out.put(message{kind: failure, id: m.id, body: encodeError(unavailable("the server has too many calls of another one in hand; try again"))})
		return
	}
	go func() {
		defer in.workers.Done()
		defer func() {
			stop()
			in.mu.Lock()
			delete(in.running, m.id)
			in.mu.Unlock()
		}()
		in.reply(m.id, func() ([]byte, error) { return in.handle(ctx, m) })
	}()
}

// run notes a call that begins. false: it must not.
func (in *incoming) run(id uint64, stop context.CancelFunc) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.over || len(in.running) >= maxRunning {
		return false
	}
	in.running[id] = stop
	in.workers.Add(1)
	return true
}

// reply sends what a handler returned. An answer that does not fit becomes an error.
func (in *incoming) reply(id uint64, do func() ([]byte, error)) {
	body, err := do()
	if err == nil {
		err = tooLarge(body)
	}
	m := message{kind: answer, id: id, body: body}
	if err != nil {
		m = message{kind: failure, id: id, body: encodeError(err)}
	}
	if !in.out.put(m) {
		in.out.put(message{kind: failure, id: id, body: encodeError(unavailable("the answer could not be sent; try again"))})
	}
}

func (in *incoming) handle(ctx context.Context, m message) (body []byte, err error) {
	h := in.p.handler(m.verb)
	if h == nil {
		return nil, orchestration.Errorf(orchestration.Unimplemented, "another server asked for %q, which this one does not know: do they run the same version?", m.verb)
	}
	defer func() {
		if p := recover(); p != nil {
			in.p.log.Error("a handler of another node's call panicked", "verb", m.verb, "panic", p)
			err = errors.New("panic")
		}
	}()
	return h(ctx, in.from, m.body)
}

// castLoop handles casts one after the other.
func (in *incoming) castLoop() {
	for {
		select {
		case m := <-in.casts:
			_, _ = in.handle(in.ctx, m) // nobody waits for what a cast brings
		case <-in.ctx.Done():
			return
		}
	}
}
