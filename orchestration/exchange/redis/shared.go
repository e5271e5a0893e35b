package redis

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

const (
	answerTime     = time.Second // whoever waits for longer is better served by the other nodes directly
	referencesLive = time.Minute // owners publish again what was not started, long before
	idleFor        = 15 * time.Second
	saved          = 100 * time.Millisecond // of unused rate: the burst after a pause
	mostWoken      = 1024                   // wakes that wait to be heard; more are dropped, and nodes ask again by themselves
	firstProbe     = 50 * time.Millisecond
	lastProbe      = 2 * time.Second
	probeEvery     = 5 * time.Second // a place that nobody uses is looked at, too
)

// Config of a Shared; everything is required.
type Config struct {
	Client goredis.UniversalClient // Close closes it
	// Prefix begins every key and channel: it tells installations apart that use one Redis.
	Prefix string
	Self   orchestration.NodeID
	Logger *slog.Logger
}

// Shared implements exchange.Shared. It is safe for concurrent use.
type Shared struct {
	client goredis.UniversalClient
	prefix string
	self   string
	log    *slog.Logger

	up      atomic.Bool
	failing chan struct{} // of one: the prober has work
	changed chan struct{} // of one
	woken   chan matching.Key

	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup
}

var _ exchange.Shared = (*Shared)(nil)

// Open begins to listen for wakes. It waits for nothing: a Redis that is away is down until it answers.
func Open(c Config) *Shared {
	s := &Shared{
		client: c.Client, prefix: c.Prefix, self: strconv.Itoa(int(c.Self)), log: c.Logger,
		failing: make(chan struct{}, 1), changed: make(chan struct{}, 1), woken: make(chan matching.Key, mostWoken),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.wg.Go(s.probeLoop)
	s.wg.Go(s.listen)
	return s
}

// Close stops listening and closes the client.
func (s *Shared) Close() error {
	s.stop()
	s.wg.Wait()
	return s.client.Close()
}

// Woken implements exchange.Shared.
func (s *Shared) Woken() <-chan matching.Key { return s.woken }

// Up implements exchange.Shared.
func (s *Shared) Up() bool { return s.up.Load() }

// Changed implements exchange.Shared.
func (s *Shared) Changed() <-chan struct{} { return s.changed }

func (s *Shared) key(queue, what string) string { return s.prefix + "{" + queue + "}" + what }

// Publish implements exchange.Shared.
func (s *Shared) Publish(ctx context.Context, refs []matching.Reference) error {
	return s.pipelined(ctx, func(p goredis.Pipeliner) {
		for name, of := range byQueue(refs) {
			args := []any{referencesLive.Milliseconds(), s.self, s.prefix + "wake", name}
			for i := range of {
				args = append(args, score(&of[i]), encode(&of[i]))
			}
			publish.EvalSha(ctx, p, []string{s.key(name, "r"), s.key(name, "i")}, args...)
		}
	})
}

// Withdraw implements exchange.Shared.
func (s *Shared) Withdraw(ctx context.Context, refs []matching.Reference) error {
	return s.pipelined(ctx, func(p goredis.Pipeliner) {
		for name, of := range byQueue(refs) {
			members := make([]any, len(of))
			for i := range of {
				members[i] = encode(&of[i])
			}
			p.ZRem(ctx, s.key(name, "r"), members...)
		}
	})
}

// Pop implements exchange.Shared.
func (s *Shared) Pop(ctx context.Context, wants []exchange.Want) (refs []matching.Reference, err error) {
	var asked []exchange.Want
	var answers []*goredis.Cmd
	err = s.pipelined(ctx, func(p goredis.Pipeliner) {
		asked, answers = asked[:0], answers[:0]
		for _, w := range wants {
			interval, open := intervalOf(w.PerSecond)
			if w.N <= 0 || !open {
				continue
			}
			name := queueName(w.Key)
			asked = append(asked, w)
			answers = append(answers, pop.EvalSha(ctx, p, []string{s.key(name, "t"), s.key(name, "r"), s.key(name, "i")},
				w.N, interval, saved.Microseconds(), s.self, idleFor.Milliseconds()))
		}
	})
	if err != nil {
		return nil, err
	}
	for i, a := range answers {
		refs = append(refs, s.popped(asked[i].Key, a)...)
	}
	return refs, nil
}

// popped reads one queue's answer. If the rate alone kept more from coming, the queue is woken when there is a token.
func (s *Shared) popped(key matching.Key, a *goredis.Cmd) (refs []matching.Reference) {
	parts, err := a.Slice()
	if err != nil || len(parts) != 2 {
		return nil
	}
	if wait, _ := parts[0].(int64); wait > 0 {
		time.AfterFunc(time.Duration(wait)*time.Microsecond, func() { s.wake(key) })
	}
	members, _ := parts[1].([]any)
	for _, m := range members {
		member, _ := m.(string)
		ref, err := decode(key, member)
		if err != nil { // of another version, or of somebody else: its owner publishes again what is meant
			s.log.Warn("a reference in Redis cannot be read", "queue", key.Name)
			continue
		}
		refs = append(refs, ref)
	}
	return refs
}

// Tokens implements exchange.Shared.
func (s *Shared) Tokens(ctx context.Context, key matching.Key, perSecond float64, n int) (granted int, err error) {
	interval, open := intervalOf(perSecond)
	switch {
	case !open || n <= 0:
		return 0, nil
	case interval == 0:
		return n, nil
	}
	var answer *goredis.Cmd
	err = s.pipelined(ctx, func(p goredis.Pipeliner) {
		answer = tokens.EvalSha(ctx, p, []string{s.key(queueName(key), "t")}, n, interval, saved.Microseconds())
	})
	if err != nil {
		return 0, err
	}
	return answer.Int()
}

// intervalOf is the time between two tasks in µs, 0 without a limit. open is false for a queue that is paused.
func intervalOf(perSecond float64) (interval int64, open bool) {
	switch {
	case perSecond < 0:
		return 0, true
	case perSecond == 0:
		return 0, false
	}
	return int64(min(max(1, 1e6/perSecond), 24*3600*1e6)), true
}

// byQueue sorts references by their queues' names.
func byQueue(refs []matching.Reference) map[string][]matching.Reference {
	out := make(map[string][]matching.Reference)
	for _, r := range refs {
		name := queueName(r.Key)
		out[name] = append(out[name], r)
	}
	return out
}

// pipelined sends what fill queues in one round trip. A server that does not know the scripts, because it has restarted, is given them, and asked again.
func (s *Shared) pipelined(ctx context.Context, fill func(goredis.Pipeliner)) error {
	ctx, cancel := context.WithTimeout(ctx, 2*answerTime)
	defer cancel()
	err := s.try(ctx, fill)
	if err != nil && strings.HasPrefix(err.Error(), "NOSCRIPT") {
		if err = s.load(ctx); err == nil {
			err = s.try(ctx, fill)
		}
	}
	s.observe(err)
	return err
}

func (s *Shared) try(ctx context.Context, fill func(goredis.Pipeliner)) error {
	p := s.client.Pipeline()
	fill(p)
	if p.Len() == 0 {
		return nil
	}
	_, err := p.Exec(ctx)
	if errors.Is(err, goredis.Nil) {
		err = nil
	}
	return err
}

// load gives the scripts to every server.
func (s *Shared) load(ctx context.Context) error {
	for _, script := range []*goredis.Script{publish, pop, tokens} {
		if err := script.Load(ctx, s.client).Err(); err != nil {
			return err
		}
	}
	return nil
}
