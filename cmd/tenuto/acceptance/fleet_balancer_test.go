package acceptance

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// balancer is what stands before the nodes of an installation: it gives each connection to the next node that is healthy, and cuts those of a node that is
// not. It knows nothing of what it carries, so a client stays with one node for as long as its connection lives.
type balancer struct {
	address string
	nodes   []string

	mu    sync.Mutex
	next  int
	sick  map[string]bool
	conns map[string]map[net.Conn]struct{} // by node; both ends of each connection
}

// newBalancer begins to balance, until the end of the test.
func newBalancer(t testing.TB, nodes []string) *balancer {
	t.Helper()
	l, err := net.Listen("tcp", freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	b := &balancer{address: l.Addr().String(), nodes: nodes, sick: map[string]bool{}, conns: map[string]map[net.Conn]struct{}{}}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(func() {
		stop()
		_ = l.Close() // twice at most
		for _, n := range nodes {
			b.cut(n)
		}
	})
	go b.accept(l)
	for _, n := range nodes {
		go b.watch(ctx, n)
	}
	return b
}

func (b *balancer) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go b.serve(c)
	}
}

// watch asks a node twice a second how it is.
func (b *balancer) watch(ctx context.Context, node string) {
	for ctx.Err() == nil {
		asking, done := context.WithTimeout(ctx, time.Second)
		sick := healthy(asking, node) != nil
		done()
		b.mu.Lock()
		b.sick[node] = sick
		b.mu.Unlock()
		if sick {
			b.cut(node)
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// cut ends every connection of a node.
func (b *balancer) cut(node string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.conns[node] {
		_ = c.Close() // so that both ends notice
	}
	delete(b.conns, node)
}

// serve carries one connection to the next node that takes it.
func (b *balancer) serve(client net.Conn) {
	defer client.Close()
	for range b.nodes {
		node := b.pick()
		server, err := net.DialTimeout("tcp", node, time.Second)
		if err != nil {
			continue
		}
		b.join(node, client, server)
		return
	}
}

func (b *balancer) pick() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.nodes {
		n := b.nodes[b.next%len(b.nodes)]
		b.next++
		if !b.sick[n] {
			return n
		}
	}
	return b.nodes[b.next%len(b.nodes)]
}

func (b *balancer) join(node string, client, server net.Conn) {
	defer server.Close()
	b.mu.Lock()
	if b.conns[node] == nil {
		b.conns[node] = map[net.Conn]struct{}{}
	}
	b.conns[node][client], b.conns[node][server] = struct{}{}, struct{}{}
	b.mu.Unlock()
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[0], way[1]) // either end may go at any time
			ended <- struct{}{}
		}()
	}
	<-ended
	b.mu.Lock()
	delete(b.conns[node], client)
	delete(b.conns[node], server)
	b.mu.Unlock()
}
