package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// process is a server in the simulated world. It is the Shards of its node.
type process struct {
	*wire
	w       *world
	name    string
	node    *Cluster
	crashed bool   // w.mu
	cont    func() // not nil: stopped

	mu          sync.Mutex
	serves      [orchestration.Shards]bool // from the beginning of Adopt until Surrender has returned
	adopted     int
	surrendered int
}

var errFickle = errors.New("half of it failed")

// Adopt begins to serve.
func (p *process) Adopt(_ context.Context, shards []orchestration.ShardID) error {
	p.pass()
	owners, _ := p.w.db.state()
	for _, s := range shards {
		if owners[s] != p.node.ID() && p.node.Alive() {
			p.w.fail(fmt.Sprintf("%s adopts shard %d, which is node %d's", p.name, s, owners[s]))
		}
	}
	part, err := p.part(shards)
	p.mu.Lock()
	for _, s := range part {
		p.serves[s] = true
	}
	p.adopted += len(part)
	p.mu.Unlock()
	p.w.check()
	p.sleep(20 * time.Millisecond)
	return err
}

// Surrender stops serving, after what is in flight.
func (p *process) Surrender(_ context.Context, shards []orchestration.ShardID) error {
	p.pass()
	p.sleep(20 * time.Millisecond)
	part, err := p.part(shards)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range part {
		p.serves[s] = false
	}
	p.surrendered += len(part)
	return err
}

// part is all shards, or half of them and an error.
func (p *process) part(shards []orchestration.ShardID) ([]orchestration.ShardID, error) {
	if fault, _, _ := p.faults(""); p.chance(fault.fickle) {
		return shards[:len(shards)/2], errFickle
	}
	return shards, nil
}

// serving is what would be answered by this process now, if it runs.
func (p *process) serving() (serves [orchestration.Shards]bool) {
	if !p.node.Alive() {
		return serves
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.serves
}

// announce nudges the others, a little later.
func (p *process) announce() {
	fault, _, _ := p.faults("")
	running := p.w.running()
	for _, other := range running {
		if other != p && !fault.mute && slices.Contains(running, p) {
			go func() {
				other.sleep(3 * time.Millisecond)
				other.node.Nudge()
			}()
		}
	}
}

func (p *process) join() error {
	node, err := Join(context.Background(), Config{Members: p.wire, Store: p.wire, Logger: p.w.logger(p.name), Announce: p.announce, Lanes: 2,
		Node: store.NewNode{Address: p.name, Mark: []byte("secret"), Version: "1"}})
	if err != nil {
		return err
	}
	p.w.mu.Lock()
	p.node = node
	p.w.mu.Unlock()
	node.Run(p)
	return nil
}
