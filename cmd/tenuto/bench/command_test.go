package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// behaviourVariable says what this test binary does when spawn starts it as a server.
const behaviourVariable = "BENCH_TEST_SERVER"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "dev" {
		os.Exit(beServer(os.Args[2:]))
	}
	goleak.VerifyTestMain(m)
}

// beServer is `tenuto dev` as far as bench uses it.
func beServer(args []string) int {
	fmt.Println("hello from the server")
	if os.Getenv(behaviourVariable) == "refuses" {
		fmt.Println("no room on this machine")
		return 1
	}
	flag := func(name string) string { return args[slices.Index(args, name)+1] }
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	for file, content := range map[string]string{flag("--db"): "database", os.Getenv(commitTraceVariable): "b 1\ne 1\n"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	l, err := net.Listen("tcp", flag("--grpc"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	g := newFakeServer().listen(l)
	<-stop
	g.Stop()
	return 0
}

// execute runs the command as a person would.
func execute(t *testing.T, args ...string) (out, progress string, err error) {
	t.Helper()
	var o, p bytes.Buffer
	cmd := Command()
	cmd.SetArgs(args)
	cmd.SetOut(&o)
	cmd.SetErr(&p)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	return o.String(), p.String(), err
}

func TestAgainstAnAddress(t *testing.T) {
	address := newFakeServer().serve(t)
	_, port, _ := net.SplitHostPort(address)
	database := filepath.Join(t.TempDir(), "x.db")
	write(t, database, "x")
	out, progress, err := execute(t, "--address", address, "--count", "200", "--in-flight", "1,4", "--process", "server=:"+port,
		"--db", database, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range r.Results {
		got = append(got, fmt.Sprintf("%s %d: %d", x.Scenario, x.InFlight, x.Workflows))
		if x.Rate <= 0 || x.Latency.P50 <= 0 || x.Latency.P50 > x.Latency.Max || len(x.Processes) != 2 || x.Processes[1].Name != "server" {
			t.Errorf("%+v", x)
		}
		if (x.Step > 0) != (x.Activities > 0) || x.Commits != nil || x.DatabaseGrowth == nil || *x.DatabaseGrowth != 0 {
			t.Errorf("%+v", x)
		}
	}
	want := []string{"one-activity 1: 200", "one-activity 4: 200", "chain 1: 2", "chain 2: 2", "starts 1: 200", "starts 4: 200"}
	if !slices.Equal(got, want) {
		t.Errorf("results %q, want %q", got, want)
	}
	if !strings.Contains(progress, "starts at 4 in flight: 200 workflows in ") {
		t.Errorf("progress: %s", progress)
	}
	if len(r.Idle) != 2 || r.Idle[1].Resident == 0 || len(r.After) != 2 {
		t.Errorf("memory: %+v, %+v", r.Idle, r.After)
	}
}

func TestSpawn(t *testing.T) {
	out, progress, err := execute(t, "--spawn", "--count", "20", "--in-flight", "2", "--scenario", "one-activity,starts")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one-activity", "starts", "server CPU ms", "server: ", "driver: "} {
		if !strings.Contains(out, want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
	_, database, ok := strings.Cut(strings.Split(progress, "\n")[0], "database ")
	if !ok {
		t.Fatalf("progress: %s", progress)
	}
	if _, err := os.Stat(filepath.Dir(database)); !os.IsNotExist(err) {
		t.Errorf("the server's directory is left: %v", err)
	}
}

func TestSpawnedServerThatEnds(t *testing.T) {
	t.Setenv(behaviourVariable, "refuses")
	_, err := spawn(t.Context(), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "no room on this machine") {
		t.Errorf("got %v", err)
	}
}

func TestUsageErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"no scenario":                    {"--scenario", "many"},
		"--count":                        {"--count", "0"},
		"--in-flight must be":            {"--in-flight", "0"},
		"must not be negative":           {"--pollers", "-1"},
		"--timeout":                      {"--timeout", "0s"},
		"do not go with it":              {"--spawn", "--db", "x"},
		"NAME=PID":                       {"--process", "x"},
		"unknown command":                {"extra"},
		"no such file":                   {"--db", "/nonexistent/x.db"},
		"one-activity at 1 in flight: w": {"--address", "127.0.0.1:1", "--timeout", "30ms"},
	} {
		if _, _, err := execute(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}
