package store

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// compressAbove is the size in bytes from which a batch is worth compressing.
const compressAbove = 512

// The first byte of an encoded batch.
const (
	plainEvents byte = 0
	zstdEvents  byte = 1
)

// A decoder refuses to blow a small row up past this: a batch holds one transition, bounded by the 4 MiB message limit and buffered events.
const maxDecoded = 256 << 20

var (
	encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(64<<10), zstd.WithLowerEncoderMem(true))
	decoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDecoded), zstd.WithDecoderLowmem(true))
)

// EncodeEvents encodes a batch of at least one event with consecutive ids; batches above 512 bytes are compressed when that pays.
func EncodeEvents(events []*historypb.HistoryEvent) (Batch, error) {
	raw, err := proto.MarshalOptions{}.MarshalAppend([]byte{plainEvents}, &historypb.History{Events: events})
	if err != nil {
		return Batch{}, fmt.Errorf("encode events: %w", err)
	}
	b := Batch{First: events[0].EventId, Last: events[len(events)-1].EventId, Events: raw}
	if len(raw) > compressAbove {
		if packed := encoder.EncodeAll(raw[1:], []byte{zstdEvents}); len(packed) < len(raw)*9/10 {
			b.Events = packed
		}
	}
	return b, nil
}

// DecodeEvents reads an encoded batch. It returns DataLoss for bytes that are none.
func DecodeEvents(b Batch) ([]*historypb.HistoryEvent, error) {
	raw, err := unpacked(b)
	if err != nil {
		return nil, err
	}
	var h historypb.History
	if err := proto.Unmarshal(raw, &h); err != nil || len(h.Events) == 0 {
		return nil, orchestration.Errorf(orchestration.DataLoss, "history batch %d cannot be read: %v", b.First, err)
	}
	return h.Events, nil
}

// unpacked is the batch as protobuf.
func unpacked(b Batch) ([]byte, error) {
	if len(b.Events) == 0 {
		return nil, orchestration.Errorf(orchestration.DataLoss, "history batch %d is empty", b.First)
	}
	switch raw := b.Events[1:]; b.Events[0] {
	case plainEvents:
		return raw, nil
	case zstdEvents:
		raw, err := decoder.DecodeAll(raw, nil)
		if err != nil {
			return nil, orchestration.Errorf(orchestration.DataLoss, "history batch %d: %v", b.First, err)
		}
		return raw, nil
	}
	return nil, orchestration.Errorf(orchestration.DataLoss, "history batch %d has the unknown encoding %d", b.First, b.Events[0])
}
