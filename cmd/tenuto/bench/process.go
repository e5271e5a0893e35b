package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU times in /proc/PID/stat: USER_HZ, which is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// process is one whose cost is accounted.
type process struct {
	name string
	pid  int
}

// usage is what a process has used so far.
type usage struct {
	cpu      time.Duration // user and system time of all its threads, without its children
	resident int64         // bytes
	written  int64         // bytes sent to storage; 0 also when the kernel does not tell
}

// parseProcess reads NAME=PID or NAME=:PORT.
func parseProcess(s string) (process, error) {
	name, target, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return process{}, fmt.Errorf("process %q: want NAME=PID or NAME=:PORT", s)
	}
	if port, isPort := strings.CutPrefix(target, ":"); isPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return process{}, fmt.Errorf("process %q: no port", s)
		}
		pid, err := listener(int(n))
		if err != nil {
			return process{}, fmt.Errorf("process %q: %w", s, err)
		}
		return process{name, pid}, nil
	}
	pid, err := strconv.Atoi(target)
	if err != nil || pid < 1 {
		return process{}, fmt.Errorf("process %q: no process id", s)
	}
	return process{name, pid}, nil
}

// usage reads what the process has used so far.
func (p process) usage() (usage, error) {
	dir := filepath.Join("/proc", strconv.Itoa(p.pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return usage{}, fmt.Errorf("process %s (%d): %w", p.name, p.pid, err)
	}
	u, err := parseStat(stat)
	if err != nil {
		return usage{}, fmt.Errorf("process %s (%d): %w", p.name, p.pid, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "io")); err == nil { // another user's process does not tell
		u.written = field(b, "write_bytes:")
	}
	return u, nil
}

// parseStat reads /proc/PID/stat. The command's name, in parentheses, may hold anything, also spaces and parentheses.
func parseStat(stat []byte) (usage, error) {
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 22 { // of the fields from the third on: state is 3, utime 14, stime 15, rss 24
		return usage{}, errors.New("/proc/PID/stat is too short")
	}
	user, err1 := strconv.ParseInt(fields[14-3], 10, 64)
	system, err2 := strconv.ParseInt(fields[15-3], 10, 64)
	pages, err3 := strconv.ParseInt(fields[24-3], 10, 64)
	if err := errors.Join(err1, err2, err3); err != nil {
		return usage{}, err
	}
	return usage{cpu: time.Duration(user+system) * tick, resident: pages * int64(os.Getpagesize())}, nil
}

// field is the number behind a label of a /proc file; 0 if it is not there.
func field(file []byte, label string) int64 {
	for line := range strings.Lines(string(file)) {
		if value, ok := strings.CutPrefix(line, label); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return n
		}
	}
	return 0
}

// listener is the process that listens on a TCP port of this machine.
func listener(port int) (pid int, err error) {
	inodes := make(map[string]bool)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, err
		}
		listening(string(b), port, inodes)
	}
	descriptors, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0, err
	}
	for _, fd := range descriptors {
		target, err := os.Readlink(fd) // fails for other users' processes, and for those that end meanwhile
		if err == nil && inodes[target] {
			return strconv.Atoi(strings.Split(fd, "/")[2])
		}
	}
	return 0, fmt.Errorf("no process of yours listens on port %d", port)
}

// listening collects the sockets of a /proc/net/tcp table that listen on port, as /proc/PID/fd links name them.
func listening(table string, port int, sockets map[string]bool) {
	const listen = "0A"
	suffix := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) > 9 && strings.HasSuffix(f[1], suffix) && f[3] == listen {
			sockets["socket:["+f[9]+"]"] = true
		}
	}
}

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
		if n, ok := strings.CutPrefix(line, "e "); ok && strings.HasSuffix(n, "\n") {
			ended, _ := strconv.ParseInt(strings.TrimSpace(n), 10, 64)
			last = max(last, ended)
		}
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
