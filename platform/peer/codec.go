package peer

import (
	"fmt"

	"google.golang.org/grpc/mem"
)

// codec gives frames to gRPC and takes them from it, as they are.
type codec struct{}

// Name implements encoding.CodecV2.
func (codec) Name() string { return "tenuto-frame" }

// Marshal implements encoding.CodecV2.
func (codec) Marshal(v any) (mem.BufferSlice, error) {
	f, ok := v.(*frame)
	if !ok {
		return nil, fmt.Errorf("peer: %T is no frame", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(f.bytes)}, nil
}

// Unmarshal implements encoding.CodecV2.
func (codec) Unmarshal(data mem.BufferSlice, v any) error {
	f, ok := v.(*frame)
	if !ok {
		return fmt.Errorf("peer: %T is no frame", v)
	}
	f.bytes = data.Materialize()
	return nil
}
