package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// commitTimeout is how long an answer is awaited before the connection counts as lost. Longer than a stall of the database's disk.
const commitTimeout = 15 * time.Second

// fenceName is the prepared statement of checkFence.
const fenceName = "tenuto_fence"

// binaryFormat says that all arguments of a statement are in binary format.
var binaryFormat = []int16{1}

// Commit implements store.Store.
func (s *Store) Commit(ctx context.Context, f store.Fence, writes []store.Write) error {
	return s.commit(ctx, f, func(b *batch) {
		for i := range writes {
			b.write(&writes[i])
		}
		b.count(f.Lane, writes)
	})
}

// DelayWakes implements store.Store.
func (s *Store) DelayWakes(ctx context.Context, f store.Fence, moves []store.WakeMove) error {
	return s.commit(ctx, f, func(b *batch) {
		for i := range moves {
			b.add(delayWake).uuid(moves[i].RunID).milli(moves[i].From).milli(moves[i].To)
		}
	})
}

// commit stores what fill adds to the lane's batch. ctx counts only until it is sent.
func (s *Store) commit(ctx context.Context, f store.Fence, fill func(*batch)) error {
	l := s.lane(f.Lane)
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.leave()
	if err := l.ready(ctx, f); err != nil {
		return err
	}
	l.batch.reset()
	fill(l.batch)
	err := l.send(f)
	l.dropIfClosed()
	return err
}

// send sends the batch and waits for its outcome.
func (l *lane) send(f store.Fence) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	p := l.conn.PgConn().StartPipeline(ctx)
	lane := binary.BigEndian.AppendUint32(nil, uint32(f.Lane))
	epoch := binary.BigEndian.AppendUint64(nil, uint64(f.Epoch))
	p.SendQueryPrepared(fenceName, [][]byte{lane, epoch}, binaryFormat, nil)
	sent := 1
	for i := range l.batch.rows {
		if r := &l.batch.rows[i]; r.n > 0 {
			p.SendQueryPrepared(preparedStatements[i].name, r.arguments(), binaryFormat, nil)
			sent++
		}
	}
	if err := p.Sync(); err != nil {
		_ = p.Close() // says the same
		return lost(err)
	}
	answered, err := answers(p)
	_ = p.Close() // err is the first and tells all
	return outcome(err, answered == sent)
}

// answers reads until the transaction has ended or cannot be heard of any more. It returns the number of statements that succeeded and
// the first error.
func answers(p *pgconn.Pipeline) (succeeded int, first error) {
	for {
		result, err := p.GetResults()
		switch r := result.(type) {
		case *pgconn.ResultReader:
			if _, err = r.Close(); err == nil {
				succeeded++
			}
		case *pgconn.PipelineSync:
			return succeeded, first
		case nil:
			if err == nil {
				err = errors.New("the server has answered less than was sent")
			}
		}
		if err != nil {
			if first == nil {
				first = err
			}
			if !undone(err) {
				return succeeded, first
			}
		}
	}
}
