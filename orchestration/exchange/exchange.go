package exchange

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// The exchange's rhythm and bounds. doc.go has the formulas that they are part of.
const (
	tickEvery    = time.Second
	refreshEvery = 5 * time.Second  // a sign of life, and what is wanted less
	presentFor   = 15 * time.Second // without a poll, or without a sign of life: nobody polls there
	gossipEvery  = 5 * time.Millisecond
	correctEvery = time.Second     // how often less is told of one queue because a push met nobody
	againAfter   = 5 * time.Second // published and not settled: publish again
	elsewhere    = time.Second     // the same, if another node has polls that wait
	grownOld     = time.Second     // a task that has waited so long here may go to a busy node

	mostWanted    = 256     // references on their way to one node, of one queue
	mostPublished = 1000    // of one queue, in the shared place
	mostCourtesy  = 16      // on their way to one node, if the queue is polled here and the other is busy
	mostQueues    = 100_000 // that a node tells others about
)

// Queues is what the exchange needs of matching.Queues.
type Queues interface {
	Publishable(key matching.Key, s matching.Selection) (refs []matching.Reference, more bool)
	Hunger(key matching.Key) matching.Appetite
	Import(refs []matching.Reference, paid bool) (kept []matching.Key)
	Grant(key matching.Key, tokens int)
	Share(key matching.Key, nodes int)
	Held(key matching.Key)
}

// Config is what an Exchange needs. Peers, Self and Owner are required.
type Config struct {
	Peers orchestration.Peers
	// Self is this node.
	Self orchestration.NodeID
	// Owner tells who serves a shard, and whether that is this node: references of own tasks that come back are left alone.
	Owner func(orchestration.ShardID) (node orchestration.NodeID, local bool)
	// Shared is where references of all nodes wait; nil: nodes push them to each other.
	Shared Shared
	// Logger defaults to slog.Default, Now to time.Now.
	Logger *slog.Logger
	Now    func() time.Time
}

// Exchange implements matching.Exchange. New makes it, so that queues can be made with it; Serve starts it with them.
type Exchange struct {
	peers  orchestration.Peers
	node   orchestration.NodeID
	owner  func(orchestration.ShardID) (orchestration.NodeID, bool)
	shared Shared
	log    *slog.Logger
	now    func() time.Time

	queues   Queues // nil until Serve
	gathered *gathered
	others   *others
	alone    atomic.Bool // no other node lives
	up       atomic.Bool // the shared place is used now

	// Of the goroutine that run is.
	self   *self
	outbox *outbox
	pushes map[orchestration.NodeID]*push
	asked  map[orchestration.NodeID]time.Time
	owed   map[orchestration.NodeID]bool // they asked for everything
	fresh  time.Time                     // when everything was assessed last
	spoke  time.Time                     // when news were told last
	speak  *time.Timer                   // when those that came since are to be told

	carrier *carrier // nil without Shared
	leases  *leases  // nil without Shared

	stop context.CancelFunc
	wg   sync.WaitGroup
}

var _ matching.Exchange = (*Exchange)(nil)

// New makes an exchange and registers its verbs at Peers. Until Serve it only notes hints.
func New(c Config) *Exchange {
	x := &Exchange{
		peers: c.Peers, node: c.Self, owner: c.Owner, shared: c.Shared, log: c.Logger, now: c.Now,
		gathered: newGathered(), others: newOthers(), self: newSelf(), outbox: newOutbox(),
		pushes: make(map[orchestration.NodeID]*push), asked: make(map[orchestration.NodeID]time.Time), owed: make(map[orchestration.NodeID]bool),
	}
	if x.log == nil {
		x.log = slog.Default()
	}
	if x.now == nil {
		x.now = time.Now
	}
	if x.shared != nil {
		x.carrier, x.leases = newCarrier(x), newLeases(x)
	}
	x.alone.Store(true)
	for _, verb := range []string{verbGossip, verbAsk, verbPush} {
		c.Peers.Handle(verb, x.receiver(verb))
	}
	return x
}

// Serve starts to bring these queues together with those of other nodes, until Close. Call it once.
func (x *Exchange) Serve(queues Queues) {
	x.queues = queues
	x.fresh = x.now()
	ctx, stop := context.WithCancel(context.Background())
	x.stop = stop
	x.alone.Store(len(x.peers.Others()) == 0)
	x.up.Store(x.shared != nil && x.shared.Up())
	x.wg.Go(func() { x.run(ctx) })
	if x.shared != nil {
		x.wg.Go(func() { x.carrier.run(ctx) })
		x.wg.Go(func() { x.leases.run(ctx) })
	}
}

// Close tells the other nodes that nobody polls here any more, and stops. Hints after it go nowhere.
func (x *Exchange) Close() {
	x.gathered.close()
	if x.stop != nil {
		x.stop()
		x.wg.Wait()
	}
}

// receiver takes a message for the exchange's goroutine.
func (x *Exchange) receiver(verb string) orchestration.PeerHandler {
	return func(_ context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
		m, err := read(verb, body)
		if err != nil {
			x.log.Warn("a message about task queues cannot be read", "node", x.node, "from", from, "verb", verb, "error", err)
			return nil, err
		}
		m.from = from
		x.gathered.receive(m)
		return nil, nil
	}
}

func read(verb string, body []byte) (m message, err error) {
	m.verb = verb
	switch verb {
	case verbGossip:
		err = decoding.Unmarshal(body, &m.gossip)
	case verbPush:
		err = decoding.Unmarshal(body, &m.push)
	}
	return m, err
}

// Waiting implements matching.Exchange.
func (x *Exchange) Waiting(key matching.Key) {
	if !x.alone.Load() { // else: whoever comes says what it wants, and the queue is looked at then
		x.gathered.hint(key, offering)
	}
}

// Hungry implements matching.Exchange.
func (x *Exchange) Hungry(key matching.Key) { x.gathered.hint(key, hungry) }

// Seen implements matching.Exchange.
func (x *Exchange) Seen(key matching.Key) { x.gathered.hint(key, seen) }

// Left implements matching.Exchange.
func (x *Exchange) Left(key matching.Key) { x.gathered.hint(key, lessens) }

// Settled implements matching.Exchange.
func (x *Exchange) Settled(ref matching.Reference) { x.gathered.settle(ref) }

// Polled implements matching.Exchange.
func (x *Exchange) Polled(key matching.Key, within time.Duration) bool {
	return x.others.polled(key, within, x.now())
}

// Tokens implements matching.Exchange. Without the shared place, and while it is down, each node counts its part by itself.
func (x *Exchange) Tokens(key matching.Key, perSecond float64) bool {
	if x.alone.Load() || !x.up.Load() {
		return false
	}
	x.leases.ask(key, perSecond)
	return true
}

// local tells whether this node serves a shard.
func (x *Exchange) local(s orchestration.ShardID) bool {
	_, local := x.owner(s)
	return local
}
