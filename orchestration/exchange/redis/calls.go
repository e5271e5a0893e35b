package redis

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

const (
	// keepReady is how long a queue's references are kept after the last one was published. Owners publish again after 5 s.
	keepReady = 30 * time.Second
	// keepNote is how long a node is noted as idle for a queue.
	keepNote = time.Minute
	// mostReady bounds the references of a queue: the last ones in its order are dropped. Owners publish at most 1,000 each.
	mostReady = 10_000
	// mostAtOnce bounds the references in one command: a script blocks the server while it runs, and Lua's stack holds 8,000 values.
	mostAtOnce = 500
	// mostPopped bounds the references that one pop of a queue yields.
	mostPopped = 1000
)

// batch is the references of one queue.
type batch struct {
	key  matching.Key
	refs []*matching.Reference
}

// batches sorts references by queue, in pieces that fit in one command.
func batches(refs []matching.Reference) (all []batch) {
	latest := make(map[matching.Key]int, 1) // the piece that takes more
	for i := range refs {
		r := &refs[i]
		at, ok := latest[r.Key]
		if !ok || len(all[at].refs) == mostAtOnce {
			at = len(all)
			latest[r.Key] = at
			all = append(all, batch{key: r.Key})
		}
		all[at].refs = append(all[at].refs, r)
	}
	return all
}

// Publish implements exchange.Shared.
func (p *Place) Publish(ctx context.Context, refs []matching.Reference) error {
	var commands []command
	for _, b := range batches(refs) {
		q := p.names.queue(b.key)
		args := make([]any, 0, 4+2*len(b.refs))
		args = append(args, keepReady.Milliseconds(), mostReady, p.channels, p.counted)
		for _, r := range b.refs {
			args = append(args, score(r), member(r))
		}
		commands = append(commands, command{queue: q, script: publishScript, keys: []string{q + ready, q + idle}, args: args})
	}
	_, err := p.exec(ctx, commands)
	return err
}

// Withdraw implements exchange.Shared.
func (p *Place) Withdraw(ctx context.Context, refs []matching.Reference) error {
	var commands []command
	for _, b := range batches(refs) {
		q := p.names.queue(b.key)
		args := make([]any, 0, 2+len(b.refs))
		args = append(args, "zrem", q+ready)
		for _, r := range b.refs {
			args = append(args, member(r))
		}
		commands = append(commands, command{queue: q, args: args})
	}
	_, err := p.exec(ctx, commands)
	return err
}

// Pop implements exchange.Shared. A want of none says that this node is not idle for the queue after all: if references are there, another node that is
// noted is woken. A queue that has references but no tokens is not noted: nothing wakes for a token. An error is returned only when nothing was popped.
func (p *Place) Pop(ctx context.Context, wants []exchange.Want) (refs []matching.Reference, held []matching.Key, err error) {
	commands := make([]command, 0, len(wants))
	keys := make([]matching.Key, 0, len(wants))
	for _, w := range wants {
		if w.PerSecond != 0 {
			commands = append(commands, p.popOne(w))
			keys = append(keys, w.Key)
		}
	}
	answers, err := p.exec(ctx, commands)
	for i, a := range answers {
		values, err := a.Slice()
		if err != nil || len(values) == 0 {
			continue
		}
		if values[0] == int64(1) {
			held = append(held, keys[i])
		}
		refs = appendMembers(refs, keys[i], values[1:])
	}
	if len(refs) > 0 {
		err = nil // the other queues' references are not lost, and Up tells
	}
	return refs, held, err
}

func (p *Place) popOne(w exchange.Want) command {
	q := p.names.queue(w.Key)
	c := command{queue: q, script: popScript, keys: []string{q + ready, q + idle}}
	c.args = []any{max(0, min(w.N, mostPopped)), p.node, p.channels, p.counted, keepNote.Milliseconds()}
	if limited(w.PerSecond) {
		every, tolerance := interval(w.PerSecond)
		c.keys, c.args = append(c.keys, q+limit), append(c.args, every, tolerance)
	}
	return c
}

// appendMembers reads what a pop answered. What is no reference was written by nobody who should, and is gone now.
func appendMembers(refs []matching.Reference, key matching.Key, members []any) []matching.Reference {
	refs = slices.Grow(refs, len(members))
	for _, m := range members {
		text, _ := m.(string)
		if r, ok := parseMember(key, text); ok {
			refs = append(refs, r)
		}
	}
	return refs
}

// Tokens implements exchange.Shared.
func (p *Place) Tokens(ctx context.Context, key matching.Key, perSecond float64, n int) (granted int, err error) {
	if n <= 0 || perSecond == 0 {
		return 0, nil
	}
	if !limited(perSecond) {
		return n, nil
	}
	q := p.names.queue(key)
	every, tolerance := interval(perSecond)
	answers, err := p.exec(ctx, []command{{queue: q, script: tokensScript, keys: []string{q + limit}, args: []any{min(n, math.MaxInt32), every, tolerance}}})
	if err != nil {
		return 0, err
	}
	return answers[0].Int()
}
