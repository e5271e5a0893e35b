package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// column is one of a table of results. A column in which no result has anything is left out.
type column struct {
	title string
	cell  func(Result) string // empty: this result has nothing there
}

// firstColumns name a line.
var firstColumns = []column{
	{"scenario", func(r Result) string { return r.Scenario }},
	{"driver", func(r Result) string { return r.Driver }},
	{"in flight", func(r Result) string { return figure("%.0f", float64(r.InFlight), r.InFlight > 0) }},
	{"offered/s", func(r Result) string { return figure("%g", r.Offered, r.Offered > 0) }},
}

// speedColumns are what a client notices.
var speedColumns = append(slices.Clone(firstColumns),
	column{"unit", func(r Result) string { return r.Unit }},
	column{"count", func(r Result) string { return fmt.Sprint(r.Count) }},
	column{"per s", func(r Result) string { return fmt.Sprintf("%.1f", r.Rate) }},
	latencyColumn("p50 ms", func(r Result) *Latency { return r.Latency }, func(l *Latency) float64 { return l.P50 }),
	latencyColumn("p95 ms", func(r Result) *Latency { return r.Latency }, func(l *Latency) float64 { return l.P95 }),
	latencyColumn("p99 ms", func(r Result) *Latency { return r.Latency }, func(l *Latency) float64 { return l.P99 }),
	latencyColumn("task p50 ms", func(r Result) *Latency { return r.ScheduleToStart }, func(l *Latency) float64 { return l.P50 }),
	latencyColumn("task p95 ms", func(r Result) *Latency { return r.ScheduleToStart }, func(l *Latency) float64 { return l.P95 }),
	latencyColumn("task p99 ms", func(r Result) *Latency { return r.ScheduleToStart }, func(l *Latency) float64 { return l.P99 }),
	column{"ms per step", func(r Result) string { return figure("%.2f", r.Step, r.Step > 0) }},
	column{"places off p99/max", func(r Result) string {
		if r.Order == nil {
			return ""
		}
		return fmt.Sprintf("%d/%d", r.Order.P99, r.Order.Max)
	}},
	column{"noise offered/accepted/refused per s", func(r Result) string {
		if r.Noise == nil {
			return ""
		}
		return fmt.Sprintf("%.0f/%.0f/%.0f", r.Noise.Offered, r.Noise.Accepted, r.Noise.Refused)
	}},
	column{"retries", func(r Result) string { return fmt.Sprint(r.Retries) }},
)

func latencyColumn(title string, of func(Result) *Latency, which func(*Latency) float64) column {
	return column{title, func(r Result) string {
		l := of(r)
		if l == nil {
			return ""
		}
		return fmt.Sprintf("%.2f", which(l))
	}}
}

// costColumns are what a unit costs. There is at least one result.
func costColumns(results []Result) []column {
	all := slices.Clone(firstColumns)
	for i, p := range results[0].Processes { // of all results the same ones
		all = append(all,
			column{p.Name + " CPU ms", func(r Result) string { return fmt.Sprintf("%.3f", r.Processes[i].CPU) }},
			column{p.Name + " written KB", func(r Result) string {
				written := r.Processes[i].Written
				return figure("%.1f", written/1024, i > 0 && written > 0)
			}})
	}
	return append(all, databaseColumns...)
}

var databaseColumns = []column{
	{"commits", func(r Result) string { return optional("%.2f", r.Commits, 1) }},
	{"db growth KB", func(r Result) string { return optional("%.1f", r.DatabaseGrowth, 1024) }},
	{"database CPU ms", postgresColumn(func(c *PostgresCost) string { return optional("%.3f", c.CPU, 1) })},
	{"transactions", postgresColumn(func(c *PostgresCost) string { return fmt.Sprintf("%.3f", c.Transactions) })},
	{"writing", postgresColumn(func(c *PostgresCost) string { return fmt.Sprintf("%.3f", c.Writes) })},
	{"statements", postgresColumn(func(c *PostgresCost) string { return optional("%.2f", c.Statements, 1) })},
	{"WAL KB", postgresColumn(func(c *PostgresCost) string { return fmt.Sprintf("%.2f", c.WAL/1024) })},
	{"dead rows", postgresColumn(func(c *PostgresCost) string { return fmt.Sprintf("%.2f", c.Dead) })},
	{"hot %", postgresColumn(func(c *PostgresCost) string { return figure("%.0f", 100*c.Hot, c.Dead > 0) })},
	{"dead left", postgresColumn(func(c *PostgresCost) string { return fmt.Sprint(c.Left) })},
	{"redis commands", redisColumn(func(c *RedisCost) string { return fmt.Sprintf("%.2f", c.Commands) })},
	{"redis CPU ms", redisColumn(func(c *RedisCost) string { return fmt.Sprintf("%.3f", c.CPU) })},
}

func postgresColumn(cell func(*PostgresCost) string) func(Result) string {
	return func(r Result) string {
		if r.Postgres == nil {
			return ""
		}
		return cell(r.Postgres)
	}
}

func redisColumn(cell func(*RedisCost) string) func(Result) string {
	return func(r Result) string {
		if r.Redis == nil {
			return ""
		}
		return cell(r.Redis)
	}
}

func figure(format string, value float64, ok bool) string {
	if !ok {
		return ""
	}
	return fmt.Sprintf(format, value)
}

func optional(format string, value *float64, unit float64) string {
	if value == nil {
		return ""
	}
	return fmt.Sprintf(format, *value/unit)
}

// writeTable prints the report for people.
func (r *Report) writeTable(w io.Writer) error {
	t := &table{Writer: tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)}
	t.printf("%s, driven from %s/%s with %d CPUs, %s\n\n", r.Address, r.Machine.OS, r.Machine.Arch, r.Machine.CPUs, r.Machine.Go)
	t.rows(speedColumns, r.Results)
	t.printf("\nPer unit:\n\n")
	t.rows(costColumns(r.Results), r.Results)
	t.printf("\n")
	for i, m := range r.Idle {
		t.printf("%s: %.1f MB resident before, %.1f MB after\n", m.Name, megabytes(m.Resident), megabytes(r.After[i].Resident))
	}
	t.flush()
	return t.err
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// table writes aligned columns and keeps the first error.
type table struct {
	*tabwriter.Writer
	err error
}

func (t *table) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(t.Writer, format, args...); t.err == nil {
		t.err = err
	}
}

// rows prints a title line and one line per result, a dash where there is nothing.
func (t *table) rows(columns []column, results []Result) {
	t.flush()
	columns = slices.DeleteFunc(slices.Clone(columns), func(c column) bool {
		return !slices.ContainsFunc(results, func(r Result) bool { return c.cell(r) != "" })
	})
	for _, c := range columns {
		t.printf("%s\t", c.title)
	}
	t.printf("\n")
	for _, r := range results {
		for _, c := range columns {
			text := c.cell(r)
			if text == "" {
				text = "-"
			}
			t.printf("%s\t", text)
		}
		t.printf("\n")
	}
	t.flush()
}

func (t *table) flush() {
	if err := t.Flush(); t.err == nil {
		t.err = err
	}
}
