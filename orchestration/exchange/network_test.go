package exchange

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// network carries casts between nodes in memory, each link in order. It may lose, delay and repeat them.
type network struct {
	mu       sync.Mutex
	faults   faults
	random   *rand.Rand
	nodes    map[orchestration.NodeID]*endpoint
	links    map[[2]orchestration.NodeID]chan parcel
	messages map[string]int // sent, by verb
	bytes    int
	done     chan struct{}
	wg       sync.WaitGroup
}

// faults is what a network does to its messages: chances, and the longest delay.
type faults struct {
	lose, repeat float64
	delay        time.Duration
}

type parcel struct {
	due  time.Time
	verb string
	body []byte
}

func newNetwork(seed uint64) *network {
	return &network{
		random: rand.New(rand.NewPCG(seed, seed)), nodes: make(map[orchestration.NodeID]*endpoint),
		links: make(map[[2]orchestration.NodeID]chan parcel), messages: make(map[string]int), done: make(chan struct{}),
	}
}

func (n *network) behave(f faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// sent is how many messages and bytes were sent since it was asked last.
func (n *network) sent() (messages map[string]int, bytes int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	messages, bytes = n.messages, n.bytes
	n.messages, n.bytes = make(map[string]int), 0
	return messages, bytes
}

func (n *network) close() {
	close(n.done)
	n.wg.Wait()
}

// cut takes a node off the network: it lives no more, as far as the others know, and nothing reaches it or comes from it.
func (n *network) cut(id orchestration.NodeID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.nodes, id)
}

// endpoint is one node's side of the network. It implements orchestration.Peers.
type endpoint struct {
	net      *network
	id       orchestration.NodeID
	handlers map[string]orchestration.PeerHandler
}

func (n *network) endpoint(id orchestration.NodeID) *endpoint {
	return &endpoint{net: n, id: id, handlers: make(map[string]orchestration.PeerHandler)}
}

// join puts a node on the network; its verbs are handled by now.
func (n *network) join(e *endpoint) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.nodes[e.id] = e
}

func (e *endpoint) Call(context.Context, orchestration.NodeID, string, []byte) ([]byte, error) {
	panic("the exchange calls nobody")
}

func (e *endpoint) Handle(verb string, f orchestration.PeerHandler) { e.handlers[verb] = f }

func (e *endpoint) Others() (ids []orchestration.NodeID) {
	e.net.mu.Lock()
	defer e.net.mu.Unlock()
	if e.net.nodes[e.id] != e {
		return nil
	}
	for id := range e.net.nodes {
		if id != e.id {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (e *endpoint) Cast(to orchestration.NodeID, verb string, body []byte) {
	n := e.net
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.nodes[e.id] != e {
		return
	}
	n.messages[verb]++
	n.bytes += len(body)
	if n.random.Float64() < n.faults.lose {
		return
	}
	times := 1
	if n.random.Float64() < n.faults.repeat {
		times++
	}
	for range times {
		p := parcel{due: time.Now(), verb: verb, body: slices.Clone(body)}
		if n.faults.delay > 0 {
			p.due = p.due.Add(time.Duration(n.random.Int64N(int64(n.faults.delay))))
		}
		select {
		case n.link(e.id, to) <- p:
		default: // as a transport with a full queue does
		}
	}
}

// link is the way from one node to another; the caller holds n.mu.
func (n *network) link(from, to orchestration.NodeID) chan parcel {
	route := [2]orchestration.NodeID{from, to}
	l := n.links[route]
	if l == nil {
		l = make(chan parcel, 10_000)
		n.links[route] = l
		n.wg.Go(func() { n.deliver(from, to, l) })
	}
	return l
}

func (n *network) deliver(from, to orchestration.NodeID, l chan parcel) {
	for {
		select {
		case <-n.done:
			return
		case p := <-l:
			time.Sleep(time.Until(p.due))
			n.mu.Lock()
			e := n.nodes[to]
			n.mu.Unlock()
			if e != nil {
				_, _ = e.handlers[p.verb](context.Background(), from, p.body)
			}
		}
	}
}
