package redis

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// form is the first byte of an encoded reference.
const form byte = 1

var errMember = errors.New("redis: a member is no reference")

// encode makes the member that stands for a reference. The same reference is always the same bytes.
//
//	1 | run id (16) | priority | scheduled id, attempt, shard, ready time in ms, backlog seq, pass (varints) | workflow id
func encode(r *matching.Reference) string {
	b := make([]byte, 0, 48+len(r.Run.WorkflowID))
	b = append(b, form)
	b = append(b, r.Run.RunID[:]...)
	b = append(b, byte(r.Priority))
	for _, n := range []int64{r.ScheduledEventID, int64(r.Attempt), int64(r.Shard), r.ReadyAt.UnixMilli(), r.Backlog, r.Pass} {
		b = binary.AppendVarint(b, n)
	}
	return string(append(b, r.Run.WorkflowID...))
}

// decode reads a member of a queue's set.
func decode(key matching.Key, member string) (r matching.Reference, err error) {
	if len(member) < 18 || member[0] != form {
		return r, errMember
	}
	r.Key, r.Run.Namespace = key, key.Namespace
	copy(r.Run.RunID[:], member[1:17])
	r.Priority = int32(member[17])
	rest := []byte(member[18:])
	var n [6]int64
	for i := range n {
		v, size := binary.Varint(rest)
		if size <= 0 {
			return r, errMember
		}
		n[i], rest = v, rest[size:]
	}
	r.ScheduledEventID, r.Attempt, r.Shard = n[0], int32(n[1]), orchestration.ShardID(n[2])
	r.ReadyAt, r.Backlog, r.Pass = time.UnixMilli(n[3]).UTC(), n[4], n[5]
	r.Run.WorkflowID = string(rest)
	if r.Run.WorkflowID == "" || n[2] < 0 || n[2] >= orchestration.Shards {
		return r, errMember
	}
	return r, nil
}

// score orders references of a queue: 44 bits of milliseconds last until the year 2527, and priorities are 1 to 5, so a double holds it exactly. Passes of
// fairness order what one owner publishes; between owners they are not comparable, and they are not in it.
func score(r *matching.Reference) float64 {
	priority := r.Priority
	if priority == 0 {
		priority = matching.DefaultPriority
	}
	return float64(int64(priority)<<44 + r.ReadyAt.UnixMilli())
}

// queueName is what a queue is called in keys and wakes.
func queueName(k matching.Key) string {
	return k.Namespace.String() + ":" + string('0'+rune(k.Kind)) + ":" + k.Name
}

// parseQueue reads the name of a queue.
func parseQueue(name string) (k matching.Key, ok bool) {
	ns, rest, ok := strings.Cut(name, ":")
	kind, queue, ok2 := strings.Cut(rest, ":")
	id, err := orchestration.ParseNamespaceID(ns)
	if !ok || !ok2 || err != nil || len(kind) != 1 || queue == "" {
		return k, false
	}
	return matching.Key{Namespace: id, Name: queue, Kind: orchestration.TaskKind(kind[0] - '0')}, true
}
