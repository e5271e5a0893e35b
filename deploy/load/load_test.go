package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/mocks"
	"go.temporal.io/sdk/testsuite"
)

// server is a `tenuto dev` of this repository, in memory, that ends with the test.
func server(t *testing.T) (address string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "tenuto")
	build := exec.Command("go", "build", "-o", binary, "./cmd/tenuto")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address = l.Addr().String()
	must(t, l.Close())
	dev := exec.Command(binary, "dev", "--db", ":memory:", "--grpc", address, "--console", "127.0.0.1:0", "--log-level", "error")
	must(t, dev.Start())
	t.Cleanup(func() {
		_ = dev.Process.Signal(syscall.SIGTERM)
		_ = dev.Wait()
	})
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) { // the server tells nobody when it is ready
		conn, err := net.Dial("tcp", address)
		if err == nil {
			must(t, conn.Close())
			return address
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func parsed(t *testing.T, args ...string) options {
	t.Helper()
	o, err := parse(args, io.Discard)
	must(t, err)
	return o
}

// On a real server: as a person runs it, and as tenuto bench does.
func TestLoad(t *testing.T) {
	address := server(t)
	var out bytes.Buffer
	must(t, run(t.Context(), parsed(t, "--address", address, "--count", "30", "--in-flight", "5", "--warm-up", "3"), nil, &out))
	if !strings.HasPrefix(out.String(), "one-activity at 5 in flight: 30 workflows in ") || !strings.Contains(out.String(), "own CPU ") {
		t.Error(out.String())
	}
	out.Reset()
	o := parsed(t, "--address", address, "--scenario", "chain", "--count", "2", "--in-flight", "2", "--warm-up", "1", "--json", "--wait")
	must(t, run(t.Context(), o, strings.NewReader("go\n"), &out))
	line, ok := strings.CutPrefix(out.String(), "ready\n")
	var r result
	must(t, json.Unmarshal([]byte(line), &r))
	if l := r.Latency; !ok || r.Count != 2 || r.Seconds <= 0 || r.CPU <= 0 || l.P50 <= 0 || l.P50 > l.P99 || l.P99 > l.Max || l.Mean > l.Max {
		t.Errorf("%+v", r)
	}
}

func TestLoadWithoutServer(t *testing.T) {
	err := run(t.Context(), parsed(t, "--address", "127.0.0.1:1"), nil, io.Discard)
	if err == nil {
		t.Error("nobody answers, and that is no error")
	}
}

func TestChain(t *testing.T) {
	for scenario, want := range map[string]int{"one-activity": 1, "chain": 100} {
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestWorkflowEnvironment()
		runs := 0
		env.RegisterActivity(echo)
		env.OnActivity(echo, mock.Anything, text).Return(func(_ context.Context, in string) (string, error) { runs++; return in, nil })
		env.ExecuteWorkflow(chain, activities[scenario], text)
		var out string
		must(t, env.GetWorkflowResult(&out))
		if runs != want || out != text {
			t.Errorf("%s: %d activities, result %q", scenario, runs, out)
		}
	}
}

// mocked is a driver whose workflows end as end says.
func mocked(end func() error) *driver {
	started := &mocks.WorkflowRun{}
	started.On("Get", mock.Anything, nil).Return(func(context.Context, any) error { return end() })
	c := &mocks.Client{}
	c.On("ExecuteWorkflow", mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(started, nil)
	return &driver{client: c, queue: "q", activities: 1}
}

func TestRunEndsAfterItsDuration(t *testing.T) {
	r, err := mocked(func() error { return nil }).run(t.Context(), "x", 2, 1<<30, 20*time.Millisecond)
	must(t, err)
	if r.Count < 1 || r.Seconds < 0.02 || r.Seconds > 5 {
		t.Errorf("%+v", r)
	}
}

func TestRunEndsWithItsFirstError(t *testing.T) {
	left := 3
	_, err := mocked(func() error {
		if left--; left < 0 {
			return errors.New("it failed")
		}
		return nil
	}).run(t.Context(), "x", 1, 10, 0)
	if err == nil || err.Error() != "3 of at most 10 workflows done: it failed" {
		t.Errorf("got %v", err)
	}
}

func TestSum(t *testing.T) {
	var all []time.Duration
	for n := 100; n > 0; n-- {
		all = append(all, time.Duration(n)*time.Millisecond)
	}
	if got, want := sum(all), (latency{Mean: 50.5, P50: 50, P95: 95, P99: 99, Max: 100}); got != want {
		t.Errorf("got %+v", got)
	}
	if got := sum([]time.Duration{time.Second}); got.P50 != 1000 || got.Max != 1000 {
		t.Errorf("of one: %+v", got)
	}
}

func TestUsageErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"no scenario":        {"--scenario", "starts"},
		"at least 1":         {"--in-flight", "0"},
		"not negative":       {"--warm-up", "-1"},
		"flag provided but ": {"--rate", "5"},
	} {
		var help bytes.Buffer
		if _, err := parse(args, &help); err == nil || !strings.Contains(help.String(), want) {
			t.Errorf("%v: %v\n%s", args, err, &help)
		}
	}
}

// A result that nobody can be told is an error.
func TestPrintToNowhere(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	must(t, errors.Join(r.Close(), w.Close()))
	for _, o := range []options{{json: true}, {}} {
		if (result{}).print(w, o) == nil {
			t.Errorf("%+v", o)
		}
	}
}
