package peer

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Directory knows the nodes.
type Directory interface {
	// Address is where a node is reached.
	Address(orchestration.NodeID) (string, bool)
	// Others are the other nodes that live now.
	Others() []orchestration.NodeID
}

// Config is what Peers are made of; everything is required.
type Config struct {
	Self        orchestration.NodeID
	Credentials *Credentials
	Directory   Directory
	Logger      *slog.Logger
}

// Peers are the ways to the other nodes, and their way to this one. They are safe for concurrent use.
type Peers struct {
	self        orchestration.NodeID
	credentials *Credentials
	directory   Directory
	log         *slog.Logger
	server      *grpc.Server

	mu       sync.RWMutex
	links    map[orchestration.NodeID]*link
	handlers map[string]orchestration.PeerHandler

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup
}

var _ orchestration.Peers = (*Peers)(nil)

// New makes the ways; nothing is connected yet.
func New(c Config) *Peers {
	p := &Peers{
		self: c.Self, credentials: c.Credentials, directory: c.Directory, log: c.Logger,
		links: map[orchestration.NodeID]*link{}, handlers: map[string]orchestration.PeerHandler{},
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	p.server = grpc.NewServer(
		grpc.Creds(credentials.NewTLS(c.Credentials.server())), grpc.ForceServerCodecV2(codec{}),
		grpc.MaxRecvMsgSize(maxFrame+2*maxBody), grpc.MaxSendMsgSize(maxFrame+2*maxBody), grpc.ConnectionTimeout(connectTime),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 3 * time.Second}),
		grpc.InitialWindowSize(8<<20), grpc.InitialConnWindowSize(8<<20), grpc.WriteBufferSize(128<<10), grpc.ReadBufferSize(128<<10),
	)
	p.server.RegisterService(&serviceDesc, p)
	return p
}

// Handle implements orchestration.Peers.
func (p *Peers) Handle(verb string, f orchestration.PeerHandler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(verb) > maxVerb || p.handlers[verb] != nil {
		panic("peer: the verb " + verb + " is too long, or is handled already")
	}
	p.handlers[verb] = f
}

func (p *Peers) handler(verb string) orchestration.PeerHandler {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.handlers[verb]
}

// Others implements orchestration.Peers.
func (p *Peers) Others() []orchestration.NodeID { return p.directory.Others() }

// Call implements orchestration.Peers.
func (p *Peers) Call(ctx context.Context, to orchestration.NodeID, verb string, body []byte) ([]byte, error) {
	l, err := p.link(to)
	if err != nil {
		return nil, err
	}
	return l.call(ctx, verb, body)
}

// Cast implements orchestration.Peers.
func (p *Peers) Cast(to orchestration.NodeID, verb string, body []byte) {
	if l, err := p.link(to); err == nil {
		l.cast(verb, body)
	}
}

// link is the way to a node. Ways to nodes that are gone are dropped when a new one is made.
func (p *Peers) link(to orchestration.NodeID) (*link, error) {
	if to == p.self || to == 0 {
		return nil, unavailable("no other server has the workflow now; try again")
	}
	p.mu.RLock()
	l := p.links[to]
	p.mu.RUnlock()
	if l != nil {
		return l, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return nil, unavailable("the server is shutting down")
	}
	for id, old := range p.links {
		if _, known := p.directory.Address(id); !known {
			old.mu.Lock()
			if old.stream == nil && old.dialing == nil {
				delete(p.links, id)
			}
			old.mu.Unlock()
		}
	}
	if l = p.links[to]; l == nil {
		l = &link{p: p, to: to}
		p.links[to] = l
	}
	return l, nil
}

// Serve answers other nodes at l until Close; it then returns nil. It owns l.
func (p *Peers) Serve(l net.Listener) error { return p.server.Serve(l) }

// Close ends every way: handlers that run get until ctx ends to finish.
func (p *Peers) Close(ctx context.Context) error {
	finished := make(chan struct{})
	p.stop() // streams of both directions end; their handlers' contexts with them
	go func() {
		defer close(finished)
		p.server.GracefulStop()
		p.wg.Wait()
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		p.server.Stop()
		<-finished
		return ctx.Err()
	}
}

// CheckAdvertised makes sure that the address by which others are to reach this node reaches it.
func (p *Peers) CheckAdvertised(ctx context.Context, address string) error {
	conn, err := dial(address, p.credentials)
	if err != nil {
		return fmt.Errorf("%s is no address that a node could have: %w", address, err)
	}
	defer func() { _ = conn.Close() }() // nothing is in flight
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	gs, err := conn.NewStream(ctx, &exchangeStream, exchangeMethod, grpc.WaitForReady(true))
	if err == nil {
		err = greet(gs, p.self, p.self)
	}
	if err != nil {
		return fmt.Errorf("%s does not reach this node, so no other one could: %w", address, err)
	}
	return nil
}
