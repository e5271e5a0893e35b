package bench

import (
	"context"
	"os"
)

// meter reads what surrounds a load: the processes, the driver's first, and the databases.
type meter struct {
	processes []process
	database  string // SQLite; "": not accounted
	commits   string // the server's commit trace; "": not accounted
	postgres  *postgresMeter
	redis     *redisMeter
}

type reading struct {
	usage    []usage // the driver's, then as meter.processes
	database int64
	commits  int64
	postgres postgresCounters
	lagging  postgresLagging
	redis    redisCounters
}

const driverName = "driver"

func newMeter(ctx context.Context, c config) (_ *meter, err error) {
	m := &meter{database: c.database, commits: c.commits}
	defer func() {
		if err != nil {
			m.close()
		}
	}()
	if len(c.serverPIDs) > 0 {
		m.processes = append(m.processes, process{"server", c.serverPIDs})
	}
	for _, s := range c.processes {
		p, err := parseProcess(s)
		if err != nil {
			return nil, err
		}
		m.processes = append(m.processes, p)
	}
	if c.postgres != "" {
		if m.postgres, err = newPostgresMeter(ctx, c.postgres, c.statsDelay); err != nil {
			return nil, err
		}
	}
	if c.redis != "" {
		if m.redis, err = newRedisMeter(c.redis); err != nil {
			return nil, err
		}
	}
	_, err = m.read(ctx, os.Getpid())
	return m, err
}

func (m *meter) close() {
	if m.postgres != nil {
		m.postgres.close()
	}
	if m.redis != nil {
		m.redis.close()
	}
}

// read reads everything that does not lag. driver is the process that drives.
func (m *meter) read(ctx context.Context, driver int) (r reading, err error) {
	for _, p := range append([]process{{driverName, []int{driver}}}, m.processes...) {
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
		if r.commits, err = commitsTraced(m.commits); err != nil {
			return r, err
		}
	}
	if m.redis != nil {
		if r.redis, err = m.redis.read(ctx); err != nil {
			return r, err
		}
	}
	if m.postgres != nil {
		r.postgres, err = m.postgres.read(ctx)
	}
	return r, err
}

// before reads what a load begins with. The lagging counters are taken as they are: what they lack is the last second of a warm-up. Where nothing is
// to happen that would matter, so they are waited for.
func (m *meter) before(ctx context.Context, l *load) (r reading, err error) {
	var lagging postgresLagging
	if m.postgres != nil {
		if l.once {
			if err := m.postgres.settle(ctx); err != nil {
				return r, err
			}
		}
		if lagging, err = m.postgres.lagging(ctx); err != nil {
			return r, err
		}
	}
	r, err = m.read(ctx, l.pid)
	r.lagging = lagging
	return r, err
}

// after reads what a load ends with, at once but for the lagging counters.
func (m *meter) after(ctx context.Context, l *load) (r reading, err error) {
	if r, err = m.read(ctx, l.pid); err != nil || m.postgres == nil {
		return r, err
	}
	if !l.once {
		if err := m.postgres.settle(ctx); err != nil {
			return r, err
		}
	}
	r.lagging, err = m.postgres.lagging(ctx)
	return r, err
}

// costs puts what was spent between two readings into a result, per unit.
func (m *meter) costs(r *Result, before, after reading) {
	units := float64(r.Count)
	if m.database != "" {
		growth := float64(after.database-before.database) / units
		r.DatabaseGrowth = &growth
	}
	if m.commits != "" {
		commits := float64(after.commits-before.commits) / units
		r.Commits = &commits
	}
	if m.postgres != nil {
		r.Postgres = m.postgres.cost(before, after, units)
	}
	if m.redis != nil {
		r.Redis = redisCost(before.redis, after.redis, units)
	}
	for i, name := range m.names() {
		b, a := before.usage[i], after.usage[i]
		r.Processes = append(r.Processes, ProcessCost{
			Name: name, CPU: milliseconds(a.cpu-b.cpu) / units, Written: float64(a.written-b.written) / units, Before: b.resident, Resident: a.resident,
		})
	}
}

// names are the processes of a reading.
func (m *meter) names() []string {
	names := []string{driverName}
	for _, p := range m.processes {
		names = append(names, p.name)
	}
	return names
}

func (m *meter) memory(ctx context.Context) (all []Memory, err error) {
	r, err := m.read(ctx, os.Getpid())
	if err != nil {
		return nil, err
	}
	for i, name := range m.names() {
		all = append(all, Memory{Name: name, Resident: r.usage[i].resident})
	}
	return all, nil
}
