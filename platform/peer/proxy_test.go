package peer

import (
	"net"
	"sync"
	"testing"
)

// proxy is a line between two nodes that can be cut, or go dead without a word, as it is when a host loses its power or a process is stopped.
type proxy struct {
	listener net.Listener
	to       string

	mu     sync.Mutex
	thawed sync.Cond
	frozen bool
	ended  bool
	open   map[net.Conn]struct{}
	made   int
}

func newProxy(t testing.TB, to string) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: to, open: map[net.Conn]struct{}{}}
	p.thawed.L = &p.mu
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.connect(&wg, c) })
		}
	})
	t.Cleanup(func() {
		p.mu.Lock()
		p.ended = true
		p.thawed.Broadcast()
		p.mu.Unlock()
		_ = l.Close()
		p.cut()
		wg.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) connect(wg *sync.WaitGroup, near net.Conn) {
	far, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = near.Close()
		return
	}
	p.mu.Lock()
	p.made++
	p.open[near], p.open[far] = struct{}{}, struct{}{}
	ended := p.ended
	p.mu.Unlock()
	if ended {
		p.cut()
	}
	wg.Go(func() { p.forward(near, far) })
	p.forward(far, near)
}

func (p *proxy) forward(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		p.mu.Lock()
		for p.frozen && !p.ended {
			p.thawed.Wait()
		}
		p.mu.Unlock()
		if _, werr := to.Write(b[:n]); err != nil || werr != nil {
			return
		}
	}
}

// cut closes all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
	clear(p.open)
}

// freeze forwards nothing from now on, or all again.
func (p *proxy) freeze(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = on
	p.thawed.Broadcast()
}

func (p *proxy) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.made
}
