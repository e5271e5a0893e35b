package peer

import (
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
)

// The one method of the service: a stream of frames each way.
const (
	service = "tenuto.peer.v1.Peer"
	method  = "/" + service + "/Link"
)

var streams = grpc.StreamDesc{StreamName: "Link", ServerStreams: true, ClientStreams: true}

// frames is the content type of the stream: gRPC messages are frames as they are.
type frames struct{}

func (frames) Name() string { return "tenuto-frames" }

// Marshal passes a frame on without copying it; its buffer returns to the pool when it was written.
func (frames) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.NewBuffer(v.(*[]byte), buffers{})}, nil
}

// Unmarshal gives the frame out as one buffer, which the receiver frees.
func (frames) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*mem.Buffer) = data.MaterializeToBuffer(mem.DefaultBufferPool())
	return nil
}

const (
	smallBuffer = 8 << 10        // what a frame begins with
	largeBuffer = cutAt + 64<<10 // larger ones are left to the garbage collector
)

var bufferPool = sync.Pool{New: func() any {
	b := make([]byte, 0, smallBuffer)
	return &b
}}

// buffers is the pool of frames that are written, in the form that gRPC knows.
type buffers struct{}

// Get returns an empty buffer with room for n bytes.
func (buffers) Get(n int) *[]byte {
	b := bufferPool.Get().(*[]byte)
	if cap(*b) < n {
		*b = make([]byte, 0, n)
	}
	return b
}

// Put takes a buffer back that nobody reads any more.
func (buffers) Put(b *[]byte) {
	if cap(*b) > largeBuffer {
		return
	}
	*b = (*b)[:0]
	bufferPool.Put(b)
}
