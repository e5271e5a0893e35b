package orchestration

// Action is a kind of durable step that a namespace's usage counts. docs/usage.md says what one of each is. The values are the columns of stored counters:
// a new kind goes to the end, with a migration.
type Action uint8

// The kinds of actions.
const (
	StartAction    Action = iota // a run began: by a client, a parent, a schedule, a retry, or because the code continued as new
	ResetAction                  // a run was reset: what the new run repeats is not counted again
	ChildAction                  // workflow code asked for a child, whose run is a StartAction besides
	ActivityAction               // a worker got an attempt of an activity
	TimerAction                  // a timer was started
	SignalAction                 // a run received a signal
	UpdateAction                 // a run accepted an update
	MarkerAction                 // a workflow task recorded markers, however many: local activities, side effects, versions
	UpsertAction                 // workflow code changed search attributes or the memo
	ActionKinds                  // how many there are
)

// actionNames are the names of the kinds in reports; never changed.
var actionNames = [ActionKinds]string{"starts", "resets", "children", "activities", "timers", "signals", "updates", "markers", "upserts"}

// String is the name of the kind as reports have it.
func (a Action) String() string { return actionNames[a] }

// Actions are numbers of actions, by kind. A number may be negative in a change: a start that is taken back.
type Actions [ActionKinds]int64

// Add adds others.
func (a *Actions) Add(others Actions) {
	for i, n := range others {
		a[i] += n
	}
}

// Total is how many there are of all kinds.
func (a Actions) Total() (n int64) {
	for _, k := range a {
		n += k
	}
	return n
}
