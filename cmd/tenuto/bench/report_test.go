package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPercentile(t *testing.T) {
	var l latencies
	if l.sum() != nil {
		t.Error("nothing has a latency")
	}
	for _, n := range rand.Perm(100) {
		l.add(time.Duration(n+1) * time.Millisecond)
	}
	if got, want := l.sum(), (Latency{Mean: 50.5, P50: 50, P95: 95, P99: 99, Max: 100}); *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// At least p percent of the values are no larger than the percentile, and fewer than p percent are smaller.
func TestPercentileProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 50), func(n int) time.Duration { return time.Duration(n) }), 1, 60).Draw(t, "values")
		p := rapid.SampledFrom([]float64{0, 1, 50, 95, 99, 100}).Draw(t, "p")
		slices.Sort(values)
		v := percentile(values, p)
		var below, within int
		for _, x := range values {
			if x < v {
				below++
			}
			if x <= v {
				within++
			}
		}
		n := float64(len(values))
		if float64(within)/n*100 < p-1e-9 || (p > 0 && float64(below)/n*100 >= p) {
			t.Fatalf("%v of %v is %v", p, values, v)
		}
	})
}

// sample is a report with everything that one can have, in some of its lines.
func sample() *Report {
	growth, commits, cpu, statements := 2048.0, 4.02, 0.31, 1.5
	return &Report{
		Address: "127.0.0.1:7233", Machine: Machine{OS: "linux", Arch: "amd64", CPUs: 2, Go: "go1.26"},
		Idle:  []Memory{{"driver", 10 << 20}, {"server", 40 << 20}},
		After: []Memory{{"driver", 20 << 20}, {"server", 55<<20 + 1<<19}},
		Results: []Result{
			{
				Scenario: "one-activity", Driver: "raw", InFlight: 50, Unit: "workflow", Count: 10000, Activities: 1, Seconds: 8, Rate: 1250,
				Latency: &Latency{Mean: 39, P50: 38, P95: 60.256, P99: 75, Max: 99}, ScheduleToStart: &Latency{Mean: 4, P50: 3, P95: 5, P99: 6, Max: 7}, Step: 39,
				DatabaseGrowth: &growth, Commits: &commits,
				Processes: []ProcessCost{{Name: "driver", CPU: 0.4}, {Name: "server", CPU: 0.321, Written: 5120, Before: 1, Resident: 2}},
			}, {
				Scenario: "starts", Driver: "sdk", Offered: 12.5, Unit: "workflow", Count: 10, Seconds: 0.01, Rate: 1000, Retries: 3,
				Postgres:  &PostgresCost{CPU: &cpu, Transactions: 1.14, Writes: 0.16, Statements: &statements, WAL: 5096, Dead: 4, Hot: 0.75, Left: 1234},
				Redis:     &RedisCost{Commands: 2.5, CPU: 0.125, Memory: 1 << 20},
				Processes: []ProcessCost{{Name: "driver", CPU: 0.1}, {Name: "server", CPU: 0.2}},
			}, {
				Scenario: "backlog", Driver: "raw", InFlight: 1, Unit: "workflow", Count: 10, Seconds: 1, Rate: 10, Order: &Displacement{P50: 1, P99: 9, Max: 11},
				Processes: []ProcessCost{{Name: "driver"}, {Name: "server"}},
			},
		},
	}
}

// update writes the golden files anew: go test -update.
var update = flag.Bool("update", false, "write testdata anew")

func TestTable(t *testing.T) {
	var b bytes.Buffer
	must(t, sample().writeTable(&b))
	if *update {
		must(t, os.WriteFile("testdata/table.txt", b.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/table.txt")
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := sample().writeJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&back, sample()) {
		t.Errorf("JSON lost something:\n%s", b.String())
	}
	if !bytes.Contains(b.Bytes(), []byte(`"per_second": 1250`)) {
		t.Errorf("got\n%s", b.String())
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestReportThatCannotBeWritten(t *testing.T) {
	if err := sample().writeTable(fullDisk{}); err == nil {
		t.Error("the table went nowhere, without an error")
	}
	if err := sample().writeJSON(fullDisk{}); err == nil {
		t.Error("the JSON went nowhere, without an error")
	}
}

// A column in which no line has anything is not there.
func TestTableWithoutEmptyColumns(t *testing.T) {
	r := sample()
	r.Results = r.Results[2:]
	var b bytes.Buffer
	must(t, r.writeTable(&b))
	for _, absent := range []string{"offered", "WAL", "redis", "commits", "p50 ms", "step"} {
		if bytes.Contains(b.Bytes(), []byte(absent)) {
			t.Errorf("%s is there:\n%s", absent, &b)
		}
	}
}
