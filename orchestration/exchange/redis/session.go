package redis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// heardEvery is how long nothing may be heard before this node asks, and then how long the answer may take.
	heardEvery = 2 * time.Second
	// After a failure Redis is probed again in firstWait, twice that and so on up to lastWait, unless it has worked for steady in between. The first wait
	// is long enough for whoever watches Changed to see that the place was down.
	firstWait = 100 * time.Millisecond
	lastWait  = 5 * time.Second
	steady    = 10 * time.Second
	// keepProbe is how long the key that a probe writes is kept.
	keepProbe = 10 * time.Second
)

// keep keeps a session until ctx ends.
func (p *Place) keep(ctx context.Context) {
	for wait := firstWait; ctx.Err() == nil; {
		began := time.Now()
		err := p.session(ctx)
		if ctx.Err() == nil {
			p.fall(err, nil)
		}
		if time.Since(began) >= steady {
			wait = firstWait
		}
		pause(ctx, wait+rand.N(wait/2)) // not all nodes at once
		wait = min(2*wait, lastWait)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// session listens for wakes, tells that the place is up once it hears and can write, and lasts until something fails.
func (p *Place) session(ctx context.Context) error {
	sub := p.client.Subscribe(ctx, p.channels+p.node)
	stop := context.AfterFunc(ctx, func() { _ = sub.Close() })
	defer stop()
	defer func() { _ = sub.Close() }() // maybe closed already
	m, err := sub.ReceiveTimeout(ctx, answerIn)
	if err != nil {
		return err
	}
	if _, ok := m.(*goredis.Subscription); !ok {
		return fmt.Errorf("redis: subscribing is answered by %T", m)
	}
	if err := p.probe(ctx); err != nil {
		return err
	}
	p.health.rise(sub)
	p.log.Info("task references are shared through Redis")
	return p.listen(ctx, sub)
}

// probe writes where commands have failed, and sends this node messages that say nothing.
func (p *Place) probe(ctx context.Context) error {
	var commands []command
	for _, q := range append(p.health.suspected(), p.names.own()) {
		commands = append(commands, command{
			queue: q, script: probeScript, keys: []string{q + probe}, args: []any{keepProbe.Milliseconds(), p.channels + p.node},
		})
	}
	_, err := p.roundTrip(ctx, commands)
	return err
}

// listen takes wakes until the connection fails or nothing is heard. The library would connect anew by itself, but what was sent in between is lost:
// then this is another session.
func (p *Place) listen(ctx context.Context, sub *goredis.PubSub) error {
	var heard atomic.Int64
	silent := make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	defer func() { cancel(); <-silent }()
	go func() {
		defer close(silent)
		watch(ctx, sub, &heard)
	}()
	for {
		m, err := sub.Receive(ctx)
		if err != nil {
			return err
		}
		heard.Add(1)
		switch m := m.(type) {
		case *goredis.Message:
			if key, ok := p.names.parse(m.Payload); ok {
				p.wakes.add(key)
			}
		case *goredis.Subscription:
			return errors.New("redis: the connection for wakes was lost")
		}
	}
}

// watch asks from time to time, and ends the subscription if nothing was heard since. Reading with a deadline would do with one goroutine less, but could
// stop in the middle of a message.
func watch(ctx context.Context, sub *goredis.PubSub, heard *atomic.Int64) {
	tick := time.NewTicker(heardEvery)
	defer tick.Stop()
	for last := int64(-1); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n := heard.Load()
		if n == last || sub.Ping(ctx) != nil {
			_ = sub.Close() // the reader says that it ended
			return
		}
		last = n
	}
}
