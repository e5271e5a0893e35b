package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// moment says where a kill of the server fell.
type moment string

const (
	during moment = "during" // a commit had begun and not ended
	after  moment = "after"  // within afterglow of a commit's end: its replies were going out
	before moment = "before" // otherwise: work was gathering for the next commit, or there was none
)

// afterglow is how long after a commit its acknowledgements may still be on their way.
const afterglow = 2 * time.Millisecond

// commitMark is one line of the file that TENUTO_COMMIT_TRACE names: "b N TIME" before the N-th commit, "e N TIME" after it,
// with TIME in nanoseconds since 1970. Each is one write(2), which a SIGKILL cannot take back.
type commitMark struct {
	begin  bool
	number int64
	at     time.Time
}

// lastMark reads the last whole line of a trace; ok is false for an empty one.
func lastMark(path string) (mark commitMark, ok bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return mark, false, nil
	}
	if err != nil {
		return mark, false, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return mark, false, err
	}
	tail := make([]byte, min(size, 256))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return mark, false, err
	}
	end := bytes.LastIndexByte(tail, '\n')
	if end < 0 {
		return mark, false, nil
	}
	line := tail[bytes.LastIndexByte(tail[:end], '\n')+1 : end]
	mark, err = parseMark(string(line))
	return mark, err == nil, err
}

func parseMark(line string) (commitMark, error) {
	fields := strings.Fields(line)
	if len(fields) != 3 || (fields[0] != "b" && fields[0] != "e") {
		return commitMark{}, fmt.Errorf("commit trace: %q is no mark", line)
	}
	number, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return commitMark{}, fmt.Errorf("commit trace: %w", err)
	}
	nanos, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return commitMark{}, fmt.Errorf("commit trace: %w", err)
	}
	return commitMark{begin: fields[0] == "b", number: number, at: time.Unix(0, nanos)}, nil
}

// momentOf tells where a kill fell, from the last mark that the dead server left and the time of the signal.
func momentOf(last commitMark, ok bool, killed time.Time) moment {
	switch {
	case ok && last.begin:
		return during
	case ok && killed.Sub(last.at) < afterglow:
		return after
	}
	return before
}

func TestMomentOfAKill(t *testing.T) {
	path := t.TempDir() + "/trace"
	for _, c := range []struct {
		trace  string
		killed int64
		want   moment
	}{
		{"", 5, before},
		{"b 1 1000\n", 2000, during},
		{"b 1 1000\ne 1 2000\n", 3000, after},
		{"b 1 1000\ne 1 2000\n", 1500, after}, // the signal took a moment to arrive
		{"b 1 1000\ne 1 2000\n", 9000000, before},
		{"b 1 1000\ne 1 2000\nb 2 30", 3000, after}, // half a line was never a mark
	} {
		if err := os.WriteFile(path, []byte(c.trace), 0o600); err != nil {
			t.Fatal(err)
		}
		last, ok, err := lastMark(path)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, fmt.Sprintf("%q", c.trace), momentOf(last, ok, time.Unix(0, c.killed)), c.want)
	}
	if err := os.WriteFile(path, []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := lastMark(path); err == nil {
		t.Error("nonsense was taken for a mark")
	}
}
