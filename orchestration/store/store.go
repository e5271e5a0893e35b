package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Errors of Commit and the fenced calls. Any other error means: nothing was written, and (with more than one write in the batch) one
// of the writes may be to blame.
var (
	// ErrFenced: another owner has bumped the lane's epoch. Nothing was written, and nothing ever will be under this fence.
	ErrFenced = errors.New("store: fenced: another owner has taken this lane")
	// ErrConflict: a write's expected version or current run is not what is stored. Nothing was written.
	ErrConflict = errors.New("store: conflict: the stored version is another one")
	// ErrUnknownOutcome: the connection was lost while the commit was in flight. It may have been applied or not; Versions tells.
	ErrUnknownOutcome = errors.New("store: outcome unknown: the connection was lost during the commit")
	// ErrUnavailable: the database cannot be reached or is out of room. Nothing was written; try again later.
	ErrUnavailable = errors.New("store: unavailable")
)

// Fence is the right to write through a lane: the epoch that its owner got from AcquireLane.
type Fence struct {
	Lane  orchestration.LaneID
	Epoch orchestration.Epoch
}

// Store is the part of the contract that owners of shards use.
type Store interface {
	// AcquireLane bumps the lane's epoch (creating the lane at need) and returns the new fence. Every older fence is void from its return on.
	// Errors: ErrUnavailable; with Members, ErrFenced for a lane of a node that is gone.
	AcquireLane(ctx context.Context, lane orchestration.LaneID) (Fence, error)
	// RenewLane bumps the epoch of a lane that is still f's owner's and returns the new fence: it waits for a commit that is in flight under f, or
	// defeats it. It may be repeated when its answer was lost. Errors: ErrFenced when somebody else has acquired the lane since; ErrUnavailable.
	RenewLane(ctx context.Context, f Fence) (Fence, error)
	// Commit applies the whole batch in one flushed transaction, or nothing of it. Every read that begins after it returned sees it. ctx counts
	// only until the transaction begins; a commit that has begun is finished.
	// Errors: ErrFenced, ErrConflict, ErrUnknownOutcome, ErrUnavailable, or the driver's own for a write that it cannot store.
	Commit(ctx context.Context, f Fence, batch []Write) error
	// DelayWakes moves wake rows later, in bulk: for each row still at From it sets To. Other rows are left alone. Fenced.
	DelayWakes(ctx context.Context, f Fence, moves []WakeMove) error
	// Sweep removes at most limit rows of what deleted runs have left behind (see RunDelete), and tells whether there may be more. It needs no fence:
	// nobody writes to a run that is not there, and several may sweep side by side. Errors: ErrUnavailable.
	Sweep(ctx context.Context, limit int) (more bool, err error)

	// LoadRuns reads runs with their items and wake rows, all as of one moment; runs that do not exist under exactly that namespace,
	// workflow id and run id are absent from the answer. A zero run id is no run: CurrentRun resolves it. Any order.
	LoadRuns(ctx context.Context, keys []orchestration.RunKey) ([]Record, error)
	// CurrentRun reads the current run of a workflow. ok is false when the workflow never ran (or its runs have left).
	CurrentRun(ctx context.Context, k orchestration.WorkflowKey) (cur Current, ok bool, err error)
	// Wakes pages through wake rows of the scan's shards with At <= Until, ordered by (At, RunID), after the cursor.
	Wakes(ctx context.Context, scan WakeScan) ([]Wake, error)
	// Backlog reads the head of a queue's backlog in dispatch order (Priority, Pass, Seq, and Shard to break ties), after the cursor, whose
	// row may have gone meanwhile.
	Backlog(ctx context.Context, scan BacklogScan) ([]BacklogRow, error)
	// BacklogQueues counts the backlog rows that runs of the given shards (nil: of all) have in every queue, by priority, where they have any.
	BacklogQueues(ctx context.Context, shards []orchestration.ShardID) ([]BacklogCount, error)
}

