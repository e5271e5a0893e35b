package edge

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestPollEndsBeforeTheDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		deadline time.Duration // 0: none
		want     time.Duration
	}{
		"no deadline":      {0, time.Minute},
		"an SDK's 70 s":    {70 * time.Second, 69 * time.Second}, // the engine ends it earlier
		"ten seconds":      {10 * time.Second, 9 * time.Second},
		"just long enough": {time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := patience{draining: t.Context()}
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if c.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
				}
				defer cancel()
				begin := time.Now()
				waiting, done, err := p.poll(ctx)
				if err != nil {
					t.Fatal(err)
				}
				defer done()
				<-waiting.Done()
				if waited := time.Since(begin); waited != c.want {
					t.Errorf("waited %v, want %v", waited, c.want)
				}
				if !ranOut(ctx, waiting.Err()) {
					t.Error("the caller still listens: the answer is empty, not an error")
				}
			})
		})
	}
}

func TestPollRefusesAHurry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), MinLongPoll-time.Nanosecond)
		defer cancel()
		if _, _, err := (patience{draining: t.Context()}).poll(ctx); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("error %v", err)
		}
	})
}

func TestAskLeavesAMargin(t *testing.T) {
	for name, c := range map[string]struct{ deadline, want time.Duration }{
		"a second":    {time.Second, 900 * time.Millisecond},
		"ten seconds": {10 * time.Second, 9 * time.Second},
		"a minute":    {time.Minute, 59 * time.Second},
		"an hour":     {time.Hour, orchestration.LongPoll},
		"no time":     {time.Nanosecond, time.Nanosecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.deadline)
				defer cancel()
				begin := time.Now()
				waiting, done := (patience{draining: t.Context()}).ask(ctx)
				defer done()
				<-waiting.Done()
				if waited := time.Since(begin); waited != c.want {
					t.Errorf("waited %v, want %v", waited, c.want)
				}
			})
		})
	}
}

func TestDrainEndsWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		draining, drain := context.WithCancel(t.Context())
		p := patience{draining: draining}
		waiting, done, err := p.poll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		asking, answered := p.ask(t.Context())
		defer answered()
		drain()
		<-waiting.Done()
		<-asking.Done()
		if !errors.Is(waiting.Err(), context.Canceled) || !ranOut(t.Context(), waiting.Err()) {
			t.Errorf("%v", waiting.Err())
		}
	})
}

func TestACallerThatLeftGetsItsError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ranOut(ctx, context.Canceled) {
		t.Error("nobody is left to answer empty to")
	}
	if ranOut(t.Context(), errors.New("another")) {
		t.Error("other errors are errors")
	}
}
