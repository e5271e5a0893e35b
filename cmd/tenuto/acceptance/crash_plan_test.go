package acceptance

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
)

// victim is what a kill hits.
type victim string

const (
	theServer       victim = "server"
	workflowWorkers victim = "workflows"
	activityWorkers victim = "activities"
	everything      victim = "everything"

	// clerks are the worker of clearings, which dies with the transfers' workflow worker.
	clerks victim = "clerks"
)

// Shares of the victims, in percent of the kills; the rest hits everything at once.
const (
	shareOfServer     = 50
	shareOfWorkflows  = 20
	shareOfActivities = 20
)

const (
	longestLull     = 900 * time.Millisecond // from the last recovery to the kill
	longestAim      = 5 * time.Millisecond   // from the last look, that enough transfers are open, to the kill
	longestDowntime = 300 * time.Millisecond // from the kill to the next life
)

// strike is one planned kill.
type strike struct {
	victim              victim
	lull, aim, downtime time.Duration
}

// plan draws every decision of a crash run from one seed: whom to kill, when, and what each transfer is. What the machine
// makes of it differs from run to run, the decisions do not.
type plan struct{ seed uint64 }

// strikes are the kills, in order.
func (p plan) strikes(n int) []strike {
	r := rand.New(rand.NewPCG(p.seed, 0))
	all := make([]strike, n)
	for i := range all {
		s := &all[i]
		switch x := r.IntN(100); {
		case x < shareOfServer:
			s.victim = theServer
		case x < shareOfServer+shareOfWorkflows:
			s.victim = workflowWorkers
		case x < shareOfServer+shareOfWorkflows+shareOfActivities:
			s.victim = activityWorkers
		default:
			s.victim = everything
		}
		s.lull = time.Duration(r.Int64N(int64(longestLull)))
		s.aim = time.Duration(r.Int64N(int64(longestAim)))
		s.downtime = time.Duration(r.Int64N(int64(longestDowntime)))
	}
	return all
}

// order is one planned transfer.
type order struct {
	id       string
	from, to string
	cents    int64
	hold     time.Duration // between debit and credit
	fate     fate
}

// transfer is the order as the bank takes it.
func (o order) transfer() banktransfer.Transfer {
	return banktransfer.Transfer{Reference: o.id, From: o.from, To: o.to, Amount: banktransfer.Cents(o.cents), Hold: o.hold}
}

// fate is how a transfer is meant to end.
type fate string

const (
	paid     fate = "paid"     // the money arrives
	refunded fate = "refunded" // the credit fails for good, the debit is compensated
	aborted  fate = "aborted"  // a signal asks to abort; it may come too late
)

// order is the n-th transfer of the run, whenever and by whomever it is started.
func (p plan) order(n int64) order {
	r := rand.New(rand.NewPCG(p.seed, uint64(n)+1))
	o := order{id: fmt.Sprintf("transfer-%d", n), cents: 1 + r.Int64N(10_000), fate: paid}
	o.from, o.to = banktransfer.Alice, banktransfer.Bob
	if r.IntN(2) == 0 {
		o.from, o.to = o.to, o.from
	}
	switch x := r.IntN(100); {
	case x < 10:
		o.fate, o.to = refunded, banktransfer.Closed
	case x < 20:
		o.fate, o.hold = aborted, time.Second
	case x < 50:
		o.hold = time.Duration(r.Int64N(int64(time.Second)))
	}
	return o
}

func TestPlanIsReplayable(t *testing.T) {
	a, b, other := plan{7}, plan{7}, plan{8}
	sa, sb, so := a.strikes(100), b.strikes(100), other.strikes(100)
	victims := map[victim]int{}
	same := 0
	for i := range sa {
		equal(t, "strike", sa[i], sb[i])
		victims[sa[i].victim]++
		if sa[i] == so[i] {
			same++
		}
	}
	if same > 50 {
		t.Errorf("another seed gave %d of 100 equal strikes", same)
	}
	if len(victims) != 4 {
		t.Errorf("victims: %v", victims)
	}
	equal(t, "order", a.order(3), b.order(3))
	equal(t, "prefix", a.strikes(5)[4], sa[4])
}
