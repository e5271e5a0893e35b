package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// sameSignal is how long after a stop signal another one counts as the same. timeout(1) signals its child and then the child's group, a
// terminal and a supervisor may both send one: nobody who wants the stop cut short is that fast.
const sameSignal = time.Second

// stopSignals ends the context at the first SIGINT or SIGTERM, and the process at the second.
func stopSignals() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		awaitImpatience(signals, cancel, time.Now)
		fmt.Fprintln(os.Stderr, "tenuto: stopped at once by a second signal")
		os.Exit(exitInterrupted)
	}()
	return ctx
}

// awaitImpatience calls stop at the first signal and returns at the first that comes sameSignal or more after it.
func awaitImpatience(signals <-chan os.Signal, stop func(), now func() time.Time) {
	<-signals
	first := now()
	stop()
	for range signals {
		if now().Sub(first) >= sameSignal {
			return
		}
	}
}
