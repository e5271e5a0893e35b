package peer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcpeer "google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
)

func (p *Peers) newServer() *grpc.Server {
	s := grpc.NewServer(
		grpc.Creds(p.secured), grpc.ForceServerCodecV2(frames{}), grpc.MaxRecvMsgSize(maxFrame),
		grpc.InitialWindowSize(window), grpc.InitialConnWindowSize(window),
		grpc.ConnectionTimeout(p.config.pace.open), grpc.MaxConcurrentStreams(1), grpc.MaxHeaderListSize(8<<10), grpc.WaitForHandlers(true),
	)
	linked := streams
	linked.Handler = func(_ any, s grpc.ServerStream) error { return p.accept(s) }
	s.RegisterService(&grpc.ServiceDesc{ServiceName: service, HandlerType: (*any)(nil), Streams: []grpc.StreamDesc{linked}}, p)
	return s
}

// Serve accepts other nodes until Close, and then returns nil. It closes the listener.
func (p *Peers) Serve(l net.Listener) error {
	if err := p.server.Serve(l); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("peer: accept other nodes: %w", err)
	}
	return nil
}

// accept serves one stream. It ends when everything was written after Close, or when the stream is broken.
func (p *Peers) accept(s grpc.ServerStream) error {
	info, _ := grpcpeer.FromContext(s.Context())
	secured, ok := info.AuthInfo.(connected)
	if !ok {
		return status.Error(codes.Internal, "a stream without a connection of its own")
	}
	conn := secured.conn
	late := time.AfterFunc(p.config.pace.open, func() { _ = conn.Close() })
	g, err := p.greeted(s)
	late.Stop()
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	in := &incoming{peers: p, conn: conn, outbox: newOutbox(), running: map[uint64]context.CancelFunc{}}
	in.ctx, in.end = context.WithCancel(p.ctx)
	in.outbox.put(&message{kind: welcome, body: reply{p.self.Load().id, p.identity}.encode()}, answersLost)
	if g.to == 0 {
		in.outbox.finish()
		return send(s, in.outbox)
	}
	if !p.enroll(in, g.from) {
		return status.Error(codes.Unavailable, "this node is stopping")
	}
	return in.serve(s)
}

// greeted reads the first message of a stream, and checks that it was meant for this node.
func (p *Peers) greeted(s grpc.ServerStream) (g greeting, err error) {
	r := receiver{stream: s, f: func(m *message) error {
		if m.kind != hello {
			return errFrame
		}
		read, number, err := decodeGreeting(m.body)
		if err != nil {
			return err
		}
		if number != protocol {
			return fmt.Errorf("this node speaks protocol %d and was asked for %d", protocol, number)
		}
		g = read
		if own := p.self.Load().id; g.to != 0 && (g.to != own || g.from == own || g.from == 0) {
			return fmt.Errorf("this is node %d, not %d", own, g.to)
		}
		return nil
	}}
	err = r.one()
	return g, err
}

// enroll makes room for a stream of a node; false when this node is stopping. discharge must follow.
func (p *Peers) enroll(in *incoming, from orchestration.NodeID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	c := p.callers[from]
	if c == nil {
		maps.DeleteFunc(p.callers, func(_ orchestration.NodeID, c *caller) bool {
			return c.streams == 0 && c.atWork.Load() == 0 && c.lane.idle()
		})
		c = &caller{node: from}
		p.callers[from] = c
	}
	c.streams++
	in.caller = c
	p.incoming[in] = struct{}{}
	p.rooms.Add(1)
	return true
}

func (p *Peers) discharge(in *incoming) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in.caller.streams--
	delete(p.incoming, in)
	p.rooms.Done()
}

// serve reads and writes until the stream is over. The handler of a stream is its writer: gRPC ends the stream, after all that was written, when it returns.
func (in *incoming) serve(s stream) error {
	go in.read(s)
	return send(s, in.outbox)
}

func (in *incoming) read(s stream) {
	defer in.peers.discharge(in)
	ctx, over := context.WithCancel(context.Background())
	var observer sync.WaitGroup
	observer.Go(func() {
		if err := observe(ctx, in.conn, in.peers.config.pace, func() error { return nil }); errors.Is(err, errSilent) {
			in.peers.logger.Warn("peer: a node that calls this one fell silent", "node", in.caller.node)
			in.lose()
		}
	})
	r := receiver{stream: s, f: in.handle}
	for err := error(nil); err == nil; {
		in.outbox.await(answersWaiting)
		err = r.one()
	}
	in.end()
	in.outbox.drop()
	over()
	observer.Wait()
}
