package pages

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	sdkclient "go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
)

// patience is how long a page may take on a busy machine.
const patience = 30 * time.Second

// binary is the program under test, built once. TENUTO_TEST_BINARY names one that exists already.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TENUTO_TEST_BINARY"); path != "" {
		return path, nil
	}
	path := filepath.Join(workDir, "tenuto")
	out, err := exec.Command("go", "build", "-o", path, "github.com/tenuto-io/tenuto/cmd/tenuto").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

// server is a `tenuto dev` in memory.
type server struct {
	t       *testing.T
	pid     int
	log     string
	grpc    string // host and port that SDKs connect to
	console string // URL of the console
	link    string // signs in, once
}

// printed is what the server says of itself at its start.
var printed = regexp.MustCompile(`(?s)Server\s+(\S+).*?Console\s+(\S+).*?Sign in\s+(\S+)`)

// serve starts a server, with flags beside those of its addresses. It ends with the test; a defect in its log fails the test.
func serve(t *testing.T, flags ...string) *server {
	t.Helper()
	program, err := binary()
	must(t, err)
	s := &server{t: t, log: filepath.Join(t.TempDir(), "server.log")}
	out, err := os.Create(s.log)
	must(t, err)
	argv := append([]string{"dev", "--db", ":memory:", "--grpc", "127.0.0.1:0", "--console", "127.0.0.1:0", "--peer", "127.0.0.1:0"}, flags...)
	cmd := exec.Command(program, argv...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = out, out, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(t, cmd.Start())
	must(t, out.Close())
	s.pid = cmd.Process.Pid
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		s.complain()
	})
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if found := printed.FindStringSubmatch(s.output()); found != nil {
			s.grpc, s.console, s.link = found[1], found[2], found[3]
			return s
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not start:\n%s", s.output())
		}
	}
}

func (s *server) output() string {
	text, err := os.ReadFile(s.log)
	must(s.t, err)
	return string(text)
}

// complain fails the test for what no journey should cause.
func (s *server) complain() {
	for line := range strings.Lines(s.output()) {
		for _, bad := range []string{"DATA RACE", "panic", "level=ERROR"} {
			if strings.Contains(line, bad) {
				s.t.Errorf("the server's log says: %s", line)
			}
		}
	}
}

// dial is a client of the official SDK, in a namespace. It says nothing.
func (s *server) dial(namespace string) sdkclient.Client {
	s.t.Helper()
	c, err := sdkclient.Dial(sdkclient.Options{HostPort: s.grpc, Namespace: namespace, Logger: silence{}})
	must(s.t, err)
	s.t.Cleanup(c.Close)
	return c
}

type silence struct{}

func (silence) Debug(string, ...any)        {}
func (silence) Info(string, ...any)         {}
func (silence) Warn(string, ...any)         {}
func (silence) Error(string, ...any)        {}
func (s silence) With(...any) sdklog.Logger { return s }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
