package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Every statement of membership locks in this order: node, lane, shard, and rows of one table by their keys. Only fencing takes a node's row
// for itself; acquiring shards and lanes only keeps it from going away, beside renewals.

// renew finds no row when the node is gone. What it reads of the node itself is as it was before: its lease had run out perhaps.
const renew = `WITH renewed AS (UPDATE node SET expires = clock_timestamp() + $2::bigint * interval '1 microsecond' WHERE id = $1::int4 RETURNING id)
	SELECT n.id, n.address, n.version, n.joined, n.leaving, n.expires <= clock_timestamp() AND n.id <> $1::int4, m.moves
	FROM node AS n, (SELECT sum(moves)::bigint AS moves FROM shard) AS m WHERE EXISTS (SELECT FROM renewed) ORDER BY n.id`

// Renew implements store.Members.
func (s *Store) Renew(ctx context.Context, id orchestration.NodeID, lease time.Duration) (store.Membership, error) {
	var m store.Membership
	err := s.member(ctx, renew, []any{int32(id), lease.Microseconds()}, func(rows pgx.Rows) error {
		var n store.Node
		err := rows.Scan((*int32)(&n.ID), &n.Address, &n.Version, &n.Joined, &n.Leaving, &n.Expired, &m.Moves)
		n.Joined = n.Joined.UTC()
		m.Nodes = append(m.Nodes, n)
		return err
	})
	if err != nil {
		return store.Membership{}, err
	}
	return m, nil
}

const leave = `UPDATE node SET leaving = true WHERE id = $1 RETURNING id`

// Leave implements store.Members.
func (s *Store) Leave(ctx context.Context, id orchestration.NodeID) error {
	return s.member(ctx, leave, []any{int32(id)}, func(pgx.Rows) error { return nil })
}

const loadOwners = `SELECT shard, node FROM shard WHERE node IS NOT NULL`

// Owners implements store.Members.
func (s *Store) Owners(ctx context.Context) (owners [orchestration.Shards]orchestration.NodeID, err error) {
	err = s.query(ctx, loadOwners, nil, func(rows pgx.Rows) error {
		var shard int16
		var node int32
		if err := rows.Scan(&shard, &node); err != nil {
			return err
		}
		owners[shard] = orchestration.NodeID(node)
		return nil
	})
	return owners, err
}

// acquireShards finds no row when the node is gone, and one without a shard when none is to be had.
const acquireShards = `WITH me AS (SELECT id FROM node WHERE id = $1::int4 FOR KEY SHARE),
	free AS (SELECT shard FROM shard WHERE shard = ANY($2::int2[]) AND (node IS NULL OR node = $1::int4) AND EXISTS (SELECT FROM me)
		ORDER BY shard FOR UPDATE),
	taken AS (UPDATE shard AS s SET node = $1::int4, moves = s.moves + 1 FROM free AS f WHERE s.shard = f.shard RETURNING s.shard)
	SELECT t.shard FROM me LEFT JOIN taken AS t ON true ORDER BY t.shard`

// AcquireShards implements store.Members.
func (s *Store) AcquireShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) ([]orchestration.ShardID, error) {
	var got []orchestration.ShardID
	err := s.member(ctx, acquireShards, []any{int32(id), shardIDs(shards)}, func(rows pgx.Rows) error {
		var shard *int16
		if err := rows.Scan(&shard); err != nil {
			return err
		}
		if shard != nil {
			got = append(got, orchestration.ShardID(*shard))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// freeShards sets free those of $2 (null: all) that the node owns.
const freeShards = `WITH own AS (SELECT shard FROM shard WHERE node = $1::int4 AND ($2::int2[] IS NULL OR shard = ANY($2::int2[])) ORDER BY shard FOR UPDATE)
	UPDATE shard AS s SET node = NULL, moves = s.moves + 1 FROM own AS o WHERE s.shard = o.shard`

// ReleaseShards implements store.Members.
func (s *Store) ReleaseShards(ctx context.Context, id orchestration.NodeID, shards []orchestration.ShardID) error {
	_, err := s.limited(ctx, freeShards, []any{int32(id), shardIDs(shards)}, func(pgx.Rows) error { return nil })
	return err
}

// member runs a statement of a node that finds at least one row unless the node is gone.
func (s *Store) member(ctx context.Context, text string, args []any, scan func(pgx.Rows) error) error {
	n, err := s.limited(ctx, text, args, scan)
	if err == nil && n == 0 {
		return store.ErrFenced
	}
	return err
}

// statementLimits are those of the statements of membership, for the one transaction: a lock is awaited for two seconds at most, or a node that
// renews would stand behind whoever fences it.
const statementLimits = `SELECT set_config('lock_timeout', '2s', true), set_config('statement_timeout', '5s', true)`

// limited runs a statement within limits, in one round trip, and returns the number of its rows. Every such statement can be repeated, so one that
// a connection which was lost while it idled has failed runs once more, as reads do.
func (s *Store) limited(ctx context.Context, text string, args []any, scan func(pgx.Rows) error) (int, error) {
	n, err := s.limitedOnce(ctx, text, args, scan)
	if n == 0 && stale(err) {
		s.pool.Reset()
		return s.limitedOnce(ctx, text, args, scan)
	}
	return n, err
}

func (s *Store) limitedOnce(ctx context.Context, text string, args []any, scan func(pgx.Rows) error) (n int, err error) {
	var batch pgx.Batch
	batch.Queue(statementLimits)
	batch.Queue(text, args...).Query(func(rows pgx.Rows) error {
		for ; rows.Next(); n++ {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return n, readError(ctx, s.pool.SendBatch(ctx, &batch).Close())
}

// shardIDs are shards as one argument, never null.
func shardIDs(shards []orchestration.ShardID) []int16 {
	ids := make([]int16, len(shards))
	for i, s := range shards {
		ids[i] = int16(s)
	}
	return ids
}
