package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

const (
	// loadObstacles reads the nodes that stand in the way of one that joins at address $1 with mark $2: at its address, or with another mark.
	loadObstacles = `SELECT id, address = $1, expires <= clock_timestamp() FROM node WHERE address = $1 OR mark <> $2 ORDER BY id`
	// queueToJoin lets one node after the other join, or two with different marks could both find nobody there. The key is "tenuto" in ASCII and a two.
	queueToJoin = `SELECT pg_advisory_xact_lock(x'74656e75746f02'::bigint)`
	insertNode  = `INSERT INTO node (joined, expires, leaving, address, mark, version)
		SELECT now, now + $4::bigint * interval '1 microsecond', false, $1, $2, $3 FROM clock_timestamp() AS now
		WHERE NOT EXISTS (SELECT FROM node WHERE address = $1 OR mark <> $2) RETURNING id`
)

// joinAttempts is how often a node tries to join while others that stand in its way do too.
const joinAttempts = 5

// Join implements store.Members.
func (s *Store) Join(ctx context.Context, n store.NewNode) (orchestration.NodeID, error) {
	if n.Mark == nil {
		n.Mark = []byte{} // not null
	}
	for range joinAttempts {
		if err := s.clear(ctx, n); err != nil {
			return 0, err
		}
		id, err := s.insertNode(ctx, n)
		if !errors.Is(err, pgx.ErrNoRows) {
			return orchestration.NodeID(id), readError(ctx, err)
		}
	}
	return 0, fmt.Errorf("%w: other nodes keep joining at %s", store.ErrUnavailable, n.Address)
}

// clear fences the nodes that stand in the way. It finds all of them first: who is refused changes nothing.
func (s *Store) clear(ctx context.Context, n store.NewNode) error {
	var obstacles []orchestration.NodeID
	err := s.query(ctx, loadObstacles, []any{n.Address, n.Mark}, func(rows pgx.Rows) error {
		var id int32
		var predecessor, expired bool
		if err := rows.Scan(&id, &predecessor, &expired); err != nil {
			return err
		}
		if !predecessor && !expired {
			return store.ErrStranger
		}
		obstacles = append(obstacles, orchestration.NodeID(id))
		return nil
	})
	for _, id := range obstacles {
		if err == nil {
			err = s.evict(ctx, id, evictAnyway)
		}
	}
	return err
}

func (s *Store) insertNode(ctx context.Context, n store.NewNode) (id int32, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, transactionLimits); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, queueToJoin); err != nil {
			return err
		}
		return tx.QueryRow(ctx, insertNode, n.Address, n.Mark, n.Version, n.Lease.Microseconds()).Scan(&id)
	})
	return id, err
}
