package bench

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// commitsTraced is the number of commits that a commit trace has seen the end of. A trace that does not exist has seen none.
func commitsTraced(file string) (int64, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	tail := make([]byte, min(size, 4096))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return 0, err
	}
	var last int64
	for line := range strings.Lines(string(tail)) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "e" || !strings.HasSuffix(line, "\n") { // a beginning, or a line cut at either end
			continue
		}
		ended, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("commit trace: %w", err)
		}
		last = max(last, ended)
	}
	return last, nil
}

// databaseSize is the size of a SQLite database file and its log.
func databaseSize(file string) (size int64, err error) {
	for _, name := range []string{file, file + "-wal"} {
		info, err := os.Stat(name)
		switch {
		case err == nil:
			size += info.Size()
		case name == file || !errors.Is(err, fs.ErrNotExist):
			return 0, err
		}
	}
	return size, nil
}
