package redis

import (
	"encoding/binary"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// A reference is a member of its queue's sorted set, about 30 bytes and the workflow's id, and says everything but the queue and its namespace:
//
//	when it became ready   8 bytes, Unix ns, big-endian with the sign flipped, so that bytes sort as times
//	flags                  1 byte: the priority in the lowest three bits, whether it has a time, a pass, a backlog row
//	shard                  2 bytes
//	run id                 16 bytes
//	scheduled event, attempt, pass if any, backlog row if any    varints
//	workflow id            the rest
//
// Members of one score sort as bytes, which is by time.
const (
	flagTime    = 1 << 3
	flagPass    = 1 << 4
	flagBacklog = 1 << 5
	priorities  = 1<<3 - 1

	fixedSize = 8 + 1 + 2 + 16
)

// member is the reference in the sorted set. The same reference is the same member.
func member(r *matching.Reference) string {
	b := make([]byte, 0, fixedSize+4*binary.MaxVarintLen64+len(r.Run.WorkflowID))
	flags := byte(priority(r))
	var at uint64
	if !r.ReadyAt.IsZero() {
		flags |= flagTime
		at = uint64(r.ReadyAt.UnixNano()) ^ 1<<63
	}
	if r.Pass != 0 {
		flags |= flagPass
	}
	if r.Backlog != 0 {
		flags |= flagBacklog
	}
	b = binary.BigEndian.AppendUint64(b, at)
	b = append(b, flags)
	b = binary.BigEndian.AppendUint16(b, uint16(r.Shard))
	b = append(b, r.Run.RunID[:]...)
	b = binary.AppendVarint(b, r.ScheduledEventID)
	b = binary.AppendVarint(b, int64(r.Attempt))
	if r.Pass != 0 {
		b = binary.AppendVarint(b, r.Pass)
	}
	if r.Backlog != 0 {
		b = binary.AppendVarint(b, r.Backlog)
	}
	return string(append(b, r.Run.WorkflowID...))
}

// parseMember reads a reference of a queue; false if it is none.
func parseMember(key matching.Key, text string) (r matching.Reference, ok bool) {
	if len(text) < fixedSize {
		return r, false
	}
	head, rest := []byte(text[:fixedSize]), text[fixedSize:]
	flags := head[8]
	r.Key, r.Priority = key, int32(flags&priorities)
	if flags&flagTime != 0 {
		r.ReadyAt = time.Unix(0, int64(binary.BigEndian.Uint64(head)^1<<63)).UTC()
	}
	r.Shard = orchestration.ShardID(binary.BigEndian.Uint16(head[9:]))
	r.Run.Namespace = key.Namespace
	copy(r.Run.RunID[:], head[11:])
	numbers := varints{text: rest}
	r.ScheduledEventID = numbers.next()
	attempt := numbers.next()
	if flags&flagPass != 0 {
		r.Pass = numbers.next()
	}
	if flags&flagBacklog != 0 {
		r.Backlog = numbers.next()
	}
	r.Attempt, r.Run.WorkflowID = int32(attempt), numbers.text
	return r, !numbers.failed && int64(r.Attempt) == attempt
}

// varints reads numbers off the front of a text.
type varints struct {
	text   string
	failed bool
}

func (v *varints) next() int64 {
	n, size := binary.Varint([]byte(v.text[:min(len(v.text), binary.MaxVarintLen64)]))
	if size <= 0 {
		v.failed = true
		return 0
	}
	v.text = v.text[size:]
	return n
}

// passBits is the room for the pass below the priority: 5·2⁵⁰ + 2⁵⁰ − 1 < 2⁵³, so that scores, which are doubles, are exact.
const passBits = 50

// score orders references: priority · 2⁵⁰ + pass. Lower goes first; equal ones go by time, which is how members begin. Passes that do not fit are taken for
// the nearest that does.
func score(r *matching.Reference) int64 {
	p := int64(priority(r))
	if p == 0 {
		p = matching.DefaultPriority
	}
	return p<<passBits + max(0, min(r.Pass, 1<<passBits-1))
}

// priority is the reference's, as package matching reads it.
func priority(r *matching.Reference) int32 {
	if r.Priority < 0 {
		return matching.HighestPriority
	}
	return min(r.Priority, matching.LowestPriority)
}
