package main

import (
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestASecondSignalWithinASecondIsTheSameOne(t *testing.T) {
	for name, c := range map[string]struct {
		after     []time.Duration // each signal after the one before
		impatient bool
	}{
		"one":                         {nil, false},
		"timeout(1) signals twice":    {[]time.Duration{time.Millisecond}, false},
		"a burst":                     {[]time.Duration{0, 10 * time.Millisecond, 900 * time.Millisecond}, false},
		"somebody wants it to end":    {[]time.Duration{time.Second}, true},
		"a burst and then impatience": {[]time.Duration{0, 700 * time.Millisecond, 700 * time.Millisecond}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				signals := make(chan os.Signal, 1)
				stopped, ended := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(ended)
					awaitImpatience(signals, func() { close(stopped) }, time.Now)
				}()
				signals <- syscall.SIGTERM
				<-stopped
				for _, pause := range c.after {
					time.Sleep(pause) // in the bubble's time
					signals <- syscall.SIGTERM
					synctest.Wait()
				}
				select {
				case <-ended:
					if !c.impatient {
						t.Error("cut short")
					}
				default:
					if c.impatient {
						t.Error("goes on")
					}
					close(signals)
					<-ended
				}
			})
		})
	}
}
