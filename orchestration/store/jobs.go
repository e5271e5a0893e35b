package store

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Errors of Jobs.
var (
	// ErrJobExists: the namespace has a job of that id already.
	ErrJobExists = errors.New("store: the job exists")
	// ErrTooManyJobs: the namespace has as many open jobs as it may have.
	ErrTooManyJobs = errors.New("store: too many open jobs")
)

// Jobs is the part of the contract for work that goes on for long and survives whoever does it: a record of what is asked for and how far it is. Who saves a
// record names the version that it read, so of two that both believe to do the job one is refused: ErrConflict. All writes are flushed.
type Jobs interface {
	// AddJob stores a new job as version 1, if it is closed or fewer than most jobs of its namespace are open. Errors: ErrJobExists, ErrTooManyJobs, ErrUnavailable.
	AddJob(ctx context.Context, j Job, most int) error
	// SaveJob stores Open and Progress over the version j.Version, and makes it the next one. Errors: ErrConflict (another version is stored, or none),
	// ErrUnavailable.
	SaveJob(ctx context.Context, j Job) error
	// Job reads one job; ok is false when there is none.
	Job(ctx context.Context, ns orchestration.NamespaceID, id string) (j Job, ok bool, err error)
	// Jobs reads jobs of a namespace, newest first: (Created, ID) descending, after the cursor.
	Jobs(ctx context.Context, scan JobScan) ([]Job, error)
	// OpenJobs reads all open jobs of some shards (nil: of all), in any order.
	OpenJobs(ctx context.Context, shards []orchestration.ShardID) ([]Job, error)
	// DropJobs removes up to limit closed jobs of a namespace that were created before a moment, and returns how many. Errors: ErrUnavailable.
	DropJobs(ctx context.Context, ns orchestration.NamespaceID, before time.Time, limit int) (int, error)
}

// Job is a record of Jobs. What Spec and Progress hold is the room's that does the job.
type Job struct {
	Namespace orchestration.NamespaceID
	ID        string
	Shard     orchestration.ShardID // whose owner does it
	Created   time.Time             // stored to the microsecond, rounded down, and read in UTC
	Version   int64
	Open      bool
	Spec      []byte // never changes
	Progress  []byte
}

// JobScan is a page of a namespace's jobs.
type JobScan struct {
	Namespace    orchestration.NamespaceID
	AfterCreated time.Time // with AfterID: the last row of the previous page; zero for the first
	AfterID      string
	Limit        int // rows; 0 reads none
}
