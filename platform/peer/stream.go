package peer

import (
	"fmt"

	"google.golang.org/grpc/mem"
)

// stream is either end of gRPC's stream.
type stream interface {
	SendMsg(any) error
	RecvMsg(any) error
}

// receiver takes frames off a stream and has f do each of their messages, which are f's until it returns.
type receiver struct {
	stream stream
	f      func(*message) error
	buffer mem.Buffer
	m      message
}

// all receives until the stream ends, or f returns an error.
func (r *receiver) all() (err error) {
	for err == nil {
		err = r.one()
	}
	return err
}

// one receives one frame.
func (r *receiver) one() error {
	if err := r.stream.RecvMsg(&r.buffer); err != nil {
		return err
	}
	defer r.buffer.Free()
	for rest := r.buffer.ReadOnlyData(); len(rest) > 0; {
		var err error
		if rest, err = cutMessage(rest, &r.m); err != nil {
			return err
		}
		if err := r.f(&r.m); err != nil {
			return err
		}
	}
	return nil
}

// send writes what comes into the outbox until it is closed and empty, or the stream is broken.
func send(s stream, o *outbox) error {
	for {
		frame, ok := o.take()
		if !ok {
			return nil
		}
		if err := s.SendMsg(frame); err != nil {
			return fmt.Errorf("write to a node: %w", err)
		}
	}
}
