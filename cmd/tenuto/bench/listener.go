package bench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

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
