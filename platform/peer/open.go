package peer

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync/atomic"

	"google.golang.org/grpc"
)

// window is how much of a stream may be on its way. It is fixed: a large message must fit without many round trips, and one that nobody reads is bounded.
const window = 4 << 20

// dialed is a connection to a node, with the stream on it.
type dialed struct {
	stream stream
	reply  reply
	conn   *watched
	client *grpc.ClientConn
}

// open connects to an address and greets who is there. The stream ends with ctx; close must follow.
func (s *secured) open(ctx context.Context, address string, g greeting) (*dialed, error) {
	var conn atomic.Pointer[watched]
	client, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(s),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			raw, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			if err != nil {
				return nil, err
			}
			w := watch(raw)
			conn.Store(w)
			return w, nil
		}),
		grpc.WithDisableRetry(), grpc.WithDisableServiceConfig(), grpc.WithIdleTimeout(0),
		grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(frames{}), grpc.MaxCallRecvMsgSize(maxFrame)),
	)
	if err != nil {
		return nil, err
	}
	d := &dialed{client: client}
	if err := d.greet(ctx, g); err != nil {
		d.close()
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	d.conn = conn.Load()
	return d, nil
}

func (d *dialed) close() { _ = d.client.Close() }

func (d *dialed) greet(ctx context.Context, g greeting) (err error) {
	if d.stream, err = d.client.NewStream(ctx, &streams, method); err != nil {
		return err
	}
	frame := buffers{}.Get(0)
	*frame = appendMessage(*frame, &message{kind: hello, body: g.encode()})
	if err := d.stream.SendMsg(frame); err != nil && err != io.EOF { // io.EOF: RecvMsg says why it ended
		return err
	}
	r := receiver{stream: d.stream, f: func(m *message) (err error) {
		if m.kind != welcome {
			return errFrame
		}
		d.reply, err = decodeReply(m.body)
		return err
	}}
	if err := r.one(); err != nil {
		return err
	}
	if g.to != 0 && d.reply.node != g.to {
		return fmt.Errorf("it is node %d", d.reply.node)
	}
	return nil
}
