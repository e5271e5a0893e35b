package bench

import (
	"fmt"
	"testing"
	"time"
)

// Every scenario by every driver of ours, in small, on a real server: all of it gets done, and what it says of itself makes sense.
func TestScenariosOnARealServer(t *testing.T) {
	address := realServer(t, "default", "second", "third")
	for _, s := range scenarios {
		for _, driver := range s.drivers {
			if driver == anyone || s.weight >= 1000 { // those differ from others by their width alone: TestWideScenarios
				continue
			}
			t.Run(s.name+"/"+driver, func(t *testing.T) {
				want := 12
				if s.weight > 0 {
					want = 3
				}
				count := want * max(1, s.weight)
				r, _ := results(t, "--address", address, "--scenario", s.name, "--driver", driver, "--in-flight", "4", "--count", fmt.Sprint(count), "--idle", "1s")
				x := r.Results[0]
				if s.once {
					want = 1
				}
				if x.Count != want || x.Unit != s.unit || x.Driver != driver || x.Activities != s.flow.activities() || x.Rate <= 0 {
					t.Errorf("%+v", x)
				}
				if timed := !s.once; (x.Latency != nil) != timed {
					t.Errorf("latency %+v", x.Latency)
				}
				if (x.Order != nil) != s.ordered || (x.Step > 0) != (s.flow.activities() > 0) {
					t.Errorf("%+v", x)
				}
				if tasks := s.name != "starts" && !s.once && (driver == rawDriver || s.flow.activities() > 0); (x.ScheduleToStart != nil) != tasks {
					t.Errorf("schedule to start %+v", x.ScheduleToStart)
				}
			})
		}
	}
}

// The widest scenarios, made narrow, for there is a scenario of each kind in full above.
func TestWideScenarios(t *testing.T) {
	address := realServer(t, "default")
	for _, name := range []string{"fan-out-2000", "children-1000"} {
		for _, driver := range ours {
			s := named(t, name)
			s.flow.width /= 100
			l, err := newLoad(t.Context(), s, config{namespace: "default", addresses: []string{address}}, driver, 2, 2)
			must(t, err)
			_, err = l.run(t.Context(), time.Minute)
			must(t, err)
			must(t, l.close())
			if n := l.done.Load(); n != 2 {
				t.Errorf("%s by %s: %d workflows", name, driver, n)
			}
		}
	}
}

// Timers take as long as they sleep, and are open side by side.
func TestTimers(t *testing.T) {
	s := named(t, "timers")
	s.flow.sleep = 300 * time.Millisecond
	l, err := newLoad(t.Context(), s, config{namespace: "default", addresses: []string{realServer(t, "default")}}, rawDriver, 40, 2)
	must(t, err)
	took, err := l.run(t.Context(), time.Minute)
	must(t, err)
	must(t, l.close())
	if shortest := percentile(l.latencies.all, 0); shortest < s.flow.sleep || took > 40*s.flow.sleep/2 {
		t.Errorf("shortest %v, all %v", shortest, took)
	}
}

// Signals beyond one generation go to the next, and a generation that gets only some of its signals leaves nothing open.
func TestSignalGenerations(t *testing.T) {
	for _, driver := range ours {
		s := named(t, "signals")
		s.flow.signals, s.drive = 7, driveSignals(2)
		l, err := newLoad(t.Context(), s, config{namespace: "default", addresses: []string{realServer(t, "default")}}, driver, 33, 3)
		must(t, err)
		_, err = l.run(t.Context(), time.Minute)
		must(t, err)
		if n := l.done.Load(); n != 33 || len(l.latencies.all) != 33 {
			t.Errorf("%s: %d signals", driver, n)
		}
		for generation := range 3 { // 14, 14 and 5 signals
			for n := range 2 {
				id := fmt.Sprintf("%s-%d-%d", l.prefix, generation, n)
				if err := l.await(t.Context(), id); (err != nil) != (generation == 2) {
					t.Errorf("%s: %s ended with %v", driver, id, err)
				}
			}
		}
		must(t, l.close())
	}
}

// A workflow that is signalled, awaited or terminated and is not there: an error, but for the termination.
func TestDriversWithoutWorkflow(t *testing.T) {
	address := realServer(t, "default")
	for _, driver := range ours {
		l, err := newLoad(t.Context(), named(t, "starts"), config{namespace: "default", addresses: []string{address}}, driver, 1, 1)
		must(t, err)
		must(t, l.terminate(t.Context(), "nobody"))
		if l.signal(t.Context(), "nobody") == nil || l.await(t.Context(), "nobody") == nil {
			t.Errorf("%s: a workflow that is not there answers", driver)
		}
		must(t, l.close())
	}
}

func TestBacklogOnARealServer(t *testing.T) {
	s := named(t, "backlog")
	l, err := newLoad(t.Context(), s, config{namespace: "default", pollers: 1, addresses: []string{realServer(t, "default")}}, rawDriver, 300, 1)
	must(t, err)
	must(t, l.prepared(t.Context()))
	if len(l.backlog) != 300 || l.done.Load() != 0 {
		t.Errorf("%d wait, %d are done", len(l.backlog), l.done.Load())
	}
	_, err = l.run(t.Context(), time.Minute)
	must(t, err)
	must(t, l.close())
	// One caller and one poller of the queue: what comes first leaves first.
	if d := l.arrivals.displacement(); l.done.Load() != 300 || d.Max != 0 {
		t.Errorf("%d done, off by %+v", l.done.Load(), d)
	}
}

func TestDisplacement(t *testing.T) {
	at := func(seconds ...int) *arrivals {
		a := &arrivals{}
		for _, s := range seconds {
			a.add(time.Unix(int64(s), 0))
		}
		return a
	}
	for _, c := range []struct {
		arrivals *arrivals
		want     Displacement
	}{
		{at(), Displacement{}},
		{at(1, 2, 3), Displacement{}},
		{at(5, 5, 5), Displacement{}},
		{at(2, 1, 3, 4), Displacement{P50: 0, P99: 1, Max: 1}},
		{at(9, 1, 2, 3), Displacement{P50: 1, P99: 3, Max: 3}},
	} {
		if got := c.arrivals.displacement(); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.arrivals.all, got, c.want)
		}
	}
}
