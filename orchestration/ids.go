package orchestration

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/google/uuid"
)

// NamespaceID identifies a namespace for ever; names can be given again, ids cannot.
type NamespaceID uuid.UUID

// String is the canonical text form of the id.
func (id NamespaceID) String() string { return uuid.UUID(id).String() }

// IsZero tells whether the id is unset.
func (id NamespaceID) IsZero() bool { return id == NamespaceID{} }

// ParseNamespaceID reads the canonical text form.
func ParseNamespaceID(s string) (NamespaceID, error) {
	id, err := uuid.Parse(s)
	return NamespaceID(id), err
}

// RunID identifies one run. It is a UUIDv7: ids made later sort later, so index inserts stay at the right edge.
type RunID uuid.UUID

// String is the canonical text form of the id, and what clients see as run id.
func (id RunID) String() string {
	if id.IsZero() {
		return ""
	}
	return uuid.UUID(id).String()
}

// IsZero tells whether the id is unset; in a request that means "the current run".
func (id RunID) IsZero() bool { return id == RunID{} }

// ParseRunID reads the canonical text form; the empty string is the zero id.
func ParseRunID(s string) (RunID, error) {
	if s == "" {
		return RunID{}, nil
	}
	id, err := uuid.Parse(s)
	return RunID(id), err
}

// NewRunID makes a UUIDv7 of the time now.
func NewRunID(now time.Time) RunID {
	var id RunID
	if _, err := rand.Read(id[6:]); err != nil {
		panic(fmt.Sprintf("orchestration: no randomness: %v", err)) // crypto/rand never fails on supported systems
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// WorkflowKey names a workflow: the unit that one owner serves serially.
type WorkflowKey struct {
	Namespace  NamespaceID
	WorkflowID string
}

// Run is the key of one run of the workflow.
func (k WorkflowKey) Run(id RunID) RunKey { return RunKey{WorkflowKey: k, RunID: id} }

// Shard is the virtual shard that the workflow belongs to.
func (k WorkflowKey) Shard() ShardID { return ShardOf(k.Namespace, k.WorkflowID) }

// RunKey names one run. A zero RunID means the workflow's current run.
type RunKey struct {
	WorkflowKey
	RunID RunID
}

// ShardID is one of Shards virtual shards. It appears in no history and in no run key.
type ShardID uint16

// Shards is the number of virtual shards; it is part of the storage format.
const Shards = 1024

// ShardOf maps a workflow to its shard: FNV-1a over namespace id and workflow id. The mapping is part of the storage format.
func ShardOf(ns NamespaceID, workflowID string) ShardID {
	h := fnv.New64a()
	_, _ = h.Write(ns[:])
	_, _ = h.Write([]byte(workflowID))
	sum := h.Sum64()
	return ShardID((sum ^ sum>>32) % Shards)
}

// LaneID names a commit lane, Epoch its fencing counter: a commit that shows an older epoch than the stored one is refused.
type (
	LaneID int32
	Epoch  int64
)

// NodeID is one life of a server process among those that share a database: a restarted process is another node. From 1; 0 is none.
type NodeID int32

// LanesPerNode is how many lane ids each node has: node n has those from n·LanesPerNode on.
const LanesPerNode = 64

// Lane is the node's i-th lane, 0 ≤ i < LanesPerNode.
func (n NodeID) Lane(i int) LaneID { return LaneID(int(n)*LanesPerNode + i) }

// Version counts the commits of a run, from 1.
type Version int64

// EventID is the position of an event in a run's history, from 1.
type EventID = int64
