package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

var _ store.Members = (*Store)(nil)

// membersTimeout bounds each call: a lease that could not be renewed in this time is better asked for again.
const membersTimeout = 5 * time.Second

// joining is the advisory lock of those that join: "tenuto" in ASCII and a two.
const joining int64 = 0x74656e75746f02

// Locks are taken in one order everywhere: node rows by id, lanes, shards, and the count of moves last. So no two of these transactions wait for each other.
const (
	memberSettings = `SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '5s'`

	lockJoining  = `SELECT pg_advisory_xact_lock($1)` // one joins at a time
	predecessors = `SELECT id FROM node WHERE address = $1 OR (mark <> $2 AND expires <= clock_timestamp()) ORDER BY id FOR UPDATE`
	strangers    = `SELECT count(*) FROM node WHERE mark <> $1 AND address <> $2 AND expires > clock_timestamp()`
	insertNode   = `INSERT INTO node (address, mark, version, joined, expires, leaving)
		VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4, false) RETURNING id`

	// One statement renews and reads: what the update changed is not seen by the rest of it, so the row itself is taken from the update.
	renewNode = `WITH renewed AS (UPDATE node SET expires = clock_timestamp() + $2 WHERE id = $1 RETURNING id, address, version, joined, leaving)
		SELECT id, address, version, joined, leaving, false, (SELECT count FROM shard_moves) FROM renewed
		UNION ALL SELECT id, address, version, joined, leaving, expires <= clock_timestamp(), 0 FROM node WHERE id <> $1 AND EXISTS (SELECT FROM renewed)
		ORDER BY 1`
	leaveNode = `UPDATE node SET leaving = true WHERE id = $1`

	lockExpired = `SELECT expires <= clock_timestamp() FROM node WHERE id = $1 FOR UPDATE`
	lockNode    = `SELECT true FROM node WHERE id = $1 FOR UPDATE`
	keepNode    = `SELECT true FROM node WHERE id = $1 FOR SHARE`
	deleteNode  = `DELETE FROM node WHERE id = $1`
	freeShards  = `UPDATE shard SET node = NULL WHERE node = $1`
	countMove   = `UPDATE shard_moves SET count = count + 1`

	// A lane whose row is gone has no owner for ever: the ids of lanes are those of one node's life. Deleting waits for the commit that is in flight.
	deleteLanes = `DELETE FROM lane WHERE lane >= $1 AND lane < $2`
	// endLanes ends the backends that lanes name, as endBackend does for one, without waiting for each: deleting the lanes waits for all.
	endLanes = `SELECT count(pg_terminate_backend(a.pid)) FROM lane AS l JOIN pg_stat_activity AS a ON a.pid = l.pid AND a.backend_start = l.started
		WHERE l.lane >= $1 AND l.lane < $2 AND a.pid <> pg_backend_pid()`

	readOwners    = `SELECT shard, coalesce(node, 0) FROM shard`
	acquireShards = `UPDATE shard AS s SET node = $1 FROM (SELECT shard FROM shard WHERE shard = ANY($2::smallint[]) AND node IS NULL ORDER BY shard FOR UPDATE SKIP LOCKED) AS free
		WHERE s.shard = free.shard RETURNING s.shard`
	releaseShards = `UPDATE shard SET node = NULL WHERE node = $1 AND shard = ANY($2::smallint[])`
)

// Join implements store.Members.
func (s *Store) Join(ctx context.Context, n store.NewNode) (id orchestration.NodeID, err error) {
	err = s.members(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockJoining, joining); err != nil {
			return err
		}
		var others int
		if err := tx.QueryRow(ctx, strangers, n.Mark, n.Address).Scan(&others); err != nil {
			return err
		}
		if others > 0 {
			return store.ErrStranger
		}
		rows, err := tx.Query(ctx, predecessors, n.Address, n.Mark)
		if err != nil {
			return err
		}
		gone, err := pgx.CollectRows(rows, pgx.RowTo[orchestration.NodeID])
		if err != nil {
			return err
		}
		for _, old := range gone {
			if err := s.remove(ctx, tx, old); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, insertNode, n.Address, n.Mark, n.Version, n.Lease).Scan(&id)
	})
	return id, err
}

