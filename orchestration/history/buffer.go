package history

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// bufferedEvent is the item of something that happened while a workflow task was in flight. The whole item is live: the events get their
// ids, and their effect on the state, when the buffer is flushed.
type bufferedEvent struct {
	Seq     int64        `cbor:"1,keyasint"`          // order of arrival
	Event   historyEvent `cbor:"2,keyasint"`          // without id and time
	Started historyEvent `cbor:"3,keyasint,omitzero"` // ActivityTaskStarted, to be written just before Event
}

// closes tells whether the entry ends an activity or a child; such entries are flushed last.
func (b *bufferedEvent) closes() bool {
	return closesActivity(b.Event.msg.EventType) || closesChild(b.Event.msg.EventType)
}

// closesActivity tells the events that end an activity.
func closesActivity(t enumspb.EventType) bool {
	switch t {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT, enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		return true
	}
	return false
}

// buffered finds an entry by its number.
func (r *Run) buffered(seq int64) *bufferedEvent {
	for _, b := range r.buffer {
		if b.Seq == seq {
			return b
		}
	}
	return nil
}

// hold buffers an event, with the Started event of the activity that it closes, if any.
func (s *step) hold(event, started *historypb.HistoryEvent) {
	h := &s.run.Header
	h.BufferSeq++
	s.run.buffer = append(s.run.buffer, &bufferedEvent{Seq: h.BufferSeq, Event: historyEvent{event}, Started: historyEvent{started}})
	s.run.files.touch(bufferItem, eventItemID(h.BufferSeq))
	s.out.Changed = true
}

// release takes an entry out of the buffer.
func (s *step) release(b *bufferedEvent) {
	kept := s.run.buffer[:0]
	for _, other := range s.run.buffer {
		if other != b {
			kept = append(kept, other)
		}
	}
	s.run.buffer = kept
	s.run.files.touch(bufferItem, eventItemID(b.Seq))
	s.out.Changed = true
}

// flush appends what was buffered: signals, timers and the like in order of arrival, then the closes of activities and children.
func (s *step) flush() {
	held := s.run.buffer
	s.run.buffer = nil
	for _, b := range held {
		s.run.files.touch(bufferItem, eventItemID(b.Seq))
	}
	for _, closes := range []bool{false, true} {
		for _, b := range held {
			if b.closes() == closes {
				s.write(b.Event.msg, b.Started.msg)
			}
		}
	}
}

// bufferFull tells whether more is buffered than a worker may keep waiting.
func (r *Run) bufferFull() bool {
	if len(r.buffer) > orchestration.MaxBufferedEvents {
		return true
	}
	size := 0
	for _, b := range r.buffer {
		size += proto.Size(b.Event.msg)
	}
	return size > orchestration.MaxBufferedBytes
}
