package bench

import (
	"context"
	"fmt"
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
)

// server is a server of this binary, in a process of its own.
type server struct {
	address string
	dir     string // of its log
	name    string
	command *exec.Cmd
	exited  chan error // gets what Wait returned; closed afterwards
}

// startServer starts the process. What it prints goes to a file, which ready shows if the start fails.
func startServer(p planned) (*server, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{address: p.address, dir: p.dir, name: p.name, exited: make(chan error, 1)}
	log, err := os.Create(s.log())
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own
	s.command = exec.Command(binary, p.arguments...)
	s.command.Env = p.environment
	s.command.Stdout, s.command.Stderr = log, log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.exited <- s.command.Wait()
		close(s.exited)
	}()
	return s, nil
}

func (s *server) log() string { return filepath.Join(s.dir, s.name+".log") }

func (s *server) pid() int { return s.command.Process.Pid }

// ready waits until the server answers a call.
func (s *server) ready(ctx context.Context) error {
	conn, err := connect(s.address, "")
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

// stop ends the server, gently if it lets us.
func (s *server) stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		_ = s.command.Process.Kill()
		<-s.exited
	}
}
