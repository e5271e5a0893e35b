package store

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Traces is the part of the contract for closed runs whose spans are to be sent to a collector. A run is noted in the commit that closes it (RunWrite.Owed), so
// none is forgotten whatever happens to whoever sends; and it is dropped when its spans were taken, so what was sent may be sent again, and never less.
type Traces interface {
	// OwedTraces reads the runs of some shards (nil: of all) that are noted, ordered by (Closed, run id), after the cursor.
	OwedTraces(ctx context.Context, scan OwedScan) ([]OwedTrace, error)
	// DropTraces forgets runs that OwedTraces has read. One that is not noted is no error. Errors: ErrUnavailable.
	DropTraces(ctx context.Context, runs []OwedTrace) error
}

// OwedTrace is a closed run whose spans are to be sent.
type OwedTrace struct {
	Key    orchestration.RunKey
	Shard  orchestration.ShardID
	Closed time.Time // stored to the microsecond, rounded down, and read in UTC
	// Trace and Span are the place of the run's spans, without whether it is sampled: it is.
	Trace [16]byte
	Span  [8]byte // zero: none
}

// OwedScan is a page of OwedTraces.
type OwedScan struct {
	Shards      []orchestration.ShardID // nil: all
	AfterClosed time.Time               // with AfterRun: the last row of the previous page; zero for the first
	AfterRun    orchestration.RunID
	Limit       int // rows; 0 reads none
}
