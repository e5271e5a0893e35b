package exchange

import (
	"context"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// run is the exchange's goroutine: it takes what gathered, decides, and sends.
func (x *Exchange) run(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	x.speak = time.NewTimer(gossipEvery)
	defer x.speak.Stop()
	var changed <-chan struct{}
	if x.shared != nil {
		changed = x.shared.Changed()
	}
	for _, id := range x.peers.Others() {
		x.ask(id)
	}
	for {
		select {
		case <-ctx.Done():
			x.leave()
			return
		case <-x.gathered.wake:
		case <-x.speak.C:
		case <-tick.C:
			x.tick()
		case <-changed:
			x.switchOver()
		}
		x.step(x.gathered.take())
	}
}

// leave says goodbye: nobody polls here any more.
func (x *Exchange) leave() {
	x.self.seq++
	body := encode(gossip{Seq: x.self.seq, Whole: true})
	for _, id := range x.peers.Others() {
		x.peers.Cast(id, verbGossip, body)
	}
}

// step does what gathered: first what was said, then what it means for the queues, and then everything is sent in as few messages as there are nodes.
func (x *Exchange) step(w work) {
	now := x.now()
	var look []matching.Key
	for i := range w.messages {
		look = append(look, x.hear(&w.messages[i], now)...)
	}
	for i := range w.settled {
		look = append(look, x.settle(&w.settled[i])...)
	}
	for key, c := range w.queues {
		if c&(hungry|lessens) != 0 || !x.self.present(key) {
			x.assess(key, c&lessens != 0, now)
		}
		if c&offering != 0 {
			look = append(look, key)
		}
	}
	x.lookAll(look, now, onHint)
	x.send()
}

// hear takes a message in, and yields the queues that are to be looked at for it.
func (x *Exchange) hear(m *message, now time.Time) (look []matching.Key) {
	switch m.verb {
	case verbAsk:
		x.owed[m.from] = true
	case verbPush:
		x.arrived(m.push.references(), now)
	case verbGossip:
		changed, lost := x.others.hear(m.from, m.gossip, now)
		if lost && now.Sub(x.asked[m.from]) >= tickEvery {
			x.asked[m.from] = now
			x.ask(m.from)
		}
		x.alone.Store(false)
		x.divide(changed)
		return changed
	}
	return nil
}

// arrived brings pushed references to the queues. Where no poll waited for them, the sender may believe too much.
func (x *Exchange) arrived(refs []matching.Reference, now time.Time) {
	refs = x.foreign(refs)
	for _, key := range x.queues.Import(refs, false) {
		if x.self.stale(key, now) {
			x.assess(key, true, now)
		}
	}
	if !x.up.Load() {
		return
	}
	for i := range refs {
		if i == 0 || refs[i-1].Key != refs[i].Key {
			x.carrier.pop(refs[i].Key, must) // pushed all the same: maybe the shared place has forgotten that this node waits
		}
	}
}

// foreign leaves out the references of own tasks: they wait here anyway.
func (x *Exchange) foreign(refs []matching.Reference) []matching.Reference {
	return slices.DeleteFunc(refs, func(r matching.Reference) bool { return x.local(r.Shard) })
}

// assess finds out what a queue wants now.
func (x *Exchange) assess(key matching.Key, less bool, now time.Time) {
	was := x.self.present(key)
	x.self.assess(key, x.queues.Hunger(key), less, now)
	is := x.self.present(key)
	if is != was {
		x.divide([]matching.Key{key})
	}
	if is && x.up.Load() {
		x.carrier.pop(key, maybe)
	}
}

// divide tells the queues among how many nodes their limits are divided, where that may have changed.
func (x *Exchange) divide(keys []matching.Key) {
	if x.up.Load() {
		return // tokens are leased
	}
	for _, key := range keys {
		if x.self.present(key) {
			x.queues.Share(key, 1+x.others.count(key))
		}
	}
}

// settle forgets a publication. It yields the queue if that makes room for what waits.
func (x *Exchange) settle(ref *matching.Reference) []matching.Key {
	_, ok := x.outbox.take(idOf(ref))
	if x.up.Load() {
		x.carrier.withdraw(*ref)
	}
	if q := x.outbox.queues[ref.Key]; ok && q != nil && q.more {
		return []matching.Key{ref.Key}
	}
	return nil
}

// tick looks at what nobody hints at: nodes that came or went, publications that did not settle, queues for which there was no room, and from time to
// time what is wanted.
func (x *Exchange) tick() {
	now := x.now()
	live := x.peers.Others()
	x.alone.Store(len(live) == 0)
	changed, fresh := x.others.expire(live, now)
	x.divide(changed)
	for _, id := range fresh {
		x.ask(id)
	}
	for id := range x.asked {
		if !slices.Contains(live, id) {
			delete(x.asked, id)
		}
	}
	if now.Sub(x.fresh) >= refreshEvery {
		x.fresh = now
		x.refresh(live, now)
	}
	x.lookAll(x.outbox.overdue(now.Add(-againAfter)), now, overdue)
	x.lookAll(append(changed, x.outbox.watched()...), now, onHint)
}

// refresh tells what changed without a hint, or gives a sign of life.
func (x *Exchange) refresh(live []orchestration.NodeID, now time.Time) {
	for key := range x.self.queues {
		x.assess(key, true, now)
	}
	if len(x.self.news) > 0 {
		return // send tells them
	}
	body := encode(x.self.change())
	for _, id := range live {
		x.peers.Cast(id, verbGossip, body)
	}
}

// tell tells every node the news: at once, and then no more often than every few milliseconds, however many queues change.
func (x *Exchange) tell() {
	now := x.now()
	if wait := gossipEvery - now.Sub(x.spoke); wait > 0 {
		x.speak.Reset(wait)
		return
	}
	x.spoke = now
	body := encode(x.self.change())
	for _, id := range x.peers.Others() {
		x.peers.Cast(id, verbGossip, body)
	}
}

// send sends what step found.
func (x *Exchange) send() {
	if len(x.self.news) > 0 {
		x.tell()
	}
	if len(x.owed) > 0 && len(x.self.news) == 0 {
		body := encode(x.self.whole())
		for id := range x.owed {
			x.peers.Cast(id, verbGossip, body)
		}
		clear(x.owed)
	}
	for id, p := range x.pushes {
		x.peers.Cast(id, verbPush, encode(p))
		delete(x.pushes, id)
	}
}

func (x *Exchange) ask(id orchestration.NodeID) { x.peers.Cast(id, verbAsk, nil) }
