package shard

import (
	historypb "go.temporal.io/api/history/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// Delivery is what a poller is handed: exactly one field is set. It was committed before, except a query, which is never stored.
type Delivery struct {
	Workflow *WorkflowDelivery
	Activity *ActivityDelivery
	Query    *QueryDelivery
}

// WorkflowDelivery is a started workflow task.
type WorkflowDelivery struct {
	history.StartedWorkflowTask
	Run     orchestration.RunKey
	Type    string
	Queue   string                    // the normal queue
	Last    orchestration.EventID     // the last stored event to show, before Suffix
	Events  []*historypb.HistoryEvent // stored events to show, when the owner had them in memory; else nil: read [First, Last]
	First   orchestration.EventID     // 1, or what follows PreviousStarted for a sticky worker
	Suffix  []*historypb.HistoryEvent // to show after the stored events: of the task itself, which are stored when it ends
	Queries map[string]*querypb.WorkflowQuery
}

// ActivityDelivery is a started activity task.
type ActivityDelivery struct {
	history.StartedActivity
	Run          orchestration.RunKey
	WorkflowType string
	Scheduled    *historypb.HistoryEvent // nil: read the event ScheduledEventID
}

// QueryDelivery is a query that goes to a worker alone.
type QueryDelivery struct {
	Run             orchestration.RunKey
	Type            string
	Queue           string // the normal queue
	ID              string
	Query           *querypb.WorkflowQuery
	PreviousStarted orchestration.EventID
	Last            orchestration.EventID // the last stored event
	StickyQueue     string                // "": the worker does not have the history
}
