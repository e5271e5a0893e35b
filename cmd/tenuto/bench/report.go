package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
)

// Report is the outcome of a measurement. Its JSON form is what --json prints.
type Report struct {
	Address string   `json:"address"`
	Machine Machine  `json:"machine"`
	Idle    []Memory `json:"idle"`  // before the first load
	After   []Memory `json:"after"` // after the last
	Results []Result `json:"results"`
}

// Machine is where the driver ran.
type Machine struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
	Go   string `json:"go"`
}

func thisMachine() Machine {
	return Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version()}
}

// Memory is the resident memory of a process, in bytes.
type Memory struct {
	Name     string `json:"name"`
	Resident int64  `json:"resident_bytes"`
}

// Result is one scenario at one level.
type Result struct {
	Scenario   string  `json:"scenario"`
	InFlight   int     `json:"in_flight"`
	Workflows  int     `json:"workflows"`
	Activities int     `json:"activities_per_workflow"`
	Seconds    float64 `json:"seconds"`
	Rate       float64 `json:"workflows_per_second"`
	Latency    Latency `json:"latency_ms"`
	// Step is the mean latency per activity, in milliseconds; 0 for workflows without any.
	Step float64 `json:"step_ms,omitempty"`
	// Retries are calls that were repeated because the server asked for patience.
	Retries int64 `json:"retries"`
	// DatabaseGrowth is how much the database file and its log grew, in bytes per workflow; absent without --db.
	DatabaseGrowth *float64 `json:"database_growth_bytes,omitempty"`
	// Commits are the server's commits per workflow; absent without --spawn.
	Commits   *float64      `json:"commits,omitempty"`
	Processes []ProcessCost `json:"processes"`
}

// ProcessCost is what a process spent per workflow.
type ProcessCost struct {
	Name     string  `json:"name"`
	CPU      float64 `json:"cpu_ms"`
	Written  float64 `json:"written_bytes"` // to storage, as the kernel accounts it; 0 if it does not tell
	Resident int64   `json:"resident_bytes"`
}

func (r *Report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// writeTable prints the report for people. Costs are per workflow.
func (r *Report) writeTable(w io.Writer) error {
	t := &table{Writer: tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)}
	t.printf("%s, driven from %s/%s with %d CPUs, %s. CPU, bytes and steps are per workflow.\n\n",
		r.Address, r.Machine.OS, r.Machine.Arch, r.Machine.CPUs, r.Machine.Go)
	t.printf("scenario\tin flight\tworkflows\tper s\tp50 ms\tp95 ms\tp99 ms\tms per step\t")
	if len(r.Results) > 0 {
		for _, p := range r.Results[0].Processes {
			t.printf("%s CPU ms\t", p.Name)
		}
		for _, p := range r.servers(0) {
			t.printf("%s written KB\t", p.Name)
		}
	}
	t.printf("commits\tdb growth KB\tretries\t\n")
	for i := range r.Results {
		r.row(t, i)
	}
	t.flush()
	t.printf("\n")
	for i, m := range r.Idle {
		t.printf("%s: %.1f MB resident before, %.1f MB after\n", m.Name, megabytes(m.Resident), megabytes(r.After[i].Resident))
	}
	t.flush()
	return t.err
}

func (r *Report) row(t *table, i int) {
	x := r.Results[i]
	t.printf("%s\t%d\t%d\t%.1f\t%.2f\t%.2f\t%.2f\t", x.Scenario, x.InFlight, x.Workflows, x.Rate, x.Latency.P50, x.Latency.P95, x.Latency.P99)
	t.optional("%.2f\t", x.Step, x.Activities > 0)
	for _, p := range x.Processes {
		t.printf("%.3f\t", p.CPU)
	}
	for _, p := range r.servers(i) {
		t.optional("%.1f\t", p.Written/1024, p.Written > 0)
	}
	t.optional("%.2f\t", of(x.Commits), x.Commits != nil)
	t.optional("%.1f\t", of(x.DatabaseGrowth)/1024, x.DatabaseGrowth != nil)
	t.printf("%d\t\n", x.Retries)
}

// servers are the accounted processes of a result without the driver.
func (r *Report) servers(i int) []ProcessCost { return r.Results[i].Processes[1:] }

func of(figure *float64) float64 {
	if figure == nil {
		return 0
	}
	return *figure
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

// optional prints the figure, or a dash if there is none.
func (t *table) optional(format string, figure float64, ok bool) {
	if ok {
		t.printf(format, figure)
	} else {
		t.printf("-\t")
	}
}

func (t *table) flush() {
	if err := t.Flush(); t.err == nil {
		t.err = err
	}
}
