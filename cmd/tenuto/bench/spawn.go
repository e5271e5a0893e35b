package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"go.temporal.io/api/workflowservice/v1"
)

const (
	startTimeout = 30 * time.Second
	stopTimeout  = 20 * time.Second
	// settle is how long a started server is left alone before its idle memory is read.
	settle = 2 * time.Second
)

// commitTraceVariable makes the server append a line before ("b <n>") and after ("e <n>") its n-th commit to a file: two small writes into
// the page cache, next to a commit's flush.
const commitTraceVariable = "TENUTO_COMMIT_TRACE"

// server is a dev server of this binary, in a process of its own, on an empty database.
type server struct {
	address  string
	database string
	commits  string // the commit trace
	dir      string
	command  *exec.Cmd
	exited   chan error // gets what Wait returned; closed afterwards
}

// spawn starts a server on free ports and waits until it answers.
func spawn(ctx context.Context, progress io.Writer) (_ *server, err error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tenuto-bench-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, database: filepath.Join(dir, "bench.db"), commits: filepath.Join(dir, "commits"), exited: make(chan error, 1)}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	ports, err := freeAddresses(2)
	if err != nil {
		return nil, err
	}
	s.address = ports[0]
	if err := s.run(binary, "dev", "--db", s.database, "--grpc", ports[0], "--console", ports[1], "--log-level", "warn"); err != nil {
		return nil, err
	}
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	_, _ = fmt.Fprintf(progress, "server %d at %s, database %s\n", s.pid(), s.address, s.database)
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return s, nil
}

// freeAddresses are loopback addresses on which nobody listens now. Somebody else may take one before we do; the server then says so.
func freeAddresses(n int) (addresses []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }() // all are held until all are known, so that they differ
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}

// run starts the process. What it prints goes to a file, which ready shows if the start fails.
func (s *server) run(binary string, args ...string) error {
	log, err := os.Create(s.log())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the process has its own
	s.command = exec.Command(binary, args...)
	s.command.Env = append(os.Environ(), commitTraceVariable+"="+s.commits)
	s.command.Stdout, s.command.Stderr = log, log
	if err := s.command.Start(); err != nil {
		s.command = nil
		return err
	}
	go func() {
		s.exited <- s.command.Wait()
		close(s.exited)
	}()
	return nil
}

func (s *server) log() string { return filepath.Join(s.dir, "server.log") }

func (s *server) pid() int { return s.command.Process.Pid }

// ready waits until the server answers a call.
func (s *server) ready(ctx context.Context) error {
	conn, err := connect(s.address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // only asked whether the server is there
	client := workflowservice.NewWorkflowServiceClient(conn)
	deadline := time.After(startTimeout)
	for {
		call, cancel := context.WithTimeout(ctx, time.Second)
		_, err := client.GetSystemInfo(call, &workflowservice.GetSystemInfoRequest{})
		cancel()
		if err == nil {
			return nil
		}
		select {
		case err := <-s.exited:
			return s.failed(fmt.Errorf("the server ended before it answered (%v)", err))
		case <-deadline:
			return s.failed(fmt.Errorf("the server did not answer within %v: %w", startTimeout, err))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// failed adds the end of what the server printed.
func (s *server) failed(err error) error {
	const tail = 2048
	printed, _ := os.ReadFile(s.log())
	return fmt.Errorf("%w:\n%s", err, printed[max(0, len(printed)-tail):])
}

// stop ends the server, gently if it lets us, and deletes its database.
func (s *server) stop() {
	if s.command != nil {
		_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended already
		select {
		case <-s.exited:
		case <-time.After(stopTimeout):
			_ = s.command.Process.Kill()
			<-s.exited
		}
	}
	_ = os.RemoveAll(s.dir)
}
