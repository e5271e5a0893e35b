// Package report reads what `tenuto bench --json` writes: as much of it as the programs beside it judge by.
package report

import (
	"encoding/json"
	"fmt"
	"os"
)

// Report is one file.
type Report struct {
	Results []Result `json:"results"`
}

// Result is one scenario at one level. Costs are per unit of the scenario: a workflow, a step, a second of idleness.
type Result struct {
	Scenario        string    `json:"scenario"`
	Driver          string    `json:"driver"`
	InFlight        int       `json:"in_flight"`
	Rate            float64   `json:"per_second"`
	Step            float64   `json:"step_ms"`
	Latency         Latency   `json:"latency_ms"`           // of a unit
	ScheduleToStart Latency   `json:"schedule_to_start_ms"` // of its tasks
	Noise           Noise     `json:"noise"`
	Postgres        Postgres  `json:"postgres"`
	Redis           Redis     `json:"redis"`
	Processes       []Process `json:"processes"` // the driver's first
}

// Latency is in milliseconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// Noise is what another namespace did beside the load, per second.
type Noise struct {
	Offered  float64 `json:"offered_per_second"`
	Accepted float64 `json:"accepted_per_second"`
	Refused  float64 `json:"refused_per_second"`
}

// Postgres is the database's part.
type Postgres struct {
	CPU          float64 `json:"cpu_ms"`
	Transactions float64 `json:"transactions"`
	WAL          float64 `json:"wal_bytes"`
}

// Redis is its part.
type Redis struct {
	CPU float64 `json:"cpu_ms"`
}

// Process is the driver's or the servers' part.
type Process struct {
	Name     string  `json:"name"`
	CPU      float64 `json:"cpu_ms"`
	Resident float64 `json:"resident_bytes"`
}

// Read reads the results of a file.
func Read(name string) ([]Result, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var r Report
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r.Results, nil
}

// Process is the accounted process of that name: driver, or server for all servers together.
func (r Result) Process(name string) Process {
	for _, p := range r.Processes {
		if p.Name == name {
			return p
		}
	}
	return Process{}
}
