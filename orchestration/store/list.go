package store

import (
	"bytes"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Where is a compiled list filter: SQL over the columns of visibility with placeholders numbered from 1 (Dialect.Placeholder). It may ask visibility_term for terms
// of the row. The zero Where selects everything.
type Where struct {
	SQL  string
	Args []any
	// Leads are sets of ranges of terms: every selected run has a term in each set. Narrow tells that an index of visibility finds the few runs that can be
	// selected. Both are hints about where to begin.
	Leads  [][]TermRange
	Narrow bool
}

// TermRange are the terms with From <= term < To.
type TermRange struct{ From, To []byte }

// Point tells whether the range holds one term, From.
func (r TermRange) Point() bool {
	n := len(r.From)
	return len(r.To) == n+1 && r.To[n] == 0 && bytes.Equal(r.To[:n], r.From)
}

// SortKey is what a list is ordered by.
type SortKey uint8

// The keys of a list's order. Rows of equal keys are ordered by (StartTime, RunID), in the same direction.
const (
	ByStartTime    SortKey = iota + 1
	ByCloseTime            // the filter must demand one
	ByWorkflowID           // byte by byte, as all texts
	ByWorkflowType         //
	ByTerm                 // by the row's term in Order.Terms, where it has at most one; rows without are not listed
)

// Order is the order of a list. The zero Order is newest start first.
type Order struct {
	By        SortKey
	Ascending bool
	Terms     TermRange // with ByTerm
}

// ListQuery selects rows of one namespace.
type ListQuery struct {
	Namespace orchestration.NamespaceID
	Where     Where
	Order     Order
	// After is the last row of the previous page; zero for the first.
	AfterStart time.Time
	AfterRun   orchestration.RunID
	AfterKey   any // its key: time.Time ByCloseTime, string ByWorkflowID and ByWorkflowType, []byte ByTerm; else nil
	Limit      int // rows; 0 reads none
}

// GroupKey is a column by which rows can be counted.
type GroupKey uint8

// The columns to group by.
const (
	GroupByStatus GroupKey = iota + 1
	GroupByWorkflowType
	GroupByTaskQueue
)

// Group is how many rows have one value of the column.
type Group struct {
	Status int32  // GroupByStatus
	Text   string // the others
	Count  int64
}
