package view

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
)

// phase is what goes on in a part of a bar.
type phase string

// The phases of a bar, which are the classes of its parts.
const (
	phaseQueued   phase = "queued"   // a worker is waited for
	phaseRuns     phase = "runs"     // a worker, or another workflow, is at it
	phaseRetried  phase = "retried"  // attempts have failed, and are waited between
	phaseWaits    phase = "waits"    // only time has to pass
	phaseHappened phase = "happened" // at once
)

// part is a part of a bar.
type part struct {
	phase    phase
	from, to time.Time
}

// lane is a row of the timeline, with its bar: a group of events that belong together.
type lane struct {
	event    int64 // the first of them that is known; 0: the run itself
	kind     string
	name     string
	id       string // of the activity or timer
	parts    []part
	from, to time.Time
	ended    bool // else it goes on
	outcome  look
	note     string // what went wrong, or what is waited for
}

// Timeline is what happened in a run, or in a page of its history, group by group.
type Timeline struct {
	HistoryPage
	Zoom  Zoom
	start time.Time // of the run
	now   time.Time // when lanes end that go on
	lanes []lane
}

// NewTimeline puts the events of a page, oldest first, into groups. What is pending tells how those go on that have not ended.
func NewTimeline(f RunFrame, p HistoryPage, z Zoom) Timeline {
	t := Timeline{HistoryPage: p, Zoom: z, start: at(f.Info.GetStartTime()), now: f.Now}
	if closed := at(f.Info.GetCloseTime()); !closed.IsZero() {
		t.now = closed
	}
	if p.Number < p.pages() && len(p.Events) > 0 {
		t.now = at(p.Events[len(p.Events)-1].GetEventTime())
	}
	g := grouping{t: &t, at: make(map[int64]int)}
	t.lanes = append(t.lanes, lane{kind: "Workflow", name: f.Info.GetType().GetName(), from: t.start, to: t.now, ended: !f.open(), outcome: lookOf(f.Info.GetStatus())})
	for _, e := range p.Events {
		g.add(e)
	}
	g.close(f)
	return t
}

// grouping is a timeline that is being made. at has the place of each group by the event that began it.
type grouping struct {
	t    *Timeline
	at   map[int64]int
	task struct{ scheduled, started time.Time } // the workflow task that is under way
}

// begin adds a group.
func (g *grouping) begin(e *historypb.HistoryEvent, b lane) {
	b.event, b.from, b.to = e.GetEventId(), at(e.GetEventTime()), g.t.now
	g.at[e.GetEventId()] = len(g.t.lanes)
	g.t.lanes = append(g.t.lanes, b)
}

// of is the group that an event began; one that began on an earlier page begins with this one.
func (g *grouping) of(began int64, e *historypb.HistoryEvent, kind string) *lane {
	i, ok := g.at[began]
	if !ok {
		g.begin(e, lane{kind: kind, name: of(began)})
		i = len(g.t.lanes) - 1
		g.at[began] = i
		g.t.lanes[i].event = began
		g.t.lanes[i].from = at(g.t.Events[0].GetEventTime())
	}
	return &g.t.lanes[i]
}

// end ends a group; until then it was in a phase.
func (b *lane) end(e *historypb.HistoryEvent, in phase, outcome look, note string) {
	b.turn(e, in)
	b.to, b.ended, b.outcome, b.note = at(e.GetEventTime()), true, outcome, note
}

// turn says in which phase a group was up to an event.
func (b *lane) turn(e *historypb.HistoryEvent, was phase) {
	from := b.from
	if n := len(b.parts); n > 0 {
		from = b.parts[n-1].to
	}
	b.parts = append(b.parts, part{was, from, at(e.GetEventTime())})
}

// close says of groups that have not ended how they go on.
func (g *grouping) close(f RunFrame) {
	pending := make(map[string]*workflowpb.PendingActivityInfo, len(f.Activities))
	for _, a := range f.Activities {
		pending[a.GetActivityId()] = a
	}
	for i := range g.t.lanes {
		b := &g.t.lanes[i]
		if b.ended || i == 0 {
			continue
		}
		phase, word := phaseWaits, look{"Waits", "unknown", pathClock}
		switch b.kind {
		case "Activity":
			phase, word = f.pendingPhase(pending[b.id], b)
		case "Child workflow":
			phase, word = phaseRuns, looks[enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING]
		}
		from := b.from
		if n := len(b.parts); n > 0 {
			from = b.parts[n-1].to
		}
		b.parts, b.outcome = append(b.parts, part{phase, from, g.t.now}), word
	}
	if f.open() && g.t.Number >= g.t.pages() && !g.task.scheduled.IsZero() {
		g.tasked(g.t.now)
	}
}

// pendingPhase is how a pending activity goes on. nil: it is not known to be pending.
func (f RunFrame) pendingPhase(a *workflowpb.PendingActivityInfo, b *lane) (phase, look) {
	word := look{f.stateOf(a), "running", pathClock}
	if a.GetAttempt() > 1 {
		b.note = join("attempt "+attempt(a), firstLine(message(a.GetLastFailure())))
	}
	switch {
	case a == nil:
		return phaseQueued, look{"Not ended yet", "unknown", pathClock}
	case paused(a):
		return phaseWaits, look{f.stateOf(a), "canceled", pathSlash}
	case a.GetState() == enumspb.PENDING_ACTIVITY_STATE_SCHEDULED && a.GetAttempt() > 1:
		return phaseRetried, look{f.stateOf(a), "canceled", pathWarning}
	case a.GetState() == enumspb.PENDING_ACTIVITY_STATE_SCHEDULED:
		return phaseQueued, word
	}
	if started := at(a.GetLastStartedTime()); started.After(b.from) && a.GetAttempt() == 1 {
		b.parts = append(b.parts, part{phaseQueued, b.from, started})
	} else if started.After(b.from) {
		b.parts = append(b.parts, part{phaseRetried, b.from, started})
	}
	return phaseRuns, word
}
