package acceptance

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// process is a child of the test: a server or a worker. Its output goes straight to a file, so a SIGKILL loses none of it.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    string        // path of its output, appended to by every life of the same name
	exited chan struct{} // closed once it has been waited for
	err    error         // the result of Wait, valid after exited
}

// spawn starts argv with env added to the test's own environment. The process is killed at the end of the test.
func spawn(t testing.TB, name, log string, env []string, argv ...string) *process {
	t.Helper()
	p, err := launch(name, log, env, argv...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// launch is spawn without a test that owns the process.
func launch(name, log string, env []string, argv ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, log: log, exited: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// kill sends SIGKILL and waits until the process is gone.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.exited
}

// stop sends SIGTERM and returns how the process ended.
func (p *process) stop() error {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.exited:
		return p.err
	case <-time.After(patience):
		p.kill()
		return fmt.Errorf("%s did not end within %v of SIGTERM", p.name, patience)
	}
}

// signal ignores that the process may have ended already: a signal to the dead changes nothing.
func (p *process) signal(s syscall.Signal) {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		panic(fmt.Sprintf("signal %v to %s: %v", s, p.name, err))
	}
}

// running tells whether the process has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// output is everything that all lives of this process printed.
func (p *process) output() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
