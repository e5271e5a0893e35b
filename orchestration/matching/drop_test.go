package matching

import (
	"testing"
	"testing/synctest"

	"github.com/tenuto-io/tenuto/orchestration"
)

func shardsOf(s ...orchestration.ShardID) []orchestration.ShardID { return s }

// of is the reference, of a run in a shard.
func of(r Reference, s orchestration.ShardID) Reference {
	r.Shard = s
	return r
}

func TestDropForgetsTheShardsThatLeft(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, qs *Queues[task]) {
		qs.Add(of(ref(1), 1))
		offered := startPoll(qs, worker("w"))
		offered.want(t, 1)
		qs.Add(of(ref(2), 1))
		qs.Add(of(ref(3), 2))
		qs.Add(of(ref(4), 3))
		qs.Drop([]orchestration.ShardID{1, 3})
		qs.Return(*offered.offer.Ref) // its start was refused: another node owns the run
		startPoll(qs, worker("w")).want(t, 3)
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("a reference of a shard that left was offered: %+v", o)
		}
		qs.Add(of(ref(2), 1)) // the shard came back
		startPoll(qs, worker("w")).want(t, 2)
	})
}

// A page that was read before the shards left may arrive after that.
func TestDropDuringARefill(t *testing.T) {
	s := &shelf{}
	s.put(of(row(1), 1), of(row(2), 2), of(row(3), 1))
	bubble(t, Options{Refill: s.refill}, func(t *testing.T, qs *Queues[task]) {
		s.gate = make(chan struct{})
		qs.Found(queueA, DefaultPriority, 3)
		p := startPoll(qs, worker("w"))
		p.wantWaiting(t)
		qs.Drop([]orchestration.ShardID{1})
		qs.Found(queueA, DefaultPriority, -2)
		close(s.gate)
		synctest.Wait()
		p.want(t, 2)
		if o := pollNow(t, qs); !o.Empty() {
			t.Errorf("a row of a shard that left was offered: %+v", o)
		}
		if n := qs.Backlog(queueA); n != 0 {
			t.Errorf("backlog %d", n)
		}
	})
}
