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

	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// behaviourVariable says what this test binary does when it is started as a server; programVariable, that it is a driver.
const (
	behaviourVariable = "BENCH_TEST_SERVER"
	programVariable   = "BENCH_TEST_PROGRAM"
)

func TestMain(m *testing.M) {
	if behaviour := os.Getenv(programVariable); behaviour != "" {
		os.Exit(beProgram(behaviour))
	}
	if len(os.Args) > 1 && slices.Contains([]string{"dev", "server", "migrate", "key"}, os.Args[1]) {
		os.Exit(beServer(os.Args[1], os.Args[2:]))
	}
	code := pgtest.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// beServer is `tenuto dev`, `server`, `migrate` and `key create` as far as bench uses them.
func beServer(command string, args []string) int {
	if command == "key" {
		fmt.Println("tnt_key_of_" + os.Getenv("TENUTO_AUTH"))
		return 0
	}
	fmt.Println("hello from the server")
	if os.Getenv(behaviourVariable) == "refuses-"+command {
		fmt.Println("no room on this machine")
		return 1
	}
	flag := func(name string) string { return args[slices.Index(args, name)+1] }
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	switch command {
	case "migrate":
		return 0
	case "server":
		if os.Getenv("TENUTO_AUTH")+os.Getenv("TENUTO_AUTH_JWT_ISSUERS") == "" || os.Getenv("TENUTO_POSTGRES_URL") == "" || os.Getenv("TENUTO_PEER_ADDRESS") == "" || len(os.Getenv("TENUTO_PEER_SECRET")) < 16 {
			fmt.Println("the environment is not as it should be")
			return 1
		}
	case "dev":
		for file, content := range map[string]string{flag("--db"): "database", os.Getenv(commitTraceVariable): "b 1 5\ne 1 6\n"} {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				fmt.Println(err)
				return 1
			}
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
	cmd.SetArgs(append([]string{"--warm-up", "4"}, args...))
	cmd.SetOut(&o)
	cmd.SetErr(&p)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	return o.String(), p.String(), err
}

// results runs the command with --json.
func results(t *testing.T, args ...string) (r Report, progress string) {
	t.Helper()
	out, progress, err := execute(t, append(args, "--json")...)
	must(t, err)
	must(t, json.Unmarshal([]byte(out), &r))
	return r, progress
}

func TestAgainstAnAddress(t *testing.T) {
	address := newFakeServer().serve(t)
	_, port, _ := net.SplitHostPort(address)
	database := filepath.Join(t.TempDir(), "x.db")
	write(t, database, "x")
	r, progress := results(t, "--address", address, "--count", "200", "--in-flight", "1,4", "--process", "server=:"+port, "--db", database)
	var got []string
	for _, x := range r.Results {
		got = append(got, fmt.Sprintf("%s %d: %d", x.Scenario, x.InFlight, x.Count))
		if x.Rate <= 0 || x.Latency.P50 <= 0 || x.Latency.P50 > x.Latency.Max || len(x.Processes) != 2 || x.Processes[1].Name != "server" {
			t.Errorf("%+v", x)
		}
		if (x.Step > 0) != (x.Activities > 0) || (x.ScheduleToStart != nil) != (x.Activities > 0) {
			t.Errorf("%+v", x)
		}
		if x.Commits != nil || x.DatabaseGrowth == nil || *x.DatabaseGrowth != 0 {
			t.Errorf("%+v", x)
		}
	}
	want := []string{"one-activity 1: 200", "one-activity 4: 200", "chain 1: 2", "chain 2: 2", "starts 1: 200", "starts 4: 200"}
	if !slices.Equal(got, want) {
		t.Errorf("results %q, want %q", got, want)
	}
	if !strings.Contains(progress, "starts by raw at 4 in flight: 200 workflows in ") {
		t.Errorf("progress: %s", progress)
	}
	if len(r.Idle) != 2 || r.Idle[1].Resident == 0 || len(r.After) != 2 {
		t.Errorf("memory: %+v, %+v", r.Idle, r.After)
	}
}

func TestSpawn(t *testing.T) {
	out, progress, err := execute(t, "--spawn", "--count", "20", "--in-flight", "2", "--scenario", "one-activity,starts")
	must(t, err)
	for _, want := range []string{"one-activity", "starts", "server CPU ms", "commits", "server: ", "driver: "} {
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

// Three servers on a database, accounted as one.
func TestSpawnNodes(t *testing.T) {
	c := config{postgres: "postgres:///x", nodes: 3, spread: spreadApart}
	var progress bytes.Buffer
	stop, err := c.spawnServers(t.Context(), &progress)
	must(t, err)
	defer stop()
	if len(c.addresses) != 3 || len(c.serverPIDs) != 3 || strings.Count(progress.String(), "on the database that was named") != 3 {
		t.Errorf("%+v\n%s", c, &progress)
	}
	if to := c.targets(); !slices.Equal(to.callers, c.addresses[:1]) || !slices.Equal(to.workers, c.addresses[1:]) {
		t.Errorf("%+v of %q", to, c.addresses)
	}
	if u, err := (process{"server", c.serverPIDs}).usage(); err != nil || u.resident < 3<<20 {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestSpawnedServerThatEnds(t *testing.T) {
	for behaviour, c := range map[string]config{
		"refuses-dev": {nodes: 1}, "refuses-server": {nodes: 1, postgres: "postgres:///x"}, "refuses-migrate": {nodes: 1, postgres: "postgres:///x"},
	} {
		t.Setenv(behaviourVariable, behaviour)
		if _, err := c.spawnServers(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "no room on this machine") {
			t.Errorf("%s: %v", behaviour, err)
		}
	}
}

// What configures servers here is not for those that we start.
func TestCleanEnvironment(t *testing.T) {
	t.Setenv("TENUTO_POSTGRES_URL_FILE", "/secret")
	for _, v := range cleanEnvironment() {
		if strings.HasPrefix(v, "TENUTO_") {
			t.Error(v)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	for want, args := range map[string][]string{
		"no scenario":                           {"--scenario", "many"},
		"--count":                               {"--count", "0"},
		"--in-flight must be":                   {"--in-flight", "0"},
		"--pollers and --warm-up":               {"--pollers", "-1"},
		"--timeout":                             {"--timeout", "0s"},
		"--idle must be positive":               {"--idle", "0s"},
		"--rate must not":                       {"--rate", "-1"},
		"knows no --rate":                       {"--rate", "5", "--scenario", "signals"},
		"scenario queues is not for driver sdk": {"--driver", "sdk", "--scenario", "queues"},
		"is not for driver /x":                  {"--driver", "/x", "--scenario", "starts"},
		"go together":                           {"--noise", "loud"},
		"another namespace":                     {"--noise", "default", "--noise-rate", "5"},
		"it is even or apart":                   {"--spread", "odd"},
		"needs two addresses":                   {"--spread", "apart"},
		"--nodes must be":                       {"--nodes", "0"},
		"--nodes goes with":                     {"--nodes", "2", "--spawn"},
		"--db does not go with it":              {"--spawn", "--db", "x"},
		"NAME=PID":                              {"--process", "=x"},
		"unknown command":                       {"extra"},
		"no such file":                          {"--db", "/nonexistent/x.db"},
		"--postgres":                            {"--postgres", "postgres://127.0.0.1:1/x"},
		"cannot be read":                        {"--postgres", "postgres://["},
		"--redis":                               {"--redis", "http://x"},
		"redis: dial":                           {"--redis", "redis://127.0.0.1:1"},
		"one-activity by raw at 1 in flight: w": {"--address", "127.0.0.1:1", "--timeout", "30ms"},
		"no such file or directory":             {"--driver", "/nonexistent", "--scenario", "chain"},
	} {
		if _, _, err := execute(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}

// Every scenario is in the help, and every default is one.
func TestHelp(t *testing.T) {
	help := Command().Long
	for _, s := range scenarios {
		if !strings.Contains(help, s.name) || s.drive == nil || s.unit == "" || len(s.drivers) == 0 {
			t.Errorf("%+v", s)
		}
	}
	for _, name := range defaultScenarios {
		if s, ok := scenarioNamed(name); !ok || s.weight == 0 && s.units(7) != 7 {
			t.Errorf("default scenario %q", name)
		}
	}
}
