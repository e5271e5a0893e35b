package acceptance

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	ours "github.com/tenuto-io/tenuto/sdk/client"
)

// spareDrivers keep more transfers going than must be open, since some are between two transfers at any moment.
const spareDrivers = 60

// traffic keeps transfers going: each driver starts one, waits for its end, and starts the next.
type traffic struct {
	bank    bankClient
	plan    plan
	next    atomic.Int64
	inside  atomic.Int64
	drivers sync.WaitGroup
	stop    context.CancelFunc // no new transfers
	cancel  context.CancelFunc // give up

	mu   sync.Mutex
	done []transferred
	errs []error
}

// transferred is a transfer as its driver saw it.
type transferred struct {
	order
	outcome fate      // how it ended
	at      time.Time // when its driver saw the end
}

func (c *crash) driveTransfers() {
	c.Helper()
	client, err := ours.Dial(c.Context(), ours.Options{Address: c.address, Logger: quietSlog()})
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		if err := client.Close(); err != nil {
			c.Error(err)
		}
	})
	c.traffic = &traffic{bank: bankClient{client}, plan: c.plan}
	all, cancel := context.WithCancel(c.Context())
	starting, stop := context.WithCancel(all)
	c.traffic.stop, c.traffic.cancel = stop, cancel
	c.Cleanup(cancel)
	for range *crashOpen + spareDrivers {
		c.traffic.drivers.Go(func() { c.traffic.drive(all, starting) })
	}
	c.driveClearings(all, starting)
}

// open is how many transfers have been acknowledged and not been seen to end.
func (t *traffic) open() int { return int(t.inside.Load()) }

func (t *traffic) drive(all, starting context.Context) {
	for starting.Err() == nil {
		done, err := t.transfer(all, t.plan.order(t.next.Add(1)))
		t.mu.Lock()
		if err != nil {
			t.errs = append(t.errs, err)
		} else {
			t.done = append(t.done, done)
		}
		t.mu.Unlock()
	}
}

// transfer takes one transfer from start to end, through any outage.
func (t *traffic) transfer(ctx context.Context, o order) (transferred, error) {
	if err := insist(ctx, func() error { return t.bank.start(ctx, o) }); err != nil {
		return transferred{}, fmt.Errorf("start %s: %w", o.id, err)
	}
	seen := transferred{order: o}
	t.inside.Add(1)
	defer t.inside.Add(-1)
	if o.fate == aborted {
		if err := insist(ctx, func() error { return t.bank.abort(ctx, o.id) }); err != nil {
			return seen, fmt.Errorf("abort %s: %w", o.id, err)
		}
	}
	err := insist(ctx, func() (err error) {
		seen.outcome, err = t.bank.outcome(ctx, o.id)
		return err
	})
	if err != nil {
		return seen, fmt.Errorf("result of %s: %w", o.id, err)
	}
	seen.at = time.Now()
	return seen, nil
}

// insist repeats a call for as long as it fails and ctx goes on: the server may be down.
func insist(ctx context.Context, call func() error) error {
	for {
		err := call()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// finishTransfers lets the open transfers and clearings end.
func (c *crash) finishTransfers() {
	c.Helper()
	c.traffic.stop()
	ended := make(chan struct{})
	go func() { c.traffic.drivers.Wait(); c.clearings.driver.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		c.Errorf("%d transfers did not end within two minutes", c.traffic.open())
		c.traffic.cancel()
		<-ended
	}
	for _, err := range c.traffic.errs {
		c.Error(err)
	}
}
