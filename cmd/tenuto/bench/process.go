package bench

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU times in /proc/PID/stat: USER_HZ, which is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// process is one whose cost is accounted, or several that are accounted as one.
type process struct {
	name string
	pids []int
}

// usage is what a process has used so far.
type usage struct {
	cpu      time.Duration // user and system time of all its threads, without its children
	resident int64         // bytes
	written  int64         // bytes sent to storage; 0 also when the kernel does not tell
}

// parseProcess reads NAME=PID, NAME=:PORT or NAME.
func parseProcess(s string) (process, error) {
	name, target, ok := strings.Cut(s, "=")
	switch {
	case name == "":
		return process{}, fmt.Errorf("process %q: want NAME=PID, NAME=:PORT or NAME", s)
	case !ok:
		pids, err := called(name)
		return process{name, pids}, err
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
		return process{name, []int{pid}}, nil
	}
	pid, err := strconv.Atoi(target)
	if err != nil || pid < 1 {
		return process{}, fmt.Errorf("process %q: no process id", s)
	}
	return process{name, []int{pid}}, nil
}

// usage reads what the process has used so far.
func (p process) usage() (total usage, err error) {
	for _, pid := range p.pids {
		u, err := usageOf(pid)
		if err != nil {
			return usage{}, fmt.Errorf("process %s: %w", p.name, err)
		}
		total.cpu += u.cpu
		total.resident += u.resident
		total.written += u.written
	}
	return total, nil
}

func usageOf(pid int) (usage, error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return usage{}, err
	}
	s, err := parseStat(stat)
	if err != nil {
		return usage{}, fmt.Errorf("%d: %w", pid, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "io")); err == nil { // another user's process does not tell
		s.written = field(b, "write_bytes:")
	}
	return s.usage, nil
}

// stat is what we read of /proc/PID/stat.
type stat struct {
	usage
	name   string
	parent int
	reaped time.Duration // CPU of children that have ended
}

// parseStat reads /proc/PID/stat. The command's name, in parentheses, may hold anything, also spaces and parentheses.
func parseStat(b []byte) (s stat, err error) {
	open, shut := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	fields := strings.Fields(string(b[shut+1:]))
	if open < 0 || shut < open || len(fields) < 22 { // the fields from the third on
		return s, errors.New("/proc/PID/stat is too short")
	}
	var n [5]int64 // parent is field 4, utime to cstime are 14 to 17, rss is 24
	for i, at := range []int{4, 14, 15, 24, 16} {
		if n[i], err = strconv.ParseInt(fields[at-3], 10, 64); err != nil {
			return s, err
		}
	}
	children, err := strconv.ParseInt(fields[17-3], 10, 64)
	return stat{
		usage: usage{cpu: time.Duration(n[1]+n[2]) * tick, resident: n[3] * int64(os.Getpagesize())},
		name:  string(b[open+1 : shut]), parent: int(n[0]), reaped: time.Duration(n[4]+children) * tick,
	}, err
}

// called are the processes with that command name, as /proc/PID/comm has it: its first 15 bytes.
func called(name string) (pids []int, err error) {
	for pid, s := range allProcesses() {
		if s.name == name {
			pids = append(pids, pid)
		}
	}
	if len(pids) == 0 {
		return nil, fmt.Errorf("no process is called %s", name)
	}
	return pids, nil
}

// allProcesses are all processes of the machine that can be read, in no order.
func allProcesses() iter.Seq2[int, stat] {
	return func(yield func(int, stat) bool) {
		files, _ := filepath.Glob("/proc/[0-9]*/stat")
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				continue // it has ended meanwhile
			}
			s, err := parseStat(b)
			pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
			if err == nil && !yield(pid, s) {
				return
			}
		}
	}
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
