package shard

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// logs collects what an owner logs.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func newLogs() *logs { return &logs{} }

func (l *logs) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// Write implements io.Writer.
func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) count(message string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.buf.String(), message)
}
