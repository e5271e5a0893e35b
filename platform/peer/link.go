package peer

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Times of a link.
const (
	longestCall  = 2 * time.Minute // of a call without a deadline
	connectTime  = 3 * time.Second
	firstPause   = 20 * time.Millisecond // after a connection that failed
	longestPause = 2 * time.Second
)

// link is the way to one other node. It connects when there is something to say.
type link struct {
	p  *Peers
	to orchestration.NodeID

	mu      sync.Mutex
	stream  *stream       // nil: not connected
	dialing chan struct{} // closed when the attempt under way is over; nil: none is
	failed  error         // of the last attempt
	until   time.Time     // no attempt before
	pause   time.Duration

	calls atomic.Uint64
}

// stream is one connection's life.
type stream struct {
	out   *queue
	conn  *grpc.ClientConn
	ended chan struct{}

	mu      sync.Mutex
	waiting map[uint64]chan message
	over    bool
}

// open is the stream, connected at need. Errors: Unavailable, ctx's.
func (l *link) open(ctx context.Context) (*stream, error) {
	for {
		l.mu.Lock()
		switch {
		case l.stream != nil:
			s := l.stream
			l.mu.Unlock()
			return s, nil
		case l.dialing == nil && time.Now().Before(l.until):
			err := l.failed
			l.mu.Unlock()
			return nil, err
		case l.dialing == nil:
			l.dialing = make(chan struct{})
			go l.dial(l.dialing)
		}
		dialing := l.dialing
		l.mu.Unlock()
		select {
		case <-dialing:
			l.mu.Lock()
			s, err := l.stream, l.failed
			l.mu.Unlock()
			if s == nil && err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// current is the stream if there is one; otherwise one is begun, for the next message.
func (l *link) current() *stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stream == nil && l.dialing == nil && !time.Now().Before(l.until) {
		l.dialing = make(chan struct{})
		go l.dial(l.dialing)
	}
	return l.stream
}

// dial connects and begins to write and read.
func (l *link) dial(done chan struct{}) {
	s, err := l.connect()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dialing = nil
	defer close(done)
	if err != nil {
		l.pause = min(max(2*l.pause, firstPause), longestPause)
		l.until, l.failed = time.Now().Add(l.pause), err
		return
	}
	l.stream, l.failed, l.pause = s, nil, 0
}

func (l *link) connect() (*stream, error) {
	address, ok := l.p.directory.Address(l.to)
	if !ok {
		return nil, unavailable("the server that has the workflow is gone")
	}
	conn, err := dial(address, l.p.credentials)
	if err != nil {
		return nil, unavailable("the server that has the workflow cannot be reached")
	}
	ctx, cancel := context.WithCancel(l.p.ctx)
	timer := time.AfterFunc(connectTime, cancel)
	gs, err := conn.NewStream(ctx, &exchangeStream, exchangeMethod, grpc.WaitForReady(true))
	if err == nil {
		err = greet(gs, l.p.self, l.to)
	}
	if !timer.Stop() && err == nil {
		err = context.DeadlineExceeded
	}
	if err != nil {
		cancel()
		_ = conn.Close() // the first error is the one to tell
		l.p.log.Debug("cannot reach another node", "node", l.to, "peer_address", address, "error", err)
		return nil, unavailable("the server that has the workflow cannot be reached; try again")
	}
	s := &stream{out: newQueue(), conn: conn, ended: make(chan struct{}), waiting: map[uint64]chan message{}}
	l.p.wg.Go(func() {
		defer cancel()
		write(gs.Context(), gs, s.out)
	})
	l.p.wg.Go(func() {
		l.read(gs, s)
		cancel()
	})
	return s, nil
}

// greet says who speaks to whom, and waits for the other side to agree.
func greet(gs grpc.ClientStream, from, to orchestration.NodeID) error {
	first := message{kind: hello, id: uint64(from), body: binary.AppendUvarint(nil, uint64(to))}
	if err := gs.SendMsg(&frame{appendMessage(nil, &first)}); err != nil {
		return errors.Join(err, gs.RecvMsg(&frame{}))
	}
	var f frame
	if err := gs.RecvMsg(&f); err != nil {
		return err
	}
	m, _, err := next(f.bytes)
	if err == nil && (m.kind != hello || m.id != uint64(to)) {
		err = errors.New("peer: another node answers at this address")
	}
	return err
}

// dial prepares a connection to a node's address.
func dial(address string, c *Credentials) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(credentials.NewTLS(c.client())),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(codec{}), grpc.MaxCallRecvMsgSize(maxFrame+2*maxBody), grpc.MaxCallSendMsgSize(maxFrame+2*maxBody)),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 2, MaxDelay: time.Second}, MinConnectTimeout: connectTime}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 3 * time.Second, PermitWithoutStream: true}),
		grpc.WithInitialWindowSize(8<<20), grpc.WithInitialConnWindowSize(8<<20), grpc.WithWriteBufferSize(128<<10), grpc.WithReadBufferSize(128<<10),
	)
}

