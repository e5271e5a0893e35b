package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// measure runs every scenario with every driver at every level, and reports.
func measure(ctx context.Context, c config, progress io.Writer) (*Report, error) {
	m, err := newMeter(ctx, c)
	if err != nil {
		return nil, err
	}
	defer m.close()
	if m.postgres != nil && !m.postgres.statements {
		_, _ = fmt.Fprintln(progress, "statements are not counted: the database has no pg_stat_statements")
	}
	report := &Report{Address: strings.Join(c.addresses, ","), Machine: thisMachine()}
	if report.Idle, err = m.memory(ctx); err != nil {
		return nil, err
	}
	for _, one := range cells(c) {
		result, err := m.measureOne(ctx, c, one, progress)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one, err)
		}
		report.Results = append(report.Results, result)
	}
	report.After, err = m.memory(ctx)
	return report, err
}

// cell is one line of the report.
type cell struct {
	scenario
	driver string
	level  int
	rate   float64
}

func cells(c config) (all []cell) {
	for _, name := range c.scenarios {
		s, _ := scenarioNamed(name) // validate has found it
		levels := c.inFlight
		if s.once || c.rate > 0 {
			levels = levels[:1]
		}
		for _, driver := range c.drivers {
			for _, level := range levels {
				all = append(all, cell{s, driver, level, c.rate})
			}
		}
	}
	return all
}

func (c cell) String() string {
	switch {
	case c.once:
		return c.name
	case c.rate > 0:
		return fmt.Sprintf("%s by %s at %g/s", c.name, c.driver, c.rate)
	}
	return fmt.Sprintf("%s by %s at %d in flight", c.name, c.driver, c.level)
}

// measureOne runs one cell: a warm-up, then what counts.
func (m *meter) measureOne(ctx context.Context, c config, one cell, progress io.Writer) (r Result, err error) {
	if err := warmUp(ctx, c, one); err != nil {
		return r, fmt.Errorf("warm-up: %w", err)
	}
	l, err := newLoad(ctx, one.scenario, c, one.driver, one.units(c.count), one.level)
	if err != nil {
		return r, err
	}
	defer func() {
		if closed := l.close(); err == nil {
			err = closed
		}
	}()
	l.title, l.progress = one.String(), progress
	disturb, err := newNoise(ctx, c)
	if err != nil {
		return r, err
	}
	before, after, took, heard, err := m.beside(ctx, disturb, l, c.timeout)
	if err != nil {
		return r, err
	}
	r = l.result(one, took)
	r.Noise = heard
	m.costs(&r, before, after)
	_, _ = fmt.Fprintf(progress, "%s: %d %ss in %.2f s\n", one, r.Count, r.Unit, r.Seconds)
	return r, l.cleanUp(ctx)
}

// beside is around with noise, if there is any, from before the load to after it.
func (m *meter) beside(ctx context.Context, n *noise, l *load, timeout time.Duration) (before, after reading, took time.Duration, heard *Noise, err error) {
	if n == nil {
		before, after, took, err = m.around(ctx, l, timeout)
		return before, after, took, nil, err
	}
	defer func() { err = errors.Join(err, n.close()) }()
	n.begin(ctx, l.prefix)
	before, after, took, err = m.around(ctx, l, timeout)
	heard, broken := n.end()
	return before, after, took, heard, errors.Join(err, broken)
}

// around runs a load between two readings.
func (m *meter) around(ctx context.Context, l *load, timeout time.Duration) (before, after reading, took time.Duration, err error) {
	if err = l.prepared(ctx); err != nil {
		return before, after, took, err
	}
	if before, err = m.before(ctx, l); err != nil {
		return before, after, took, err
	}
	if took, err = l.run(ctx, timeout); err != nil {
		return before, after, took, err
	}
	after, err = m.after(ctx, l)
	return before, after, took, err
}

// warmUp runs a little of the scenario. Programs warm up by themselves.
func warmUp(ctx context.Context, c config, one cell) error {
	if c.warmUp == 0 || one.once || driverKind(one.driver) == anyone {
		return nil
	}
	c.rate, c.duration = 0, 0
	l, err := newLoad(ctx, one.scenario, c, one.driver, one.units(c.warmUp), one.level)
	if err != nil {
		return err
	}
	defer func() { _ = l.close() }() // nothing is in flight
	if err := l.prepared(ctx); err != nil {
		return err
	}
	if _, err := l.run(ctx, c.timeout); err != nil {
		return err
	}
	return l.cleanUp(ctx)
}
