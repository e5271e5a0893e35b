// Package reload keeps what was read from files up to date with them, without a restart: certificates, above all, which are renewed while a server runs.
package reload

import (
	"log/slog"
	"os"
	"sync"
	"time"
)

// Files is what several files hold together, read again when one of them changes. It is safe for concurrent use.
type Files[T any] struct {
	what  string
	names []string
	read  func() (T, error)
	log   *slog.Logger

	mu    sync.Mutex
	value T
	seen  []stamp // what the last reading, successful or not, was of
}

// stamp tells one content of a file from the next, as far as the file system does.
type stamp struct {
	changed time.Time
	size    int64
}

// Open reads the files for the first time. what names them in the log; nil discards. Errors: those of read.
func Open[T any](what string, names []string, read func() (T, error), log *slog.Logger) (*Files[T], error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	f := &Files[T]{what: what, names: names, read: read, log: log}
	f.seen = f.stamps() // before the reading: a change meanwhile is seen later
	var err error
	f.value, err = read()
	return f, err
}

// Current is what the files hold now. While that cannot be used, it is what they held before, and the log says why. It looks at the files, so it is for what is
// seldom: a new connection, say.
func (f *Files[T]) Current() T {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.stamps()
	if same(now, f.seen) {
		return f.value
	}
	f.seen = now
	v, err := f.read()
	if err != nil { // files that belong together may be replaced one after the other: the next change is looked at again
		f.log.Warn(f.what+": changed files cannot be used; the old ones stay in use", "error", err)
		return f.value
	}
	f.value = v
	f.log.Info(f.what+": files have changed and are in use", "files", f.names)
	return v
}

func (f *Files[T]) stamps() []stamp {
	all := make([]stamp, len(f.names))
	for i, name := range f.names {
		if info, err := os.Stat(name); err == nil {
			all[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return all
}

func same(a, b []stamp) bool {
	for i := range a {
		if !a[i].changed.Equal(b[i].changed) || a[i].size != b[i].size {
			return false
		}
	}
	return true
}
