package peer

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// idle is a link of a node that never connects.
func idle(pace pace) *link { return &link{peers: &Peers{config: Config{pace: pace}}, to: 2} }

func TestLinkPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := idle(pace{tick: time.Second, pause: 100 * time.Millisecond, longest: time.Second})
		for i, most := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
			most *= time.Millisecond
			l.ended(0)
			if got := time.Until(l.until); got < most/2 || got > most {
				t.Errorf("the pause after failure %d is %v", i+1, got)
			}
		}
		l.failures = 1000
		l.ended(time.Second - 1) // broke soon: counts as failed
		if got := time.Until(l.until); got <= 0 || got > time.Second {
			t.Errorf("the pause after very many is %v", got)
		}
		l.ended(time.Second)
		if !l.until.IsZero() || l.failures != 0 {
			t.Errorf("a connection that served is followed by a pause until %v", l.until)
		}
	})
}

// arrivals is a connection on which a byte arrives whenever told.
type arrivals struct {
	net.Conn
	bytes chan byte
}

func (a arrivals) Read(b []byte) (int, error) {
	v, ok := <-a.bytes
	if !ok {
		return 0, io.EOF
	}
	b[0] = v
	return 1, nil
}

func TestObserve(t *testing.T) {
	errEnough := errors.New("enough")
	p := pace{tick: time.Second, silence: 4 * time.Second}
	for name, c := range map[string]struct {
		arrive int           // bytes, one each second
		beats  int           // after which beat returns errEnough
		ctx    time.Duration // until it ends
		want   error
		took   time.Duration
	}{
		"silent from the beginning": {0, 100, time.Hour, errSilent, 5 * time.Second},
		"silent later":              {10, 100, time.Hour, errSilent, 15 * time.Second},
		"never silent":              {20, 9, time.Hour, errEnough, 10 * time.Second},
		"ended":                     {20, 100, 2500 * time.Millisecond, context.DeadlineExceeded, 2500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := arrivals{bytes: make(chan byte)}
				w := watch(a)
				go func() {
					for b := make([]byte, 8); ; {
						if _, err := w.Read(b); err != nil {
							return
						}
					}
				}()
				stop := make(chan struct{})
				defer close(stop)
				go func() {
					defer close(a.bytes)
					for range c.arrive {
						select {
						case <-time.After(time.Second):
							a.bytes <- 1
						case <-stop:
							return
						}
					}
				}()
				ctx, cancel := context.WithTimeout(t.Context(), c.ctx)
				defer cancel()
				begin, beats := time.Now(), 0
				err := observe(ctx, w, p, func() error {
					if beats++; beats > c.beats {
						return errEnough
					}
					return nil
				})
				if took := time.Since(begin); !errors.Is(err, c.want) || took != c.took {
					t.Errorf("%v after %v", err, took)
				}
			})
		})
	}
}

// A process that was stopped for long does not take its own silence for others'.
func TestObserveAfterAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(arrivals{})
		begin, beats := time.Now(), 0
		err := observe(t.Context(), w, pace{tick: time.Second, silence: 4 * time.Second}, func() error {
			if beats++; beats == 1 {
				time.Sleep(time.Minute) // as long as this process stands still
			}
			return nil
		})
		// At 61 s ticks come again; the first is not believed.
		if took := time.Since(begin); err != errSilent || took != 62*time.Second || beats != 2 {
			t.Errorf("%v after %v and %d beats", err, took, beats)
		}
	})
}

func TestSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := seldom{every: time.Second}
		for i, c := range []struct {
			wait time.Duration
			held int
			ok   bool
		}{{0, 0, true}, {0, 0, false}, {999 * time.Millisecond, 0, false}, {time.Millisecond, 2, true}, {time.Hour, 0, true}} {
			time.Sleep(c.wait)
			if held, ok := s.may(); held != c.held || ok != c.ok {
				t.Errorf("%d: %d, %v", i, held, ok)
			}
		}
	})
}
