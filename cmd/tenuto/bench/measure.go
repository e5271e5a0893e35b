package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/grpc"
)

// meter reads what surrounds a load: the processes, the driver among them, and the database.
type meter struct {
	processes []process // the driver first
	database  string    // "": not accounted
	commits   string    // the server's commit trace; "": not accounted
}

type reading struct {
	usage    []usage // as meter.processes
	database int64
	commits  int64
}

func newMeter(c config) (*meter, error) {
	m := &meter{processes: []process{{driverName, os.Getpid()}}, database: c.database, commits: c.commits}
	for _, s := range c.processes {
		p, err := parseProcess(s)
		if err != nil {
			return nil, err
		}
		m.processes = append(m.processes, p)
	}
	_, err := m.read()
	return m, err
}

const driverName = "driver"

func (m *meter) read() (r reading, err error) {
	for _, p := range m.processes {
		u, err := p.usage()
		if err != nil {
			return r, err
		}
		r.usage = append(r.usage, u)
	}
	if m.database != "" {
		if r.database, err = databaseSize(m.database); err != nil {
			return r, err
		}
	}
	if m.commits != "" {
		r.commits, err = commitsTraced(m.commits)
	}
	return r, err
}

// measure runs every scenario at every level and reports.
func measure(ctx context.Context, c config, progress io.Writer) (*Report, error) {
	m, err := newMeter(c)
	if err != nil {
		return nil, err
	}
	conn, err := connect(c.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // nothing is in flight any more
	report := &Report{Address: c.address, Machine: thisMachine()}
	if report.Idle, err = m.memory(); err != nil {
		return nil, err
	}
	for _, name := range c.scenarios {
		for _, level := range c.inFlight {
			result, err := m.measureOne(ctx, c, conn, name, level, progress)
			if err != nil {
				return nil, fmt.Errorf("%s at %d in flight: %w", name, level, err)
			}
			report.Results = append(report.Results, result)
		}
	}
	report.After, err = m.memory()
	return report, err
}

// measureOne runs one scenario at one level: a warm-up, then what counts.
func (m *meter) measureOne(ctx context.Context, c config, conn *grpc.ClientConn, name string, level int, progress io.Writer) (Result, error) {
	s := scenarios[name]
	title := fmt.Sprintf("%s at %d in flight", name, level)
	if c.warmUp > 0 {
		warm := newLoad(s, c, conn, s.workflows(c.warmUp), level)
		if _, err := warm.run(ctx, c.timeout); err != nil {
			return Result{}, fmt.Errorf("warm-up: %w", err)
		}
		if err := warm.cleanUp(ctx); err != nil {
			return Result{}, err
		}
	}
	l := newLoad(s, c, conn, s.workflows(c.count), level)
	before, err := m.read()
	if err != nil {
		return Result{}, err
	}
	stop := l.watch(progress, title)
	took, err := l.run(ctx, c.timeout)
	stop()
	if err != nil {
		return Result{}, err
	}
	after, err := m.read()
	if err != nil {
		return Result{}, err
	}
	_, _ = fmt.Fprintf(progress, "%s: %d workflows in %v\n", title, l.count, took.Round(time.Millisecond))
	return m.result(name, l, took, before, after), l.cleanUp(ctx)
}

// result turns readings into figures per workflow.
func (m *meter) result(name string, l *load, took time.Duration, before, after reading) Result {
	n := float64(l.count)
	r := Result{
		Scenario: name, InFlight: l.inFlight, Workflows: l.count, Activities: l.activities, Seconds: took.Seconds(),
		Rate: n / took.Seconds(), Latency: l.latencies.sum(), Retries: l.retries.Load(),
	}
	if l.activities > 0 {
		r.Step = r.Latency.Mean / float64(l.activities)
	}
	if m.database != "" {
		growth := float64(after.database-before.database) / n
		r.DatabaseGrowth = &growth
	}
	if m.commits != "" {
		commits := float64(after.commits-before.commits) / n
		r.Commits = &commits
	}
	for i, p := range m.processes {
		b, a := before.usage[i], after.usage[i]
		r.Processes = append(r.Processes, ProcessCost{
			Name: p.name, CPU: milliseconds(a.cpu-b.cpu) / n, Written: float64(a.written-b.written) / n, Resident: a.resident,
		})
	}
	return r
}

func (m *meter) memory() ([]Memory, error) {
	r, err := m.read()
	if err != nil {
		return nil, err
	}
	var all []Memory
	for i, p := range m.processes {
		all = append(all, Memory{Name: p.name, Resident: r.usage[i].resident})
	}
	return all, nil
}

// cleanUp leaves nothing open behind.
func (l *load) cleanUp(ctx context.Context) error {
	if l.workers {
		return nil
	}
	return l.terminate(ctx)
}
