package history

import (
	"strconv"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Run is the live state machine of one run. It is not safe for concurrent use: its owner serialises.
type Run struct {
	Key    orchestration.RunKey
	Header Header

	activities map[orchestration.EventID]*activity // by ScheduledEventID
	timers     map[orchestration.EventID]*timer    // by StartedEventID
	buffer     []*bufferedEvent                    // in order of arrival. Invariant: empty unless a workflow task is in flight
	requests   map[string]*requestID
	remembered []string // the ids of requests, oldest first
	memo       memo
	search     searchAttrs
	metadata   userMetadata
	updates    map[string]*workflowUpdate          // by update id: those that history knows
	children   map[orchestration.EventID]*child    // by Initiated
	externals  map[orchestration.EventID]*external // by Initiated
	effects    map[orchestration.EventID]*effect   // see Effect.ID
	beginning  startedAttrs
	carried    carriedSignals
	points     resetPoints

	admitted []*admittedUpdate // in order of arrival. Not stored: gone after a reload. Invariant: empty in a closed run

	activityIDs map[string]orchestration.EventID                      // pending, without those whose close is buffered
	timerIDs    map[string]orchestration.EventID                      // pending, without those that fired into the buffer
	cancels     int                                                   // of externals: the requests to cancel
	lines       map[orchestration.WorkflowKey][]orchestration.EventID // effects by target, in order. Invariant: none but the first was sent

	files   ledger
	alarms  agenda // of activities, timers and effects: what NextTimer and Fire ask
	waiting agenda // of activities that wait for a worker, and of effects that are to be sent: what Wake asks
}

// ItemKind tells items apart. The values are part of the storage format.
type ItemKind uint8

// The kinds of item.
const (
	activityItem ItemKind = 1
	timerItem    ItemKind = 2
	bufferItem   ItemKind = 3
	requestItem  ItemKind = 4
	memoItem     ItemKind = 5
	searchItem   ItemKind = 6
	metadataItem ItemKind = 7
	updateItem   ItemKind = 30

	childItem     ItemKind = 25
	externalItem  ItemKind = 26
	effectItem    ItemKind = 27
	beginningItem ItemKind = 20
	carriedItem   ItemKind = 21
	pointsItem    ItemKind = 22
)

// newRun is a run without any event.
func newRun(key orchestration.RunKey) *Run {
	return &Run{
		Key:         key,
		Header:      Header{NextEventID: 1},
		activities:  map[orchestration.EventID]*activity{},
		timers:      map[orchestration.EventID]*timer{},
		requests:    map[string]*requestID{},
		updates:     map[string]*workflowUpdate{},
		children:    map[orchestration.EventID]*child{},
		externals:   map[orchestration.EventID]*external{},
		effects:     map[orchestration.EventID]*effect{},
		lines:       map[orchestration.WorkflowKey][]orchestration.EventID{},
		activityIDs: map[string]orchestration.EventID{},
		timerIDs:    map[string]orchestration.EventID{},
		files:       newLedger(),
	}
}

// eventItemID is the id of an item that belongs to an event.
func eventItemID(id orchestration.EventID) string { return strconv.FormatInt(id, 10) }

// touchActivity marks the activity's item as changed or gone.
func (r *Run) touchActivity(id orchestration.EventID) {
	r.files.touch(activityItem, eventItemID(id))
	r.alarms.touch(activityRank, id)
	r.waiting.touch(activityRank, id)
}

// touchTimer marks the timer's item as changed or gone.
func (r *Run) touchTimer(id orchestration.EventID) {
	r.files.touch(timerItem, eventItemID(id))
	r.alarms.touch(timerRank, id)
}

// activity finds an open activity by its id.
func (r *Run) activity(id string) *activity { return r.activities[r.activityIDs[id]] }
