package bench

import (
	"encoding/json"
	"io"
	"path/filepath"
	"runtime"
	"time"
)

// Report is the outcome of a measurement. Its JSON form is what --json prints.
type Report struct {
	Address string   `json:"address"` // of all servers, with commas between
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

// Result is one scenario, by one driver, at one level. Costs are per unit.
type Result struct {
	Scenario string `json:"scenario"`
	Driver   string `json:"driver"` // of a program, the last part of its path
	// InFlight is the level of a closed loop; 0 for an open one, which has Offered instead: units per second.
	InFlight   int     `json:"in_flight,omitempty"`
	Offered    float64 `json:"offered_per_second,omitempty"`
	Unit       string  `json:"unit"`
	Count      int     `json:"count"`
	Activities int     `json:"activities_per_workflow,omitempty"`
	Seconds    float64 `json:"seconds"`
	Rate       float64 `json:"per_second"`
	// Latency is the whole time of a unit; absent where nothing is timed.
	Latency *Latency `json:"latency_ms,omitempty"`
	// ScheduleToStart is from the scheduling of a task, by the server's clock, to its arrival, by the driver's; absent where the driver saw no task.
	ScheduleToStart *Latency `json:"schedule_to_start_ms,omitempty"`
	// Step is the mean latency per activity, in milliseconds; 0 for workflows without any.
	Step float64 `json:"step_ms,omitempty"`
	// Order is absent where order is not looked at.
	Order *Displacement `json:"places_off,omitempty"`
	// Retries are calls that were repeated because the server asked for patience, as far as the driver tells.
	Retries int64 `json:"retries"`
	// Noise is absent without --noise.
	Noise *Noise `json:"noise,omitempty"`
	// DatabaseGrowth is how much the database file and its log grew, in bytes; absent without --db.
	DatabaseGrowth *float64 `json:"database_growth_bytes,omitempty"`
	// Commits are the server's commits; absent without --spawn on SQLite.
	Commits   *float64      `json:"commits,omitempty"`
	Postgres  *PostgresCost `json:"postgres,omitempty"` // absent without --postgres
	Redis     *RedisCost    `json:"redis,omitempty"`    // absent without --redis
	Processes []ProcessCost `json:"processes"`          // the driver's first
}

// ProcessCost is what a process spent per unit.
type ProcessCost struct {
	Name     string  `json:"name"`
	CPU      float64 `json:"cpu_ms"`
	Written  float64 `json:"written_bytes"`         // to storage, as the kernel accounts it; 0 if it does not tell
	Before   int64   `json:"resident_bytes_before"` // the load, not per unit
	Resident int64   `json:"resident_bytes"`        // after the load
}

// result is what the load itself can tell.
func (l *load) result(one cell, took time.Duration) Result {
	r := Result{
		Scenario: one.name, Driver: filepath.Base(one.driver), InFlight: l.inFlight, Offered: one.rate, Unit: l.unit, Count: int(l.done.Load()),
		Activities: l.flow.activities(), Seconds: took.Seconds(), Retries: l.retries.Load(),
		Latency: l.latencies.sum(), ScheduleToStart: l.waits.sum(),
	}
	if one.once || one.rate > 0 {
		r.InFlight = 0
	}
	if p := l.reported; p != nil {
		r.Seconds, r.Latency, r.ScheduleToStart = p.Seconds, p.Latency, p.ScheduleToStart
	}
	r.Rate = float64(r.Count) / r.Seconds
	if r.Activities > 0 && r.Latency != nil {
		r.Step = r.Latency.Mean / float64(r.Activities)
	}
	if l.ordered {
		d := l.arrivals.displacement()
		r.Order = &d
	}
	return r
}

func (r *Report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
