package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// eviction says when a node may be removed.
type eviction bool

const (
	evictExpired eviction = false // only when its lease has run out
	evictAnyway  eviction = true
)

const (
	// transactionLimits are those of a transaction of several round trips. It may queue behind another that removes the same node, which ends
	// within seconds; and it is undone when its own client falls silent in the middle.
	transactionLimits = `SELECT set_config('lock_timeout', '10s', true), set_config('statement_timeout', '15s', true),
		set_config('idle_in_transaction_session_timeout', '10s', true)`
	// lockNode keeps everything else off the node: renewals, and acquiring of shards and lanes.
	lockNode = `SELECT expires <= clock_timestamp() FROM node WHERE id = $1 FOR UPDATE`
	// shortLocks is how long a commit in flight is waited for.
	shortLocks = `SELECT set_config('lock_timeout', '2s', true)`
	// deleteLanes waits for the commits in flight: each holds its lane's row. One that comes later finds no row.
	deleteLanes = `DELETE FROM lane WHERE lane BETWEEN $1::int4 AND $2::int4`
	// endBackends ends the backends that the lanes' rows name, unless they are gone and their process ids are somebody else's.
	endBackends = `SELECT pg_terminate_backend(a.pid) FROM lane AS l JOIN pg_stat_activity AS a ON a.pid = l.pid AND a.backend_start = l.started
		WHERE l.lane BETWEEN $1::int4 AND $2::int4 AND a.pid <> pg_backend_pid()`
	deleteNode = `DELETE FROM node WHERE id = $1`
)

// Fence implements store.Members.
func (s *Store) Fence(ctx context.Context, id orchestration.NodeID) error {
	return s.evict(ctx, id, evictExpired)
}

// Quit implements store.Members.
func (s *Store) Quit(ctx context.Context, id orchestration.NodeID) error {
	return s.evict(ctx, id, evictAnyway)
}

// evict removes a node, its lanes and its ownership of shards, in one transaction. A node that is gone is no error, so it may be repeated.
func (s *Store) evict(ctx context.Context, id orchestration.NodeID, when eviction) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, transactionLimits); err != nil {
			return err
		}
		var expired bool
		switch err := tx.QueryRow(ctx, lockNode, int32(id)).Scan(&expired); {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err != nil:
			return err
		case !expired && when == evictExpired:
			return store.ErrAlive
		}
		if err := silence(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, freeShards, int32(id), nil); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, deleteNode, int32(id))
		return err
	})
	if errors.Is(err, store.ErrAlive) {
		return store.ErrAlive
	}
	return readError(ctx, err)
}

// silence deletes the node's lanes. A backend that sits on one of them is ended after two seconds; the savepoint keeps the node's row meanwhile, so that
// nobody whose lease is renewed in between is ended.
func silence(ctx context.Context, tx pgx.Tx, id orchestration.NodeID) error {
	first, last := int32(id.Lane(0)), int32(id.Lane(orchestration.LanesPerNode-1))
	if _, err := tx.Exec(ctx, shortLocks); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, tx, func(savepoint pgx.Tx) error {
		_, err := savepoint.Exec(ctx, deleteLanes, first, last)
		return err
	})
	if !isCode(err, lockNotAvailable) {
		return err
	}
	if _, err := tx.Exec(ctx, endBackends, first, last); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, deleteLanes, first, last)
	return err
}