// Renew implements store.Members.
func (s *Store) Renew(ctx context.Context, id orchestration.NodeID, lease time.Duration) (m store.Membership, err error) {
	ctx, cancel := context.WithTimeout(ctx, membersTimeout)
	defer cancel()
	err = s.query(ctx, renewNode, []any{int32(id), lease}, func(rows pgx.Rows) error {
		var n store.Node
		var moves int64
		err := rows.Scan(&n.ID, &n.Address, &n.Version, &n.Joined, &n.Leaving, &n.Expired, &moves)
		m.Nodes, m.Moves = append(m.Nodes, n), max(m.Moves, moves)
		return err
	})
	switch {
	case err != nil:
		return store.Membership{}, fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	case len(m.Nodes) == 0:
		return store.Membership{}, store.ErrFenced
	}
	return m, nil
}

// Leave implements store.Members.
func (s *Store) Leave(ctx context.Context, id orchestration.NodeID) error {
	return s.members(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, leaveNode, int32(id))
		if err == nil && tag.RowsAffected() == 0 {
			err = store.ErrFenced
		}
		return err
	})
}

// Quit implements store.Members.
func (s *Store) Quit(ctx context.Context, id orchestration.NodeID) error {
	return s.members(ctx, func(tx pgx.Tx) error {
		var there bool
		if err := tx.QueryRow(ctx, lockNode, int32(id)).Scan(&there); errors.Is(err, pgx.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		return s.remove(ctx, tx, id)
	})
}

// Fence implements store.Members.
func (s *Store) Fence(ctx context.Context, id orchestration.NodeID) error {
	return s.members(ctx, func(tx pgx.Tx) error {
		var expired bool
		switch err := tx.QueryRow(ctx, lockExpired, int32(id)).Scan(&expired); {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err != nil:
			return err
		case !expired:
			return store.ErrAlive
		}
		return s.remove(ctx, tx, id)
	})
}

// remove takes a node whose row is locked out of the database, with its lanes. A backend that sits on one of them in mid-commit is ended.
func (s *Store) remove(ctx context.Context, tx pgx.Tx, id orchestration.NodeID) error {
	from, to := int32(id.Lane(0)), int32((id + 1).Lane(0))
	deleting, err := tx.Begin(ctx) // a savepoint: a lock that was not to be had ends only this part
	if err != nil {
		return err
	}
	if _, err = deleting.Exec(ctx, deleteLanes, from, to); isCode(err, lockNotAvailable) {
		if err = deleting.Rollback(ctx); err == nil {
			_, err = tx.Exec(ctx, endLanes, from, to)
		}
		if err == nil {
			_, err = tx.Exec(ctx, deleteLanes, from, to)
		}
	} else if err == nil {
		err = deleting.Commit(ctx)
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, freeShards, int32(id)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deleteNode, int32(id)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, countMove)
	return err
}

// Owners implements store.Members.
func (s *Store) Owners(ctx context.Context) (owners [orchestration.Shards]orchestration.NodeID, err error) {
	ctx, cancel := context.WithTimeout(ctx, membersTimeout)
	defer cancel()
	err = s.query(ctx, readOwners, nil, func(rows pgx.Rows) error {
		var shard orchestration.ShardID
		var node orchestration.NodeID
		err := rows.Scan(&shard, &node)
		if err == nil && int(shard) < len(owners) {
			owners[shard] = node
		}
		return err
	})
	return owners, err
}

// AcquireShards implements store.Members.
func (s *Store) AcquireShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) (got []orchestration.ShardID, err error) {
	err = s.members(ctx, func(tx pgx.Tx) error {
		var there bool
		if err := tx.QueryRow(ctx, keepNode, int32(id)).Scan(&there); errors.Is(err, pgx.ErrNoRows) {
			return store.ErrFenced
		} else if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, acquireShards, int32(id), shardNumbers(shards))
		if err != nil {
			return err
		}
		if got, err = pgx.CollectRows(rows, pgx.RowTo[orchestration.ShardID]); err != nil || len(got) == 0 {
			return err
		}
		_, err = tx.Exec(ctx, countMove)
		return err
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// ReleaseShards implements store.Members.
func (s *Store) ReleaseShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) error {
	return s.members(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, releaseShards, int32(id), shardNumbers(shards)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, countMove)
		return err
	})
}

// members runs a transaction about nodes and shards. What fails for want of a connection or a lock is ErrUnavailable.
func (s *Store) members(ctx context.Context, do func(pgx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, 3*membersTimeout)
	defer cancel()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, memberSettings); err != nil {
			return err
		}
		return do(tx)
	})
	for _, known := range []error{nil, store.ErrStranger, store.ErrAlive, store.ErrFenced} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

func shardNumbers(shards []orchestration.ShardID) []int16 {
	if shards == nil {
		return nil
	}
	out := make([]int16, len(shards))
	for i, s := range shards {
		out[i] = int16(s)
	}
	return out
}
