package edge

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip" // SDKs compress their requests
	"google.golang.org/protobuf/proto"
)

// compressFrom is the size in bytes from which an answer is worth compressing.
const compressFrom = 16 << 10

// compressLarge answers small messages as they are. gRPC would compress every answer to a client that compresses its requests, as SDKs do, and for
// a message of a few hundred bytes that costs more than all else that the edge does with it.
func (c *chain) compressLarge(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := next(ctx, req)
	if size, ok := sizeOf(resp); ok && err == nil && size < compressFrom {
		err = grpc.SetSendCompressor(ctx, encoding.Identity)
	}
	return resp, err
}

// sizeOf is the size in bytes of an answer; ok is false for what is none.
func sizeOf(resp any) (size int, ok bool) {
	switch m := resp.(type) {
	case encoded:
		return len(m), true
	case proto.Message:
		return proto.Size(m), true
	}
	return 0, false
}
