package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// commitTraceVariable names a file to which the server appends a line before ("b <n> <time>") and after ("e <n> <time>") each commit, with
// the time in nanoseconds since 1970. Each line is one write(2), which survives kill -9: the crash test reads from it whether a kill fell before, during or after a commit.
const commitTraceVariable = "TENUTO_COMMIT_TRACE"

// commitTrace is a store that says when it commits.
type commitTrace struct {
	store.Store
	file *os.File
	n    atomic.Int64
}

// traceCommits wraps s when the environment asks for it.
func traceCommits(s store.Store) (store.Store, error) {
	path := os.Getenv(commitTraceVariable)
	if path == "" {
		return s, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", commitTraceVariable, err)
	}
	return &commitTrace{Store: s, file: f}, nil
}

// Commit implements store.Store.
func (t *commitTrace) Commit(ctx context.Context, f store.Fence, batch []store.Write) error {
	n := t.n.Add(1)
	t.note('b', n)
	defer t.note('e', n)
	return t.Store.Commit(ctx, f, batch)
}

// note appends one line. A trace that cannot be written is a broken test, and says so.
func (t *commitTrace) note(mark byte, n int64) {
	if _, err := fmt.Fprintf(t.file, "%c %d %d\n", mark, n, time.Now().UnixNano()); err != nil {
		panic(fmt.Sprintf("commit trace: %v", err))
	}
}
