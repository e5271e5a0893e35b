package exchange

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// room is how many more references a node is to have on their way.
type room struct {
	node orchestration.NodeID
	n    int
}

// occasion is why a queue is looked at.
type occasion uint8

const (
	onHint  occasion = iota // something may have changed
	overdue                 // something that was published did not settle
	lost                    // whatever was published may be lost
)

func (x *Exchange) lookAll(keys []matching.Key, now time.Time, why occasion) {
	done := make(map[matching.Key]bool, len(keys))
	for _, key := range keys {
		if !done[key] {
			done[key] = true
			x.look(key, now, why)
		}
	}
}

// look publishes what waits in a queue, as far as others want it.
func (x *Exchange) look(key matching.Key, now time.Time, why occasion) {
	nodes := x.others.of(key)
	if len(nodes) == 0 {
		x.outbox.watch(key, false) // when one comes, it is looked at again
		return
	}
	nodes, eager := choose(nodes)
	here := x.self.present(key)
	shared := x.up.Load()
	if why == overdue && eager || here && !eager {
		// What nobody popped although polls wait is pushed: maybe nobody was woken. And what is offered as a courtesy: busy nodes that all have something in
		// the shared place would only pop their own.
		shared = false
	}
	s := matching.Selection{Again: againAfter}
	if here && !eager {
		s.Older = grownOld
	}
	switch {
	case why == lost:
		s.Again = 0
	case eager && !shared:
		s.Again = elsewhere
	}
	var rooms []room
	if shared {
		rooms = x.sharedRoom(key, nodes, here)
	} else {
		rooms = x.roomsOf(key, nodes, here && !eager)
	}
	for _, r := range rooms {
		s.Most += r.n
	}
	if s.Most == 0 {
		x.outbox.watch(key, true)
		return
	}
	refs, more := x.queues.Publishable(key, s)
	x.publish(refs, rooms, now)
	x.outbox.watch(key, more)
}

// choose leaves those nodes that have polls waiting, or if there are none, those that have work of their own but want some beside it.
func choose(nodes []customer) (chosen []customer, eager bool) {
	for _, c := range nodes {
		if c.eager() {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) > 0 {
		return chosen, true
	}
	return nodes, false
}

// roomsOf tells how much may be pushed to each node now.
func (x *Exchange) roomsOf(key matching.Key, nodes []customer, courtesy bool) (rooms []room) {
	for _, c := range nodes {
		want := c.want
		if courtesy {
			want = min(want, mostCourtesy)
		}
		if n := free(want, x.outbox.at(key, c.node)); n > 0 {
			rooms = append(rooms, room{c.node, n})
		}
	}
	return rooms
}

// sharedRoom tells how much may be put into the shared place now, as a room at node 0.
func (x *Exchange) sharedRoom(key matching.Key, nodes []customer, here bool) []room {
	wanted := 0
	for _, c := range nodes {
		wanted += c.want
	}
	most := mostPublished
	switch {
	case wanted == 0:
		most = 0
	case here:
		most = min(2*wanted, mostPublished) // the rest is for the polls here
	}
	if n := free(most, x.outbox.total(key)); n > 0 {
		return []room{{0, n}}
	}
	return nil
}

// free is the room for up to most while used are there. It is filled when half of it is free, so that a queue is not searched for every single task.
func free(most, used int) int {
	if 2*used > most {
		return 0
	}
	return most - used
}

// publish sends references, each to the node with the most room; one that was sent before rather to another node.
func (x *Exchange) publish(refs []matching.Reference, rooms []room, now time.Time) {
	for i := range refs {
		ref := &refs[i]
		before := x.outbox.published[idOf(ref)].node
		best := -1
		for j, r := range rooms {
			if r.n > 0 && (best < 0 || rooms[best].node == before || r.node != before && r.n > rooms[best].n) {
				best = j
			}
		}
		rooms[best].n--
		to := rooms[best].node
		x.outbox.put(ref, to, now)
		if to == 0 {
			x.carrier.publish(*ref)
			continue
		}
		if x.pushes[to] == nil {
			x.pushes[to] = &push{}
		}
		x.pushes[to].add(*ref)
	}
}

// switchOver goes from the shared place to pushing or back. Whatever is published is published again the other way: it may be lost there.
func (x *Exchange) switchOver() {
	up := x.shared.Up()
	if x.up.Swap(up) == up {
		return
	}
	now := x.now()
	x.log.Info("matching between nodes", "node", x.node, "shared", up)
	if up {
		x.carrier.reset()
	}
	for key := range x.self.queues {
		if up {
			x.carrier.pop(key, must)
		} else {
			x.queues.Share(key, 1+x.others.count(key))
		}
	}
	x.lookAll(x.outbox.reset(), now, lost)
}
