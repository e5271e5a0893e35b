//go:build unix

package redistest

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/platform/redis"
)

// Server is a private redis-server. Its methods are for one goroutine, and fail the test that started it.
type Server struct {
	t        testing.TB
	dir      string
	port     int
	password string
	scheme   string // of its clients' URLs
	commands io.WriteCloser
	answers  *bufio.Reader
	exited   chan struct{}
}

// startTimeout is how long a server may take until it answers.
const startTimeout = 30 * time.Second

// guard runs the server until our end of the pipe closes, which also happens when this process is killed. The interrupt that a terminal sends to all of
// us is not its business. Each line on the pipe is something to do to the server, and is answered by one.
const guard = `trap '' INT TERM
dir=$1
shift
run() { "$@" >>"$dir/log" 2>&1 </dev/null & pid=$!; }
end() { kill -KILL $pid; wait $pid; }
run "$@"
while read -r verb; do
	case $verb in
	run) run "$@" ;;
	kill) end ;;
	stop) kill -STOP $pid ;;
	continue) kill -CONT $pid ;;
	esac
	echo done
done
end
rm -rf "$dir"`

// Start starts a server, which ends with the test. settings are lines of a redis.conf.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	return start(t, kind{scheme: "redis", password: rand.Text()}, settings)
}

// kind is what sort of server is started.
type kind struct {
	scheme   string
	password string
	args     []string // behind the configuration file
}

// start tries again if somebody else was given the port in between.
func start(t testing.TB, k kind, settings []string) *Server {
	t.Helper()
	for {
		s, err := launch(t, k, settings)
		if err == nil {
			err = s.ready()
		}
		if err == nil {
			return s
		}
		if s == nil || !strings.Contains(s.log(), "Address already in use") {
			t.Fatal("redistest: ", err)
		}
	}
}

func launch(t testing.TB, k kind, settings []string) (*Server, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errors.New("redis-server is not installed: run deploy/ci/redis.sh")
	}
	s := &Server{t: t, scheme: k.scheme, password: k.password, exited: make(chan struct{})}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "redistest"); err != nil { // not the test's: the shell removes it
		return nil, err
	}
	conf := filepath.Join(s.dir, "redis.conf")
	lines := append([]string{
		"bind 127.0.0.1", fmt.Sprintf("port %d", s.port), "dir " + s.dir, "requirepass " + s.password, `save ""`, "appendonly no", "daemonize no",
	}, settings...)
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if err := s.guard(append([]string{binary, conf}, k.args...)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	t.Cleanup(s.end)
	return s, nil
}

// guard starts the shell that runs the server.
func (s *Server) guard(command []string) error {
	cmd := exec.Command("sh", append([]string{"-c", guard, "sh", s.dir}, command...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	commands, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.commands, s.answers = commands, bufio.NewReader(answers)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait()
		close(s.exited)
	}()
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// ready waits until the server answers.
func (s *Server) ready() error {
	return eventually(func(ctx context.Context) error {
		if strings.Contains(s.log(), "Address already in use") {
			return errFinal
		}
		return s.ask(ctx, func(c goredis.UniversalClient) error { return c.Ping(ctx).Err() })
	})
}

// errFinal is an error that time does not mend.
var errFinal = errors.New("the server does not start")

// eventually tries until it works: other processes change their state and tell nobody.
func eventually(try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil || errors.Is(err, errFinal) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// ask calls the server itself, whatever it is part of.
func (s *Server) ask(ctx context.Context, f func(goredis.UniversalClient) error) (err error) {
	c, err := redis.Open(s.direct())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return f(c)
}

func (s *Server) log() string {
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(log)
}

// Addr is where the server listens, as host:port.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// URL opens the server.
func (s *Server) URL() string { return s.scheme + "://:" + s.password + "@" + s.Addr() }

// direct opens the server alone, also if it is one of several.
func (s *Server) direct() string { return "redis://:" + s.password + "@" + s.Addr() }

// Client is a client of the server alone, which is closed with the test.
func (s *Server) Client() goredis.UniversalClient {
	s.t.Helper()
	c, err := redis.Open(s.direct())
	if err != nil {
		s.t.Fatal("redistest: ", err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// Kill ends the server as a crash does. What it held is lost.
func (s *Server) Kill() { s.t.Helper(); s.do("kill") }

// Run starts a server that was killed again, at the same address, and returns when it answers.
func (s *Server) Run() {
	s.t.Helper()
	s.do("run")
	if err := s.ready(); err != nil {
		s.t.Fatalf("redistest: %v: %s", err, s.log())
	}
}

// Stop halts the server: its connections stay and nothing answers. Continue has it go on.
func (s *Server) Stop()     { s.t.Helper(); s.do("stop") }
func (s *Server) Continue() { s.t.Helper(); s.do("continue") }

func (s *Server) do(verb string) {
	s.t.Helper()
	_, err := io.WriteString(s.commands, verb+"\n")
	if err == nil {
		_, err = s.answers.ReadString('\n')
	}
	if err != nil {
		s.t.Fatalf("redistest: %s: %v", verb, err)
	}
}

// end ends the server and waits until its files are gone.
func (s *Server) end() {
	_ = s.commands.Close()
	<-s.exited
}
