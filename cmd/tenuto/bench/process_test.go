package bench

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const rest = " S 77 2 3 4 5 6 7 8 9 10 120 34 5 6 16 17 18 19 20 21 1000 23"
	for _, name := range []string{"tenuto", "a b", "x) S 9 (y", ""} {
		s, err := parseStat([]byte("4711 (" + name + ")" + rest))
		must(t, err)
		want := stat{usage: usage{cpu: 1540 * time.Millisecond, resident: 1000 * int64(os.Getpagesize())}, name: name, parent: 77, reaped: 110 * time.Millisecond}
		if s != want {
			t.Errorf("%q: %+v", name, s)
		}
	}
	for _, bad := range []string{"", "1 x", "1 (x) S 1 2", "1 (x) S 1 2 3 4 5 6 7 8 9 10 twelve 34 14 15 16 17 18 19 20 21 22 23"} {
		if u, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q was read as %+v", bad, u)
		}
	}
}

// Processes that are named by what they are called are found, all of them, and accounted as one.
func TestProcessesByName(t *testing.T) {
	comm, err := os.ReadFile("/proc/self/comm")
	must(t, err)
	p, err := parseProcess(strings.TrimSpace(string(comm)))
	if err != nil || !slices.Contains(p.pids, os.Getpid()) {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := parseProcess("nobody-is-called-so"); err == nil {
		t.Errorf("%+v", p)
	}
	one, err := process{"x", []int{os.Getpid()}}.usage()
	must(t, err)
	two, err := process{"x", []int{os.Getpid(), os.Getpid()}}.usage()
	if err != nil || two.resident < one.resident*3/2 || two.cpu < one.cpu {
		t.Errorf("one %+v, two %+v, %v", one, two, err)
	}
}

func TestUsageOfThisProcess(t *testing.T) {
	p, err := parseProcess(fmt.Sprint("me=", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	before, err := p.usage()
	if err != nil || before.resident < 1<<20 {
		t.Fatalf("%+v, %v", before, err)
	}
	for sum := 0; ; sum++ { // until the kernel has counted some ticks
		if u, err := p.usage(); err != nil {
			t.Fatal(err)
		} else if u.cpu >= before.cpu+2*tick {
			break
		}
	}
}

func TestProcessByPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	p, err := parseProcess(fmt.Sprintf("server=:%d", port))
	if err != nil || !reflect.DeepEqual(p, process{"server", []int{os.Getpid()}}) {
		t.Errorf("%+v, %v", p, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if p, err := parseProcess(fmt.Sprintf("server=:%d", port)); err == nil {
		t.Errorf("nobody listens, but %+v does", p)
	}
}

func TestBadProcesses(t *testing.T) {
	for _, s := range []string{"", "=1", "server=", "server=x", "server=0", "server=-4", "server=:", "server=:70000", "server=:http"} {
		if p, err := parseProcess(s); err == nil {
			t.Errorf("%q was read as %+v", s, p)
		}
	}
	if _, err := (process{"gone", []int{1 << 30}}).usage(); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a process that is not there: %v", err)
	}
}

func TestListening(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:1C41 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
   2: 0100007F:1C42 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
   3: broken
`
	sockets := make(map[string]bool)
	listening(table, 0x1c41, sockets)
	if len(sockets) != 1 || !sockets["socket:[111]"] {
		t.Errorf("got %v", sockets)
	}
}

func TestDatabaseSize(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	if _, err := databaseSize(file); err == nil {
		t.Error("a file that is not there has a size")
	}
	write(t, file, strings.Repeat("x", 100))
	if n, err := databaseSize(file); n != 100 || err != nil {
		t.Errorf("without a log: %d, %v", n, err)
	}
	write(t, file+"-wal", strings.Repeat("x", 11))
	if n, err := databaseSize(file); n != 111 || err != nil {
		t.Errorf("with a log: %d, %v", n, err)
	}
}

func TestCommitsTraced(t *testing.T) {
	file := filepath.Join(t.TempDir(), "commits")
	if n, err := commitsTraced(file); n != 0 || err != nil {
		t.Errorf("no trace yet: %d, %v", n, err)
	}
	var trace strings.Builder
	for n := 1; n <= 2000; n++ {
		fmt.Fprintf(&trace, "b %d 17\ne %d 18\n", n, n)
	}
	for _, c := range []struct {
		trace string
		want  int64
	}{
		{"", 0}, {"b 1 5\n", 0}, {"b 1 5\ne 1 6\nb 2 7\n", 1}, {"b 1 5\nb 2 6\ne 2 7\ne 1 8\n", 2}, {"b 9 5\ne 9 6\nb 10 7\ne 1", 9}, {trace.String(), 2000},
	} {
		write(t, file, c.trace)
		if n, err := commitsTraced(file); n != c.want || err != nil {
			t.Errorf("%.40q: %d, %v, want %d", c.trace, n, err, c.want)
		}
	}
}

func TestCommitTraceOfAnotherForm(t *testing.T) {
	file := filepath.Join(t.TempDir(), "commits")
	write(t, file, "e one\n")
	if n, err := commitsTraced(file); err == nil {
		t.Errorf("read as %d commits", n)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
