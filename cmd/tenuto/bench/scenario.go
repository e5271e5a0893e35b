package bench

import (
	"context"
	"time"
)

// scenario is one kind of load.
type scenario struct {
	name  string
	about string // completes "name  …" in the help
	unit  string // what is counted, and what costs are divided by
	flow  flow
	// weight is how many of --count one unit stands for; 0: 1.
	weight int
	// crowd is how many workflows are open for each that --in-flight says; 0: 1.
	crowd int
	// unpolled: the load runs no worker.
	unpolled bool
	// left: a workflow is done when it is started. It is terminated after the measurement.
	left bool
	// seen: that a workflow has ended is learnt from the answer to its worker, not by a long poll for each.
	seen bool
	// ordered: the order in which tasks arrive is looked at.
	ordered bool
	// open: it can be an open loop.
	open bool
	// once: levels of --in-flight mean nothing.
	once bool
	// drivers are those that can put it on, by name.
	drivers []string
	// prepare is what comes before the measurement; nil: nothing.
	prepare func(context.Context, *load) error
	// drive puts the load on. It returns when all of it is done, or ctx has ended.
	drive func(context.Context, *load) error
}

// units is how many units make count.
func (s scenario) units(count int) int { return max(1, count/max(1, s.weight)) }

// The drivers. Any other name is a program's.
const (
	rawDriver = "raw"
	sdkDriver = "sdk"
	anyone    = "a program"
)

var (
	everybody = []string{rawDriver, sdkDriver, anyone}
	ours      = []string{rawDriver, sdkDriver}
	rawOnly   = []string{rawDriver}
)

// defaultScenarios take less than two minutes together.
var defaultScenarios = []string{"one-activity", "chain", "starts"}

// scenarios are all there are, in the order of the help.
var scenarios = []scenario{
	{
		name: "one-activity", about: "workflows of one activity", unit: "workflow",
		flow: flow{rounds: 1, width: 1}, drivers: everybody, open: true, drive: driveWorkflows,
	}, {
		name: "chain", about: "workflows of 100 activities, one after the other (a hundredth of --count)", unit: "workflow",
		flow: flow{rounds: 100, width: 1}, weight: 100, drivers: everybody, open: true, drive: driveWorkflows,
	}, {
		name: "starts", about: "starts alone, nobody polls; what was started is terminated afterwards", unit: "workflow",
		unpolled: true, left: true, drivers: ours, open: true, drive: driveWorkflows,
	}, {
		name: "fan-out", about: "workflows of 100 activities at once (a hundredth of --count)", unit: "workflow",
		flow: flow{rounds: 1, width: 100}, weight: 100, drivers: ours, open: true, drive: driveWorkflows,
	}, {
		name: "fan-out-2000", about: "the same of 2,000 activities, as many as a workflow may have (of --count, a two-thousandth)", unit: "workflow",
		flow: flow{rounds: 1, width: 2000}, weight: 2000, drivers: ours, drive: driveWorkflows,
	}, {
		name: "children", about: "workflows of 50 children at once (a fiftieth of --count)", unit: "workflow",
		flow: flow{rounds: 1, width: 50, children: true}, weight: 50, drivers: ours, open: true, drive: driveWorkflows,
	}, {
		name: "children-1000", about: "the same of 1,000 children (of --count, a thousandth)", unit: "workflow",
		flow: flow{rounds: 1, width: 1000, children: true}, weight: 1000, drivers: ours, drive: driveWorkflows,
	}, {
		name: "signals", about: "signals to one open workflow, 1,000 to each before the next", unit: "signal",
		flow: flow{signals: 1000}, drivers: ours, drive: driveSignals(1),
	}, {
		name: "signals-spread", about: "signals to 100 open workflows in turn, 100 to each", unit: "signal",
		flow: flow{signals: 100}, drivers: ours, drive: driveSignals(100),
	}, {
		name: "timers", about: "workflows that sleep a second, 100 open for each that is in flight", unit: "workflow",
		flow: flow{sleep: time.Second}, crowd: 100, seen: true, drivers: rawOnly, open: true, drive: driveWorkflows,
	}, {
		name: "backlog", about: "workflows started before anybody polls; what is measured is how they drain, and in what order", unit: "workflow",
		seen: true, ordered: true, drivers: rawOnly, prepare: fillBacklog, drive: drainBacklog,
	}, {
		name: "queues", about: "one-activity workflows on task queues of their own, three on each", unit: "workflow",
		flow: flow{rounds: 1, width: 1}, unpolled: true, drivers: rawOnly, drive: driveQueues,
	}, {
		name: "namespaces", about: "the same, each three in the next of all namespaces that there are", unit: "workflow",
		flow: flow{rounds: 1, width: 1}, unpolled: true, drivers: rawOnly, drive: driveNamespaces,
	}, {
		name: "idle", about: "nothing at all, for --idle", unit: "second",
		unpolled: true, once: true, drivers: rawOnly, drive: driveIdle,
	},
}

// scenarioNamed finds a scenario.
func scenarioNamed(name string) (s scenario, ok bool) {
	for _, s := range scenarios {
		if s.name == name {
			return s, true
		}
	}
	return scenario{}, false
}