// Reader is the part of the contract that answers clients' reads.
type Reader interface {
	// History reads whole batches that overlap [From, To], ascending (or descending by batch when Reverse), as many as fit MaxBytes
	// and at least one if any overlaps. Fewer than all means: call again from where it stopped. No such run: no batches.
	History(ctx context.Context, r HistoryRange) ([]Batch, error)
	// List reads visibility rows of a namespace in the query's order, open runs and closed ones alike.
	List(ctx context.Context, q ListQuery) ([]Visibility, error)
	// Closed reads which runs of a namespace closed first, ordered by (CloseTime, RunID), after the cursor.
	Closed(ctx context.Context, scan ClosedScan) ([]ClosedRun, error)
	// Count counts visibility rows of a namespace.
	Count(ctx context.Context, q ListQuery) (int64, error)
	// CountGroups counts visibility rows of a namespace by a column, largest groups first, at most Limit of them.
	CountGroups(ctx context.Context, q ListQuery, by GroupKey) ([]Group, error)
	// Versions reads the committed version of runs; absent runs (as in LoadRuns) are absent from the answer. It resolves unknown outcomes.
	Versions(ctx context.Context, keys []orchestration.RunKey) (map[orchestration.RunID]orchestration.Version, error)
	// Dialect tells the list filter's compiler which SQL the driver speaks.
	Dialect() Dialect
}

// Dialect is a flavour of SQL.
type Dialect int

// The dialects that drivers speak.
const (
	SQLite Dialect = iota + 1
	Postgres
)

// Placeholder is how a statement names its n-th argument.
func (d Dialect) Placeholder(n int) string {
	if d == Postgres {
		return "$" + strconv.Itoa(n)
	}
	return "?" + strconv.Itoa(n)
}

// Write is one workflow's part of a batch: all of it is stored or none.
type Write struct {
	Workflow orchestration.WorkflowKey
	Shard    orchestration.ShardID
	Runs     []RunWrite
	Current  *CurrentWrite // nil: current_run stays as it is, unless it names a run that is deleted
	Backlog  []BacklogWrite
	Deletes  []RunDelete // of runs that are not in Runs
	Usage    []UsageHour // what the write adds to its namespace's usage; mostly one hour
}

// RunDelete removes a run: nothing can be read of it from the commit on. Its rows of run, visibility and wake go in the commit, and that of current_run
// if it names the run after the write. Its history and items go in the commit too if they are few; else Sweep removes them.
// Its backlog rows are the writer's to delete, as those of a run that closes.
type RunDelete struct {
	RunID     orchestration.RunID
	Expect    orchestration.Version // the committed version
	StartTime time.Time             // of its visibility row
}

// DeleteAtOnce is up to how many commits a run has seen whose history is deleted in the commit itself. Each commit has written one row at most.
const DeleteAtOnce = 64

// CurrentWrite moves current_run of the workflow.
type CurrentWrite struct {
	Expect orchestration.RunID // zero: the workflow has no current run yet
	Set    Current
}

// Current is the row of current_run.
type Current struct {
	RunID          orchestration.RunID
	StartRequestID string
	Status         int32 // enumspb.WorkflowExecutionStatus
}

// RunWrite is the coalesced change of one run since its last commit.
type RunWrite struct {
	RunID   orchestration.RunID
	Expect  orchestration.Version // the committed version; 0 inserts the run
	Version orchestration.Version // > Expect
	State   []byte                // the whole new run.state
	History []Batch               // new batches, in order
	Items   []ItemWrite           // changed rows of item
	Wake    WakeWrite
	// Visibility is the whole new row, or nil when it stays. With Expect 0 it is inserted; else it replaces the run's row, in which
	// namespace, workflow id, run id, type and start time are what they were (anything else is a conflict).
	Visibility *Visibility
	// Terms are all terms by which lists find the run's search attributes (search.Terms: each once), or nil when they stay. They come with Visibility.
	Terms [][]byte
	// Owed notes that the run's spans are to be sent, once: see Traces. Key and Shard are the write's. nil: nothing is to be noted.
	Owed *OwedTrace
}

// Batch is one encoded batch of events with consecutive ids; see EncodeEvents.
type Batch struct {
	First, Last orchestration.EventID
	Events      []byte
}

// ItemWrite upserts (Data set, if only to an empty slice) or deletes (Data nil) a row of item. Deleting what is not there is no error.
type ItemWrite struct {
	Kind uint8
	ID   string
	Data []byte
}

