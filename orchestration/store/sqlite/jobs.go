package sqlite

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

var _ store.Jobs = (*Store)(nil)

// AddJob implements store.Jobs.
func (w *writer) AddJob(ctx context.Context, j store.Job, most int) error {
	return w.transact(ctx, func(s *session) error {
		n, err := s.exec(insertJob, j.Namespace[:], j.ID, int64(j.Shard), j.Created.UnixMicro(), bit(j.Open), blob(j.Spec), blob(j.Progress))
		switch {
		case err != nil:
			return err
		case n == 0:
			return store.ErrJobExists
		case !j.Open:
			return nil
		}
		open, _, err := s.queryInt(countOpenJobs, j.Namespace[:])
		if err == nil && open > int64(most) {
			err = store.ErrTooManyJobs
		}
		return err
	})
}

// SaveJob implements store.Jobs.
func (w *writer) SaveJob(ctx context.Context, j store.Job) error {
	return w.transact(ctx, func(s *session) error {
		n, err := s.exec(updateJob, bit(j.Open), blob(j.Progress), j.Namespace[:], j.ID, j.Version)
		return exactlyOne(n, err, "job %q at version %d", j.ID, j.Version)
	})
}

// DropJobs implements store.Jobs.
func (w *writer) DropJobs(ctx context.Context, ns orchestration.NamespaceID, before time.Time, limit int) (int, error) {
	var n int64
	err := w.transact(ctx, func(s *session) (err error) {
		n, err = s.exec(dropJobs, ns[:], before.UnixMicro(), int64(max(0, limit)))
		return err
	})
	return int(n), err
}

const (
	jobColumns      = `SELECT namespace, id, shard, created, version, open, spec, progress FROM job `
	jobsOfNamespace = `WHERE namespace = ? AND (created, id) < (?, ?) ORDER BY created DESC, id DESC LIMIT ?`
	jobsOpen        = `WHERE open = 1`
)

// Job implements store.Jobs.
func (r *reader) Job(ctx context.Context, ns orchestration.NamespaceID, id string) (store.Job, bool, error) {
	jobs, err := r.jobs(ctx, jobColumns+`WHERE namespace = ? AND id = ?`, ns[:], id)
	if err != nil || len(jobs) == 0 {
		return store.Job{}, false, err
	}
	return jobs[0], true, nil
}

// Jobs implements store.Jobs.
func (r *reader) Jobs(ctx context.Context, scan store.JobScan) ([]store.Job, error) {
	before := int64(math.MaxInt64)
	if !scan.AfterCreated.IsZero() {
		before = scan.AfterCreated.UnixMicro()
	}
	return r.jobs(ctx, jobColumns+jobsOfNamespace,
		scan.Namespace[:], before, scan.AfterID, max(0, scan.Limit))
}

// OpenJobs implements store.Jobs.
func (r *reader) OpenJobs(ctx context.Context, shards []orchestration.ShardID) ([]store.Job, error) {
	return r.jobs(ctx, jobColumns+jobsOpen+ofShards, shardSet(shards))
}

func (r *reader) jobs(ctx context.Context, text string, args ...any) ([]store.Job, error) {
	var out []store.Job
	err := r.query(ctx, text, args, func(rows *sql.Rows) (bool, error) {
		var j store.Job
		var created int64
		err := rows.Scan((*id)(&j.Namespace), &j.ID, &j.Shard, &created, &j.Version, &j.Open, &j.Spec, &j.Progress)
		j.Created = time.UnixMicro(created).UTC()
		out = append(out, j)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// blob is a value that is never null.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
