package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/deploy/load/report"
)

// update writes the golden files anew: go test ./reach -update.
var update = flag.Bool("update", false, "write testdata anew")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// measured is a result with figures that all differ.
func measured(scenario, driver string, inFlight int, scale float64) report.Result {
	return report.Result{
		Scenario: scenario, Driver: driver, InFlight: inFlight, Rate: 1000 * scale, Step: 2.5 / scale,
		Postgres:  report.Postgres{CPU: 0.4 / scale, Transactions: 0.75 / scale, WAL: 6 * 1024 / scale},
		Processes: []report.Process{{Name: "driver", CPU: 99}, {Name: "server", CPU: 0.8 / scale, Resident: 60 << 20}},
	}
}

// file keeps results as a report.
func file(t *testing.T, results ...report.Result) string {
	t.Helper()
	b, err := json.Marshal(report.Report{Results: results})
	must(t, err)
	name := filepath.Join(t.TempDir(), "report.json")
	must(t, os.WriteFile(name, b, 0o600))
	return name
}

func everything(scale float64) []report.Result {
	return []report.Result{
		measured("idle", raw, 0, scale), measured("one-activity", raw, 1, scale), measured("one-activity", raw, 50, scale), measured("chain", raw, 1, scale),
		measured("starts", raw, 50, 2*scale), measured("one-activity", official, 50, 0.3*scale), measured("chain", official, 1, 0.5*scale),
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	results := everything(1)
	if err := run([]string{file(t, results[:5]...), file(t, results[5:]...)}, &b); err == nil || err.Error() != "2 of 13 not reached" {
		t.Errorf("got %v", err)
	}
	golden := filepath.Join("testdata", "table.txt")
	if *update {
		must(t, os.WriteFile(golden, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

// When all is reached, nothing is complained of; what was not measured is not reached.
func TestReached(t *testing.T) {
	var b bytes.Buffer
	results := everything(10)
	must(t, run([]string{file(t, results...)}, &b))
	if strings.Contains(b.String(), "NOT") {
		t.Error(b.String())
	}
	b.Reset()
	err := run([]string{file(t, results[1:]...)}, &b)
	if err == nil || strings.Count(b.String(), "NOT MEASURED") != 2 {
		t.Errorf("%v\n%s", err, &b)
	}
}

func TestReportsThatCannotBeRead(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "x.json")
	must(t, os.WriteFile(broken, []byte("{"), 0o600))
	for _, name := range []string{broken, "/nonexistent"} {
		if run([]string{name}, &bytes.Buffer{}) == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// The names in goals are those of reports: a goal that nothing can match is a mistake here.
func TestGoalsCanBeMeasured(t *testing.T) {
	for _, g := range goals {
		if _, ok := g.judge(everything(100)); !ok {
			t.Errorf("%+v", g)
		}
	}
}
