package redis

import (
	"context"
	"log/slog"
	"strconv"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// Config is what a Place needs. Client, Installation and Node are required.
type Config struct {
	// Client of a single server, of one that Sentinels watch over, or of a Cluster, which should fail fast and try nothing twice: as platform/redis opens
	// it. It stays the caller's.
	Client goredis.UniversalClient
	// Installation keeps apart those that share a Redis: all nodes of one name the same, in any characters.
	Installation string
	// Node is this node.
	Node orchestration.NodeID
	// Logger defaults to slog.Default.
	Logger *slog.Logger
}

// Place is where the references of an installation wait. It implements exchange.Shared.
type Place struct {
	client   goredis.UniversalClient
	names    names
	node     string
	channels string // what the channels of all nodes begin with; the node's id follows
	counted  string // "1" if publishing tells how many listen
	log      *slog.Logger
	health   *health
	wakes    *wakes
	stop     context.CancelFunc
	wg       sync.WaitGroup
}

var _ exchange.Shared = (*Place)(nil)

// Open makes a place, which is down until Redis has been found to work; that is tried at once and for as long as the place is open.
func Open(c Config) *Place {
	ctx, stop := context.WithCancel(context.Background())
	p := &Place{
		client: c.Client, names: namesOf(c.Installation), node: strconv.Itoa(int(c.Node)), counted: "1", log: c.Logger,
		health: newHealth(), wakes: newWakes(), stop: stop,
	}
	p.channels = p.names.channels()
	if p.log == nil {
		p.log = slog.Default()
	}
	if _, cluster := c.Client.(*goredis.ClusterClient); cluster {
		p.counted = "0"
	}
	p.wg.Go(func() { p.wakes.run(ctx) })
	p.wg.Go(func() { p.keep(ctx) })
	return p
}

// Close ends what the place does by itself. Its references stay until they expire, and calls go on to work or fail as before.
func (p *Place) Close() {
	p.stop()
	p.wg.Wait()
}

// Up implements exchange.Shared.
func (p *Place) Up() bool { return p.health.up.Load() }

// Changed implements exchange.Shared.
func (p *Place) Changed() <-chan struct{} { return p.health.changed }

// Woken implements exchange.Shared.
func (p *Place) Woken() <-chan matching.Key { return p.wakes.out }

// fall takes the place down until it is probed.
func (p *Place) fall(err error, queues []string) {
	if p.health.fall(queues) {
		p.log.Warn("task references are not shared through Redis: it cannot be used", "error", err)
	}
}
