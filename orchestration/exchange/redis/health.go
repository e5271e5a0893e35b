package redis

import (
	"context"
	"time"
)

// observe takes the end of a call as a sign of how the place is.
func (s *Shared) observe(err error) {
	if err == nil || s.ctx.Err() != nil {
		return
	}
	if s.up.Swap(false) {
		s.log.Warn("Redis does not answer; nodes ask each other meanwhile", "error", err)
		signal(s.changed)
	}
	signal(s.failing)
}

// probeLoop finds out when the place is up again: when a write has gone through. Nothing else asks a place that is down.
func (s *Shared) probeLoop() {
	wait := time.Duration(0)
	for {
		select {
		case <-time.After(wait):
		case <-s.failing:
			wait = firstProbe
			continue
		case <-s.ctx.Done():
			return
		}
		err := s.probe()
		switch {
		case err != nil:
			s.observe(err)
			wait = min(max(2*wait, firstProbe), lastProbe)
			drain(s.failing)
		case !s.up.Swap(true):
			s.log.Info("Redis answers")
			signal(s.changed)
			wait = probeEvery
		default:
			wait = probeEvery
		}
	}
}

// probe loads the scripts and writes a key.
func (s *Shared) probe() error {
	ctx, cancel := context.WithTimeout(s.ctx, answerTime)
	defer cancel()
	if !s.up.Load() {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	return s.client.Set(ctx, s.prefix+"probe"+s.self, 1, idleFor).Err()
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

func drain(ch chan struct{}) {
	select {
	case <-ch:
	default:
	}
}
