package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// program drives by a process of somebody else: see "Programs as drivers" in the package comment.
type program struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errors  strings.Builder
}

// programResult is what a program tells of its load.
type programResult struct {
	Count           int      `json:"count"`
	Seconds         float64  `json:"seconds"`
	Latency         *Latency `json:"latency_ms"`
	ScheduleToStart *Latency `json:"schedule_to_start_ms"`
}

// newProgram starts a program and waits until it is ready: connected and warm.
func newProgram(ctx context.Context, path string, l *load, c config) (*program, error) {
	p := &program{command: exec.CommandContext(ctx, path,
		"--address", c.addresses[0], "--namespace", l.namespace, "--scenario", l.name, "--in-flight", strconv.Itoa(l.inFlight),
		"--count", strconv.Itoa(l.count), "--duration", l.duration.String(), "--warm-up", strconv.Itoa(l.units(c.warmUp)), "--json", "--wait")}
	p.command.Stderr = &p.errors
	in, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, bufio.NewReader(out)
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	if line, err := p.out.ReadString('\n'); err != nil || line != "ready\n" {
		return nil, p.failed(fmt.Errorf("it said %q instead of ready", line))
	}
	return p, nil
}

// drive lets the program run its load.
func (p *program) drive(_ context.Context, l *load) error {
	if _, err := io.WriteString(p.in, "go\n"); err != nil {
		return p.failed(err)
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return p.failed(errors.New("it ended without a result"))
	}
	var result programResult
	if err := json.Unmarshal(line, &result); err != nil || result.Count < 1 || result.Seconds <= 0 {
		return p.failed(fmt.Errorf("its result makes no sense: %q", line))
	}
	l.done.Store(int64(result.Count))
	l.reported = &result
	return nil
}

// failed ends the program and adds what it complained of.
func (p *program) failed(err error) error {
	_ = p.command.Process.Kill() // it may have ended already
	_ = p.command.Wait()         // says how; err says more
	return fmt.Errorf("%s: %w\n%s", p.command.Path, err, p.errors.String())
}

// close lets the program end.
func (p *program) close() error {
	if p.command.ProcessState != nil {
		return nil // failed has ended it
	}
	if err := p.in.Close(); err != nil {
		return err
	}
	if err := p.command.Wait(); err != nil {
		return fmt.Errorf("%s: %w\n%s", p.command.Path, err, p.errors.String())
	}
	return nil
}
