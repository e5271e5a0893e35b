package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// beProgram is a driver that behaves in one way.
func beProgram(behaviour string) int {
	flag := func(name string) string {
		for i, a := range os.Args {
			if a == name {
				return os.Args[i+1]
			}
		}
		return ""
	}
	in := bufio.NewScanner(os.Stdin)
	switch behaviour {
	case "ends":
		fmt.Fprintln(os.Stderr, "nobody answers there")
		return 1
	case "silent":
		fmt.Println("ready")
		in.Scan()
		return 1
	case "nonsense":
		fmt.Println("ready\nthis is no JSON")
		in.Scan()
		in.Scan()
		return 0
	}
	fmt.Println("ready")
	in.Scan()
	for began := burnt(); burnt()-began < 60*time.Millisecond; { // so that it costs something, which is counted in ticks of 10 ms
	}
	fmt.Printf(`{"count": %s, "seconds": 2, "latency_ms": {"mean": 3, "p50": 3}}`+"\n", flag("--count"))
	in.Scan()
	if behaviour == "fails" {
		fmt.Fprintln(os.Stderr, "it was too much")
		return 1
	}
	return 0
}

// burnt is the processor time of this process.
func burnt() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return time.Hour
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestProgram(t *testing.T) {
	t.Setenv(programVariable, "works")
	r, _ := results(t, "--driver", os.Args[0], "--scenario", "one-activity", "--count", "40", "--in-flight", "4")
	x := r.Results[0]
	if x.Count != 40 || x.Rate != 20 || x.Latency.Mean != 3 || x.Step != 3 || x.Processes[0].CPU < 20.0/40 || x.ScheduleToStart != nil {
		t.Errorf("%+v", x)
	}
}

func TestProgramsThatGoWrong(t *testing.T) {
	for behaviour, want := range map[string]string{
		"ends": "nobody answers there", "silent": "without a result", "nonsense": "makes no sense", "fails": "it was too much",
	} {
		t.Setenv(programVariable, behaviour)
		_, _, err := execute(t, "--driver", os.Args[0], "--scenario", "one-activity", "--in-flight", "1")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", behaviour, err)
		}
	}
}

func TestProgramIsEndedWithTheMeasurement(t *testing.T) {
	t.Setenv(programVariable, "works")
	ctx, cancel := context.WithCancel(t.Context())
	l, err := newLoad(ctx, named(t, "chain"), config{namespace: "default", addresses: []string{"x:1"}}, os.Args[0], 3, 1)
	must(t, err)
	cancel()
	if err := l.close(); err == nil {
		t.Error("it ended well, though it was cut off")
	}
}
