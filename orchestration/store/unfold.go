package store

import (
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// UnfoldedBatch is a batch of which single events can be read: to decode two thousand for the sake of one, two thousand times, is what makes a wide
// fan-out slow. It does not change.
type UnfoldedBatch struct {
	first orchestration.EventID
	raw   []byte // a History, as protobuf
	at    []int  // where each event begins in raw, with its length before it
}

// UnfoldEvents finds the events of an encoded batch without decoding them. It returns DataLoss for bytes that are none.
func UnfoldEvents(b Batch) (*UnfoldedBatch, error) {
	raw, err := unpacked(b)
	if err != nil {
		return nil, err
	}
	u := &UnfoldedBatch{first: b.First, raw: raw}
	for at := 0; at < len(raw); {
		_, kind, tag := protowire.ConsumeTag(raw[at:])
		if tag < 0 || kind != protowire.BytesType { // events are all that a History has
			return nil, orchestration.Errorf(orchestration.DataLoss, "history batch %d cannot be read", b.First)
		}
		_, n := protowire.ConsumeBytes(raw[at+tag:])
		if n < 0 {
			return nil, orchestration.Errorf(orchestration.DataLoss, "history batch %d cannot be read: %v", b.First, protowire.ParseError(n))
		}
		u.at = append(u.at, at+tag)
		at += tag + n
	}
	if len(u.at) == 0 {
		return nil, orchestration.Errorf(orchestration.DataLoss, "history batch %d has no events", b.First)
	}
	return u, nil
}

// Event decodes one event; nil when the batch has none with that id. It returns DataLoss for bytes that are none.
func (u *UnfoldedBatch) Event(id orchestration.EventID) (*historypb.HistoryEvent, error) {
	if id < u.first || id >= u.first+orchestration.EventID(len(u.at)) {
		return nil, nil
	}
	body, _ := protowire.ConsumeBytes(u.raw[u.at[id-u.first]:])
	ev := &historypb.HistoryEvent{}
	if err := proto.Unmarshal(body, ev); err != nil || ev.EventId != id {
		return nil, orchestration.Errorf(orchestration.DataLoss, "event %d in history batch %d cannot be read: %v", id, u.first, err)
	}
	return ev, nil
}

// Len is how many events there are.
func (u *UnfoldedBatch) Len() int { return len(u.at) }

// Bytes is about how much memory it takes.
func (u *UnfoldedBatch) Bytes() int { return len(u.raw) + 8*len(u.at) }