// sender is either end of a stream.
type sender interface{ SendMsg(any) error }

// write sends what is queued until the stream ends.
func write(ctx context.Context, to sender, out *queue) {
	for {
		select {
		case <-out.filled:
		case <-ctx.Done():
			out.end()
			return
		}
		for b := out.frame(); b != nil; b = out.frame() {
			if to.SendMsg(&frame{b}) != nil {
				out.end()
				return
			}
		}
	}
}

// read gives answers to who waits for them, until the stream ends; then everybody who waits is told.
func (l *link) read(gs grpc.ClientStream, s *stream) {
	for {
		var f frame
		err := gs.RecvMsg(&f)
		if err == nil {
			err = s.take(f.bytes)
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, io.EOF) && l.p.ctx.Err() == nil {
			l.p.log.Info("lost the connection to another node", "node", l.to, "error", err)
		}
		l.mu.Lock()
		if l.stream == s {
			l.stream = nil
		}
		l.mu.Unlock()
		s.end()
		return
	}
}

// take delivers the answers of a frame.
func (s *stream) take(b []byte) error {
	for len(b) > 0 {
		m, rest, err := next(b)
		if err != nil {
			return err
		}
		b = rest
		s.mu.Lock()
		waiting := s.waiting[m.id]
		delete(s.waiting, m.id)
		s.mu.Unlock()
		if waiting != nil {
			waiting <- m
		}
	}
	return nil
}

// end fails every call in flight.
func (s *stream) end() {
	s.out.end()
	s.mu.Lock()
	s.over = true
	lost := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	close(s.ended)
	for _, w := range lost {
		w <- message{kind: failure}
	}
	_ = s.conn.Close() // nothing is in flight any more
}

// expect registers a call. ok is false when the stream has ended.
func (s *stream) expect(id uint64) (waiting chan message, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil, false
	}
	waiting = make(chan message, 1)
	s.waiting[id] = waiting
	return waiting, true
}

// forget drops a call that nobody waits for any more.
func (s *stream) forget(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
}

// call asks and waits.
func (l *link) call(ctx context.Context, verb string, body []byte) ([]byte, error) {
	if err := tooLarge(body); err != nil {
		return nil, err
	}
	ctx, done := context.WithTimeout(ctx, longestCall)
	defer done()
	s, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	m := message{kind: call, id: l.calls.Add(1), verb: verb, body: body}
	if deadline, ok := ctx.Deadline(); ok {
		m.left = max(time.Until(deadline), time.Millisecond)
	}
	waiting, ok := s.expect(m.id)
	if !ok {
		return nil, unavailable("the connection to the server that has the workflow was lost; try again")
	}
	if !s.out.put(m) {
		s.forget(m.id)
		return nil, unavailable("the server that has the workflow does not keep up; try again")
	}
	select {
	case a := <-waiting:
		switch {
		case a.kind == answer:
			return a.body, nil
		case a.body == nil:
			return nil, unavailable("the connection to the server that has the workflow was lost; try again")
		}
		return nil, decodeError(a.body)
	case <-ctx.Done():
		s.forget(m.id)
		s.out.put(message{kind: cancel, id: m.id})
		return nil, ctx.Err()
	}
}

// cast tells, if that costs no waiting.
func (l *link) cast(verb string, body []byte) {
	if s := l.current(); s != nil && tooLarge(body) == nil {
		s.out.put(message{kind: cast, verb: verb, body: body})
	}
}
