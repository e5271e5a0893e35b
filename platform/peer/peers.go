package peer

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"github.com/tenuto-io/tenuto/orchestration"
)

var _ orchestration.Peers = (*Peers)(nil)

// Directory says who the other nodes are.
type Directory interface {
	// Address is where a node that lives is reached, HOST:PORT.
	Address(orchestration.NodeID) (string, bool)
	// Others are the other nodes that live, by id.
	Others() []orchestration.NodeID
}

// Config is what Peers needs. Credentials and Logger must be there.
type Config struct {
	// ID and Directory can be left out and told later with Introduce; until then the node reaches nobody and answers nobody.
	ID          orchestration.NodeID
	Directory   Directory
	Credentials *Credentials
	Logger      *slog.Logger
	// Handlers is how many calls of one other node may be at work here, and how many may be open from here to one; those beyond end at once with
	// ResourceExhausted. Default 4096.
	Handlers int
	// Patience bounds a call whose ctx has no deadline. Default one minute.
	Patience time.Duration

	pace pace // for tests
}

// Peers implements orchestration.Peers.
type Peers struct {
	config   Config
	logger   *slog.Logger
	identity identity
	secured  *secured
	server   *grpc.Server
	self     atomic.Pointer[self]
	verbs    atomic.Pointer[map[string]orchestration.PeerHandler]
	crew     *crew           // handlers at work
	ctx      context.Context // of handlers and handshakes
	end      context.CancelFunc
	rooms    sync.WaitGroup // goroutines of connections
	drops    seldom         // casts dropped

	mu       sync.RWMutex
	links    map[orchestration.NodeID]*link   // to other nodes
	callers  map[orchestration.NodeID]*caller // from other nodes
	incoming map[*incoming]struct{}
	closed   bool
}

// self is who this node is.
type self struct {
	id        orchestration.NodeID
	directory Directory
}

// pace is how fast things are noticed.
type pace struct {
	tick    time.Duration // signs of life are sent this often
	silence time.Duration // so long without one, and the connection counts as lost
	open    time.Duration // a connection is made within this time
	pause   time.Duration // after the first failed attempt; doubled by each further one
	longest time.Duration // pause at most
}

var usual = pace{tick: time.Second, silence: 4 * time.Second, open: 3 * time.Second, pause: 50 * time.Millisecond, longest: 2 * time.Second}

// New makes the peers of one node. It neither listens nor connects yet.
func New(c Config) *Peers {
	if c.Handlers <= 0 {
		c.Handlers = 4096
	}
	if c.Patience <= 0 {
		c.Patience = time.Minute
	}
	if c.pace == (pace{}) {
		c.pace = usual
	}
	p := &Peers{
		config: c, logger: c.Logger, crew: newCrew(),
		links: map[orchestration.NodeID]*link{}, callers: map[orchestration.NodeID]*caller{}, incoming: map[*incoming]struct{}{},
		drops: seldom{every: time.Second},
	}
	_, _ = rand.Read(p.identity[:]) // never fails
	p.ctx, p.end = context.WithCancel(context.Background())
	p.verbs.Store(&map[string]orchestration.PeerHandler{})
	p.self.Store(&self{})
	if c.Directory != nil {
		p.Introduce(c.ID, c.Directory)
	}
	p.secured = &secured{credentials: c.Credentials, ended: p.ctx, refused: p.noteRefused(time.Second)}
	p.server = p.newServer()
	return p
}

// noteRefused logs handshakes that failed: a wrong secret shows there and nowhere else.
func (p *Peers) noteRefused(every time.Duration) func(net.Addr, error) {
	seldom := &seldom{every: every}
	return func(remote net.Addr, err error) {
		if held, ok := seldom.may(); ok && p.ctx.Err() == nil {
			p.logger.Warn("peer: a connection was not made, one side could not prove that it is a node of this installation",
				"remote", remote.String(), "error", err, "more_since_the_last", held)
		}
	}
}

// Introduce tells who this node is, when that was not known to New.
func (p *Peers) Introduce(id orchestration.NodeID, d Directory) { p.self.Store(&self{id, d}) }

// Handle implements orchestration.Peers. A verb has at most 255 bytes and one handler.
func (p *Peers) Handle(verb string, f orchestration.PeerHandler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	verbs := maps.Clone(*p.verbs.Load())
	if verbs[verb] != nil || len(verb) > maxVerb {
		panic(fmt.Sprintf("peer: verb %q has a handler already, or is too long", verb))
	}
	verbs[verb] = f
	p.verbs.Store(&verbs)
}

// Others implements orchestration.Peers.
func (p *Peers) Others() []orchestration.NodeID {
	if s := p.self.Load(); s.directory != nil {
		return s.directory.Others()
	}
	return nil
}

// Call implements orchestration.Peers. A ctx without deadline ends after Config.Patience, with Unavailable.
func (p *Peers) Call(ctx context.Context, to orchestration.NodeID, verb string, body []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(body) > maxBody || len(verb) > maxVerb {
		return nil, tooLarge("a message", len(body))
	}
	o, err := p.reach(to)
	if err != nil {
		return nil, err
	}
	return o.call(ctx, verb, body)
}

// Cast implements orchestration.Peers. It is dropped when the node cannot be reached or the queue to it is full.
func (p *Peers) Cast(to orchestration.NodeID, verb string, body []byte) {
	if len(body) > maxBody || len(verb) > maxVerb {
		p.logger.Error("peer: a message that wants no answer is too large and was dropped", "verb", verb, "bytes", len(body))
		return
	}
	if o, err := p.reach(to); err == nil {
		o.cast(verb, body)
	}
}

func tooLarge(what string, n int) error {
	return orchestration.Errorf(orchestration.InvalidArgument, "%s of %d bytes is too large to be sent to another node; the limit is %d", what, n, maxBody)
}

// reach is the way to a node, on which calls wait while it is being opened.
func (p *Peers) reach(to orchestration.NodeID) (*outgoing, error) {
	p.mu.RLock()
	l := p.links[to]
	p.mu.RUnlock()
	if l == nil {
		var err error
		if l, err = p.newLink(to); err != nil {
			return nil, err
		}
	}
	return l.session()
}

func (p *Peers) newLink(to orchestration.NodeID) (*link, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errStopping
	}
	if l := p.links[to]; l != nil {
		return l, nil
	}
	s := p.self.Load()
	if to == s.id || !s.knows(to) {
		return nil, orchestration.Errorf(orchestration.Unavailable, "node %d is no other node that lives", to)
	}
	maps.DeleteFunc(p.links, func(id orchestration.NodeID, l *link) bool { return l.current.Load() == nil && !s.knows(id) })
	l := &link{peers: p, to: to}
	p.links[to] = l
	return l, nil
}

func (s *self) knows(id orchestration.NodeID) bool {
	if s.directory == nil {
		return false
	}
	_, ok := s.directory.Address(id)
	return ok
}

var errStopping = orchestration.Errorf(orchestration.Unavailable, "this node is stopping")
