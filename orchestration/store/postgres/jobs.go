package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

var _ store.Jobs = (*Store)(nil)

const (
	// lockJobs has those wait for each other who add jobs to one namespace, so that they count what the others have added.
	lockJobs  = `SELECT pg_advisory_xact_lock($1)`
	insertJob = `INSERT INTO job (namespace, id, shard, created, version, open, spec, progress) VALUES ($1, $2, $3, $4, 1, $5, $6, $7)
		ON CONFLICT (namespace, id) DO NOTHING`
	countOpenJobs = `SELECT count(*) FROM job WHERE namespace = $1 AND open`
	updateJob     = `UPDATE job SET version = version + 1, open = $4, progress = $5 WHERE namespace = $1 AND id = $2 AND version = $3`
	dropJobs      = `DELETE FROM job WHERE (namespace, id) IN
		(SELECT namespace, id FROM job WHERE namespace = $1 AND created < $2 AND NOT open ORDER BY created LIMIT $3)`
)

// AddJob implements store.Jobs.
func (s *Store) AddJob(ctx context.Context, j store.Job, most int) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, transactionLimits); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, lockJobs, int64(binary.BigEndian.Uint64(j.Namespace[:8]))); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, insertJob, [16]byte(j.Namespace), j.ID, int16(j.Shard), microseconds(j.Created), j.Open, blob(j.Spec), blob(j.Progress))
		switch {
		case err != nil:
			return err
		case tag.RowsAffected() == 0:
			return store.ErrJobExists
		case !j.Open:
			return nil
		}
		var open int
		if err := tx.QueryRow(ctx, countOpenJobs, [16]byte(j.Namespace)).Scan(&open); err != nil {
			return err
		}
		if open > most {
			return store.ErrTooManyJobs
		}
		return nil
	})
	return readError(ctx, err)
}

// SaveJob implements store.Jobs.
func (s *Store) SaveJob(ctx context.Context, j store.Job) error {
	tag, err := s.pool.Exec(ctx, updateJob, [16]byte(j.Namespace), j.ID, j.Version, j.Open, blob(j.Progress))
	if err == nil && tag.RowsAffected() == 0 {
		return fmt.Errorf("job %q at version %d: %w", j.ID, j.Version, store.ErrConflict)
	}
	return readError(ctx, err)
}

// DropJobs implements store.Jobs.
func (s *Store) DropJobs(ctx context.Context, ns orchestration.NamespaceID, before time.Time, limit int) (int, error) {
	tag, err := s.pool.Exec(ctx, dropJobs, [16]byte(ns), before, max(0, limit))
	return int(tag.RowsAffected()), readError(ctx, err)
}

const (
	jobColumns      = `SELECT namespace, id, shard, created, version, open, spec, progress FROM job `
	jobsOfNamespace = `WHERE namespace = $1 AND (created, id) < ($2, $3) ORDER BY created DESC, id DESC LIMIT $4`
	jobsOpen        = `WHERE open AND get_bit($1::bytea, shard) > 0`
)

// Job implements store.Jobs.
func (r *reader) Job(ctx context.Context, ns orchestration.NamespaceID, id string) (store.Job, bool, error) {
	jobs, err := r.jobs(ctx, jobColumns+`WHERE namespace = $1 AND id = $2`, [16]byte(ns), id)
	if err != nil || len(jobs) == 0 {
		return store.Job{}, false, err
	}
	return jobs[0], true, nil
}

// Jobs implements store.Jobs.
func (r *reader) Jobs(ctx context.Context, scan store.JobScan) ([]store.Job, error) {
	before := afterAll
	if !scan.AfterCreated.IsZero() {
		before = pgtype.Timestamptz{Time: scan.AfterCreated, Valid: true}
	}
	return r.jobs(ctx, jobColumns+jobsOfNamespace,
		[16]byte(scan.Namespace), before, scan.AfterID, max(0, scan.Limit))
}

// OpenJobs implements store.Jobs.
func (r *reader) OpenJobs(ctx context.Context, shards []orchestration.ShardID) ([]store.Job, error) {
	return r.jobs(ctx, jobColumns+jobsOpen, bitmap(shards))
}

func (r *reader) jobs(ctx context.Context, text string, args ...any) ([]store.Job, error) {
	var out []store.Job
	err := r.query(ctx, text, args, func(rows pgx.Rows) error {
		var j store.Job
		err := rows.Scan((*[16]byte)(&j.Namespace), &j.ID, &j.Shard, &j.Created, &j.Version, &j.Open, &j.Spec, &j.Progress)
		j.Created = j.Created.UTC()
		out = append(out, j)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// microseconds rounds a time down to what the database keeps; the driver would round to the nearest.
func microseconds(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()) }

// blob is a value that is never null.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
