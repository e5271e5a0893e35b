package main

import (
	"fmt"

	"github.com/tenuto-io/tenuto/deploy/load/report"
)

// goal is one line of the table.
type goal struct {
	what             string
	unit             string
	scenario, driver string
	inFlight         int // 0: the scenario has no levels
	figure           func(report.Result) float64
	must, aim        float64 // aim 0: none
	atLeast          bool    // the figure must be at least that, not at most
}

// The drivers' names in reports.
const (
	official = "load" // the program of this module
	raw      = "raw"
)

// goals are what the server is measured against, on two cores that it shares with its database and the driver.
var goals = []goal{
	{what: "workflows/s, official Go SDK", scenario: "one-activity", driver: official, inFlight: 50, figure: rate, must: 220, aim: 300, atLeast: true},
	{what: "workflows/s, raw gRPC", scenario: "one-activity", driver: raw, inFlight: 50, figure: rate, must: 500, aim: 900, atLeast: true},
	{what: "server + database CPU, official Go SDK", unit: "ms", scenario: "one-activity", driver: official, inFlight: 50, figure: cpu, must: 3, aim: 1.5},
	{what: "server + database CPU, raw gRPC", unit: "ms", scenario: "one-activity", driver: raw, inFlight: 50, figure: cpu, must: 3, aim: 1.5},
	{what: "transactions, official Go SDK", scenario: "one-activity", driver: official, inFlight: 50, figure: transactions, must: 5},
	{what: "transactions when busy: raw gRPC", scenario: "one-activity", driver: raw, inFlight: 50, figure: transactions, must: 1, aim: 0.3},
	{what: "write-ahead log, official Go SDK", unit: "KB", scenario: "one-activity", driver: official, inFlight: 50, figure: wal, must: 8, aim: 5},
	{what: "write-ahead log, raw gRPC", unit: "KB", scenario: "one-activity", driver: raw, inFlight: 50, figure: wal, must: 8, aim: 5},
	{what: "a step in a chain of 100, one in flight, official Go SDK", unit: "ms", scenario: "chain", driver: official, inFlight: 1, figure: step, must: 6, aim: 3},
	{what: "a step in a chain of 100, one in flight, raw gRPC", unit: "ms", scenario: "chain", driver: raw, inFlight: 1, figure: step, must: 6, aim: 3},
	{what: "starts/s without a worker, raw gRPC", scenario: "starts", driver: raw, inFlight: 50, figure: rate, must: 1200, aim: 3000, atLeast: true},
	{what: "idle: transactions/s", scenario: "idle", driver: raw, figure: transactions, must: 1},
	{what: "idle: resident memory", unit: "MB", scenario: "idle", driver: raw, figure: resident, must: 80, aim: 50},
}

func rate(r report.Result) float64         { return r.Rate }
func cpu(r report.Result) float64          { return r.Process("server").CPU + r.Postgres.CPU }
func transactions(r report.Result) float64 { return r.Postgres.Transactions }
func wal(r report.Result) float64          { return r.Postgres.WAL / 1024 }
func step(r report.Result) float64         { return r.Step }
func resident(r report.Result) float64     { return r.Process("server").Resident / (1 << 20) }

// judge is the goal's line, and whether it is reached.
func (g goal) judge(all []report.Result) (line string, reached bool) {
	bounds := g.number(g.must) + "\t"
	if g.aim != 0 {
		bounds += g.number(g.aim)
	}
	for _, r := range all {
		if r.Scenario != g.scenario || r.Driver != g.driver || r.InFlight != g.inFlight {
			continue
		}
		figure := g.figure(r)
		verdict := "NOT REACHED"
		switch {
		case g.aim != 0 && g.meets(figure, g.aim):
			verdict, reached = "aim", true
		case g.meets(figure, g.must):
			verdict, reached = "must", true
		}
		return fmt.Sprintf("%s\t%s\t%s\t%s\t", g.what, g.number(figure), bounds, verdict), reached
	}
	return fmt.Sprintf("%s\t-\t%s\tNOT MEASURED\t", g.what, bounds), false
}

func (g goal) meets(figure, bound float64) bool {
	if g.atLeast {
		return figure >= bound
	}
	return figure <= bound
}

func (g goal) number(n float64) string {
	s := fmt.Sprintf("%.2f", n)
	switch {
	case n >= 100:
		s = fmt.Sprintf("%.0f", n)
	case n == float64(int(n)):
		s = fmt.Sprintf("%d", int(n))
	}
	if g.unit != "" {
		s += " " + g.unit
	}
	return s
}
