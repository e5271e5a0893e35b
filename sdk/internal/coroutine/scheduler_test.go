package coroutine_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tenuto-io/tenuto/sdk/internal/coroutine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// journal collects what coroutines do, in order.
type journal []string

func (j *journal) add(format string, values ...any) { *j = append(*j, fmt.Sprintf(format, values...)) }

func (j *journal) want(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(*j, want) {
		t.Errorf("order:\n got %v\nwant %v", *j, want)
	}
	*j = nil
}

func run(t *testing.T, s *coroutine.Scheduler) {
	t.Helper()
	if err := s.Execute(time.Minute, s.Run); err != nil {
		t.Fatal(err)
	}
}

func newScheduler(t *testing.T) *coroutine.Scheduler {
	s := coroutine.New()
	t.Cleanup(func() {
		if !s.Close(time.Minute) {
			t.Error("coroutines did not end")
		}
	})
	return s
}

func TestCoroutinesRunInCreationOrder(t *testing.T) {
	s, did := newScheduler(t), journal{}
	s.Spawn("a", func() {
		did.add("a1")
		s.Spawn("c", func() { did.add("c") })
		s.Park("test")
		did.add("a2")
	})
	b := s.Spawn("b", func() {
		did.add("b1")
		s.Park("test")
		did.add("b2")
	})
	run(t, s)
	did.want(t, "a1", "b1", "c")
	s.Wake(b)
	run(t, s)
	did.want(t, "b2")
	if s.Len() != 1 {
		t.Errorf("%d coroutines live, want 1", s.Len())
	}
}

func TestWakeOrderDoesNotMatterWithinAPass(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		s, did := newScheduler(t), journal{}
		var all []*coroutine.Coroutine
		for i := range 3 {
			all = append(all, s.Spawn(fmt.Sprint(i), func() {
				s.Park("test")
				did.add("%d", i)
			}))
		}
		run(t, s)
		for _, i := range order {
			s.Wake(all[i])
			s.Wake(all[i])
		}
		run(t, s)
		did.want(t, "0", "1", "2")
	}
}

func TestWakingAYoungerJoinsThePassAnOlderWaitsForTheNext(t *testing.T) {
	s, did := newScheduler(t), journal{}
	var first, third *coroutine.Coroutine
	first = s.Spawn("first", func() { s.Park("test"); did.add("first") })
	second := s.Spawn("second", func() {
		s.Park("test")
		s.Wake(first)
		s.Wake(third)
		did.add("second")
	})
	third = s.Spawn("third", func() { s.Park("test"); did.add("third") })
	run(t, s)
	s.Wake(second)
	run(t, s)
	did.want(t, "second", "third", "first")
}

func TestSpawnedAheadRunsFirst(t *testing.T) {
	s, did := newScheduler(t), journal{}
	s.Spawn("first", func() {
		did.add("first")
		for _, name := range []string{"b1", "b2"} {
			s.SpawnAhead(name, func() {
				did.add("%s", name)
				s.Park("test")
			})
		}
		s.Park("test")
	})
	s.Spawn("second", func() { did.add("second") })
	for _, name := range []string{"a1", "a2"} {
		s.SpawnAhead(name, func() {
			did.add("%s", name)
			s.Spawn("last", func() { did.add("last") })
		})
	}
	run(t, s)
	did.want(t, "a1", "a2", "first", "b1", "b2", "second", "last", "last")
}

func TestConditionIsLookedAtInEveryPass(t *testing.T) {
	s, did := newScheduler(t), journal{}
	count := 0
	s.Spawn("waiter", func() {
		s.ParkUntil("count", func() bool { return count == 3 })
		did.add("waited until %d", count)
	})
	var counter *coroutine.Coroutine
	counter = s.Spawn("counter", func() {
		for range 5 {
			count++
			did.add("%d", count)
			s.Wake(counter)
			s.Park("turn")
		}
	})
	run(t, s)
	did.want(t, "1", "2", "3", "waited until 3", "4", "5")
}

func TestConditionThatHoldsDoesNotPark(t *testing.T) {
	s, did := newScheduler(t), journal{}
	s.Spawn("a", func() {
		s.ParkUntil("nothing", func() bool { return true })
		did.add("a")
	})
	s.Spawn("b", func() { did.add("b") })
	run(t, s)
	did.want(t, "a", "b")
}

func TestBlockedConditionsDoNotSpin(t *testing.T) {
	s := newScheduler(t)
	looked := 0
	for range 3 {
		s.Spawn("waiter", func() { s.ParkUntil("never", func() bool { looked++; return false }) })
	}
	run(t, s)
	if looked > 9 {
		t.Errorf("conditions were looked at %d times", looked)
	}
}

func TestYieldLetsTheOthersGoFirst(t *testing.T) {
	s, did := newScheduler(t), journal{}
	s.Spawn("a", func() {
		did.add("a1")
		s.Yield("turn")
		did.add("a2")
	})
	s.Spawn("b", func() { did.add("b") })
	run(t, s)
	did.want(t, "a1", "b", "a2")
}

func TestParkOutsideACoroutinePanics(t *testing.T) {
	s := newScheduler(t)
	err := s.Execute(time.Minute, func() error { s.Park("nothing"); return nil })
	var panicked *coroutine.PanicError
	if !errors.As(err, &panicked) || !strings.Contains(err.Error(), "workflow.Go") {
		t.Errorf("got %v", err)
	}
}

func explode() { panic("boom") }