// WakeWrite changes the run's wake row.
type WakeWrite struct {
	Change WakeChange
	At     time.Time // with WakeSet; millisecond precision, rounded down by the driver
}

// WakeChange says what happens to the wake row.
type WakeChange uint8

// The changes of a wake row.
const (
	WakeKeep WakeChange = iota
	WakeSet             // insert or move
	WakeDelete
)

// Record is a run as stored.
type Record struct {
	Key     orchestration.RunKey
	Version orchestration.Version
	State   []byte
	Items   []ItemWrite // Data never nil
	Wake    time.Time   // zero: no wake row
}

// Wake is a row of the wake index.
type Wake struct {
	Key   orchestration.RunKey
	Shard orchestration.ShardID
	At    time.Time
}

// WakeMove moves one wake row later.
type WakeMove struct {
	RunID    orchestration.RunID
	From, To time.Time
}

// WakeScan is a page of the wake index.
type WakeScan struct {
	Shards   []orchestration.ShardID // nil: all
	Until    time.Time
	AfterAt  time.Time // with AfterRun: the last row of the previous page
	AfterRun orchestration.RunID
	Limit    int // rows; 0 reads none
}

// BacklogKey is a backlog's queue.
type BacklogKey struct {
	Namespace orchestration.NamespaceID
	Queue     string
	Kind      orchestration.TaskKind
}

// BacklogRow is a task that outgrew memory.
type BacklogRow struct {
	BacklogKey
	Priority         int32
	Pass             int64 // fairness pass; 0 without fairness
	Shard            orchestration.ShardID
	Seq              int64 // the owner's counter: order of arrival, unique per shard
	Run              orchestration.RunKey
	ScheduledEventID orchestration.EventID
	Attempt          int32
	At               time.Time // when it became ready
}

// BacklogWrite inserts the row, or deletes the one with the same (queue, priority, pass, shard, seq) if there is one.
type BacklogWrite struct {
	Row    BacklogRow
	Delete bool
}

// BacklogScan is the head of one queue's backlog.
type BacklogScan struct {
	BacklogKey
	Shards []orchestration.ShardID // nil: all
	After  *BacklogRow             // nil: from the head
	Limit  int                     // rows; 0 reads none
}

// BacklogCount is how much of one priority waits in one queue's backlog, and the largest Seq of it, over the shards asked for.
type BacklogCount struct {
	BacklogKey
	Priority int32
	Count    int64
	MaxSeq   int64
}

// ClosedScan is a page of a namespace's closed runs.
type ClosedScan struct {
	Namespace  orchestration.NamespaceID
	Until      time.Time // closed at this moment or before
	AfterClose time.Time // with AfterRun: the last row of the previous page; zero for the first
	AfterRun   orchestration.RunID
	Limit      int // rows; 0 reads none
}

// ClosedRun is a run that has closed.
type ClosedRun struct {
	Key       orchestration.RunKey
	CloseTime time.Time
}

// HistoryRange selects batches of one run.
type HistoryRange struct {
	Run      orchestration.RunKey
	From, To orchestration.EventID // inclusive; To 0: to the end
	Reverse  bool
	MaxBytes int // of encoded batches; 0: no limit
}

// Visibility is what lists know of a run. Times are stored to the microsecond, rounded down, and read in UTC.
type Visibility struct {
	Namespace     orchestration.NamespaceID
	WorkflowID    string
	RunID         orchestration.RunID
	Type          string
	TaskQueue     string
	Status        int32 // enumspb.WorkflowExecutionStatus
	StartTime     time.Time
	ExecutionTime time.Time           // StartTime + start delay or first cron back-off
	CloseTime     time.Time           // zero while open
	HistoryLength int64               // at close, else 0
	HistoryBytes  int64               // at close, else 0
	Transitions   int64               // commits that changed the run; at close, else 0
	Parent        orchestration.RunID // zero without parent
	ParentID      string              // the parent's workflow id
	RootID        string
	Root          orchestration.RunID
	Memo          []byte // encoded commonpb.Memo
	Search        []byte // encoded commonpb.SearchAttributes
}
