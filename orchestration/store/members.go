package store

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Errors of Members.
var (
	// ErrStranger: a node with another secret uses the database, and its lease has not run out.
	ErrStranger = errors.New("store: a node with another secret uses the database")
	// ErrAlive: the node's lease has not run out, so it cannot be fenced.
	ErrAlive = errors.New("store: the node's lease has not run out")
)

// Members is the part of the contract that several nodes share a database by: who lives, and who owns which shard. Leases count on the
// database's clock alone. A driver for one process only (SQLite) has none.
type Members interface {
	// Join makes a new node with a fresh lease. A node at the same address is fenced at once, without waiting for its lease: whoever joins has bound
	// the address, so that one is dead. Errors: ErrStranger, ErrUnavailable.
	Join(ctx context.Context, n NewNode) (orchestration.NodeID, error)
	// Renew prolongs the node's lease, also one that has run out, and reads all nodes. Errors: ErrFenced when the node was fenced or has quit.
	Renew(ctx context.Context, id orchestration.NodeID, lease time.Duration) (Membership, error)
	// Leave marks the node as leaving: it renews and serves, but is to own nothing in the end. Errors: ErrFenced.
	Leave(ctx context.Context, id orchestration.NodeID) error
	// Quit removes the node and its lanes. Its shards, if it has any left, are free.
	Quit(ctx context.Context, id orchestration.NodeID) error
	// Fence removes a node whose lease has run out: in one transaction its row is locked, its lanes are deleted (a commit in flight is waited for,
	// and after two seconds its backend is ended), its shards are set free and the node is gone. Nothing that it sends is stored from then on.
	// A node that is gone already is no error. Errors: ErrAlive, ErrUnavailable.
	Fence(ctx context.Context, id orchestration.NodeID) error

	// Owners reads who owns each shard; 0: it is free.
	Owners(ctx context.Context) ([orchestration.Shards]orchestration.NodeID, error)
	// AcquireShards makes the node the owner of those of the shards that are free, and returns them, with those that were its own already: so it may
	// be repeated when its answer was lost. Errors: ErrFenced, ErrUnavailable.
	AcquireShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) ([]orchestration.ShardID, error)
	// ReleaseShards sets shards of the node free; those of others stay as they are. Nothing of them may be in flight.
	ReleaseShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) error
}

// NewNode is a node that joins.
type NewNode struct {
	Address string // where other nodes reach it, HOST:PORT
	Mark    []byte // fingerprint of the secret that nodes know each other by, at most 32 bytes
	Version string // of the program
	Lease   time.Duration
}

// Node is a node as stored.
type Node struct {
	ID      orchestration.NodeID
	Address string
	Version string
	Joined  time.Time
	Leaving bool
	Expired bool // its lease has run out, by the database's clock
}

// Membership is who lives, as of one moment.
type Membership struct {
	Nodes []Node // by id, this one among them
	// Moves grows with every change of a shard's owner, so that owners need not be read when nothing has moved. Owners that are read after it are
	// those of that moment or later.
	Moves int64
}
