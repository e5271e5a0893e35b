package peer

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
)

var (
	errSilent = errors.New("it gave no sign of life")
	errSlow   = errors.New("it did not answer in time")
	errGone   = errors.New("it no longer belongs to the installation")
)

// run opens the stream, serves it, and ends what waits for it.
func (o *outgoing) run() {
	served, err := o.connect()
	o.end(err)
	o.outbox.drop()
	o.link.ended(served)
	if served == 0 {
		o.fail(unreachable(o.link.to))
	} else {
		o.fail(orchestration.Errorf(orchestration.Unavailable, "the connection to node %d was lost", o.link.to))
	}
}

// connect returns when the connection is over, and how long it served.
func (o *outgoing) connect() (served time.Duration, err error) {
	peers := o.link.peers
	logger := peers.logger.With("node", o.link.to, "address", o.address)
	late := time.AfterFunc(peers.config.pace.open, func() { o.end(errSlow) })
	d, err := peers.secured.open(o.ctx, o.address, o.greeting)
	if !late.Stop() && err == nil {
		d.close()
		err = errSlow
	}
	if err != nil && peers.ctx.Err() == nil {
		logger.Warn("peer: a node cannot be reached", "error", reason(err))
	}
	if err != nil {
		return 0, err
	}
	defer d.close()
	logger.Info("peer: connected to a node")
	begin := time.Now()
	err = o.serve(d)
	if peers.ctx.Err() == nil {
		logger.Warn("peer: the connection to a node is over", "error", reason(err))
	}
	return time.Since(begin), err
}

// serve returns when the stream is broken.
func (o *outgoing) serve(d *dialed) error {
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() {
		if err := send(d.stream, o.outbox); err != nil {
			o.end(err)
		}
	})
	others.Go(func() {
		o.end(observe(o.ctx, d.conn, o.link.peers.config.pace, o.beat))
	})
	r := receiver{stream: d.stream, f: o.handle}
	o.end(r.all())
	o.outbox.drop()
	return context.Cause(o.ctx)
}

// beat shows that this side lives, and looks whether the other still should.
func (o *outgoing) beat() error {
	if !o.link.peers.self.Load().knows(o.link.to) {
		return errGone
	}
	o.outbox.put(&message{kind: ping}, maxWaiting+cutAt)
	return nil
}

// reason is an error for the log, without gRPC's frame around it.
func reason(err error) string {
	if err == io.EOF {
		return "it ended the connection"
	}
	if s, ok := status.FromError(err); ok {
		return s.Message()
	}
	return err.Error()
}