func TestPanicIsReportedWithItsStack(t *testing.T) {
	s := newScheduler(t)
	ran := false
	s.Spawn("explosive", explode)
	s.Spawn("later", func() { ran = true })
	err := s.Execute(time.Minute, s.Run)
	var panicked *coroutine.PanicError
	if !errors.As(err, &panicked) {
		t.Fatalf("got %v", err)
	}
	if panicked.Value != "boom" || !strings.HasPrefix(panicked.StackTrace, "panic(") || !strings.Contains(panicked.StackTrace, "coroutine_test.explode") {
		t.Errorf("value %v, stack:\n%s", panicked.Value, panicked.StackTrace)
	}
	if ran {
		t.Error("a coroutine ran after the panic")
	}
}

func TestGoexitIsReported(t *testing.T) {
	s := newScheduler(t)
	s.Spawn("quitter", runtime.Goexit)
	if err := s.Execute(time.Minute, s.Run); err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Errorf("got %v", err)
	}
}

func TestHaltCannotBeRecovered(t *testing.T) {
	s, did := newScheduler(t), journal{}
	stop := errors.New("stop")
	s.Spawn("halted", func() {
		defer func() { did.add("deferred, recovered %v", recover()) }()
		s.Halt(stop)
		did.add("went on")
	})
	s.Spawn("other", func() { did.add("other") })
	if err := s.Execute(time.Minute, s.Run); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	did.want(t)
	s.Close(time.Minute)
	did.want(t, "deferred, recovered <nil>")
}

func TestDeadlockReportsTheStackAndUnwindsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := coroutine.New()
		release, unwound := make(chan bool), make(chan bool)
		s.Spawn("parked", func() {
			defer close(unwound)
			s.Park("for ever")
		})
		s.Spawn("stuck", func() {
			waitOutside(release)
			s.Park("after all")
			t.Error("an abandoned coroutine went on")
		})
		began := time.Now()
		err := s.Execute(time.Second, s.Run)
		var deadlock *coroutine.DeadlockError
		if !errors.As(err, &deadlock) {
			t.Fatalf("got %v", err)
		}
		if !strings.Contains(deadlock.StackTrace, "waitOutside") {
			t.Errorf("stack:\n%s", deadlock.StackTrace)
		}
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("waited %v", waited)
		}
		if s.Close(time.Second) {
			t.Error("an abandoned scheduler cannot be closed")
		}
		close(release)
		<-unwound
	})
}

//go:noinline
func waitOutside(release chan bool) { <-release }

func TestEachTurnHasTheWholeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := coroutine.New()
		defer s.Close(time.Minute)
		for range 5 {
			s.Spawn("slow", func() { time.Sleep(900 * time.Millisecond) })
		}
		if err := s.Execute(time.Second, s.Run); err != nil {
			t.Error(err)
		}
	})
}

func TestExecuteReturnsTheErrorOfWork(t *testing.T) {
	s, failed := newScheduler(t), errors.New("failed")
	for _, limit := range []time.Duration{0, time.Minute} {
		if err := s.Execute(limit, func() error { return failed }); !errors.Is(err, failed) {
			t.Errorf("got %v", err)
		}
	}
}

func TestCloseRunsDeferredFunctionsYoungestFirst(t *testing.T) {
	s, did := coroutine.New(), journal{}
	for _, name := range []string{"a", "b"} {
		s.Spawn(name, func() {
			defer did.add("%s ended", name)
			defer func() {
				s.Park("in a deferred function")
				t.Error("parked in a deferred function and came back")
			}()
			s.Park("test")
		})
	}
	run(t, s)
	s.Spawn("never started", func() { t.Error("started by Close") })
	if !s.Close(0) {
		t.Error("not closed")
	}
	did.want(t, "b ended", "a ended")
}

func TestCloseSurvivesAPanicInADeferredFunction(t *testing.T) {
	s, did := coroutine.New(), journal{}
	s.Spawn("old", func() { defer did.add("old ended"); s.Park("test") })
	s.Spawn("young", func() { defer panic("deferred"); s.Park("test") })
	run(t, s)
	s.Close(time.Minute)
	did.want(t, "old ended")
}

func TestCloseGivesUpOnADeferredFunctionThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, release := coroutine.New(), make(chan bool)
		s.Spawn("hangs", func() { defer func() { <-release }(); s.Park("test") })
		run(t, s)
		if s.Close(time.Second) {
			t.Error("reported closed")
		}
		close(release)
		synctest.Wait()
	})
}

func TestStacksNameWhatEachCoroutineWaitsFor(t *testing.T) {
	s := newScheduler(t)
	s.Spawn("main", func() { waitForMoney(s) })
	run(t, s)
	s.Spawn("new", func() {})
	text := s.Stacks()
	for _, want := range []string{"coroutine main [blocked on money]", "coroutine_test.waitForMoney", "scheduler_test.go:", "coroutine new [not started]"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "coroutine.(*Scheduler)") {
		t.Errorf("our own frames show in\n%s", text)
	}
	if places := s.Places(); !strings.HasPrefix(places[0], "coroutine_test.waitForMoney (scheduler_test.go:") {
		t.Errorf("place %q", places[0])
	}
}

//go:noinline
func waitForMoney(s *coroutine.Scheduler) { s.Park("money") }

func BenchmarkSwitch(b *testing.B) {
	s := coroutine.New()
	defer s.Close(0)
	var c *coroutine.Coroutine
	c = s.Spawn("switch", func() {
		for {
			s.Wake(c)
			s.Park("turn")
			if !b.Loop() {
				return
			}
		}
	})
	if err := s.Execute(0, s.Run); err != nil {
		b.Fatal(err)
	}
}
