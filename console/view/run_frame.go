package view

import (
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
)

// RunFrame is what every page of one run shows around its content: the run as it is now, and what can be done with it.
type RunFrame struct {
	Frame
	Config       *workflowpb.WorkflowExecutionConfig
	Info         *workflowpb.WorkflowExecutionInfo
	Extended     *workflowpb.WorkflowExecutionExtendedInfo
	Activities   []*workflowpb.PendingActivityInfo
	Children     []*workflowpb.PendingChildExecutionInfo
	WorkflowTask *workflowpb.PendingWorkflowTaskInfo // nil: none is pending
	Hidden       bool                                // payloads, from a reader who may not see them
	MayWrite     bool                                // the reader may change runs of the namespace
	Suspended    bool                                // nothing in the namespace can be changed
	Filled       Filled                              // a form of the header that was refused
	Trouble      *StuckRun                           // why it does not go on; nil: it does, or nothing is known
	End          *historypb.HistoryEvent             // how it closed; nil: it has not, or as it was to
	Tab          RunTab
}

// RunPage is a page of one run.
type RunPage struct {
	RunFrame
	Timeline Timeline    // of the first page
	History  HistoryPage // of the page of its history
}

func (f RunFrame) id() string { return f.Info.GetExecution().GetWorkflowId() }

// RunID is the run's own id.
func (f RunFrame) RunID() string { return f.Info.GetExecution().GetRunId() }

// url is a page of the run, by the last part of its address; "": the first page.
func (f RunFrame) url(part string) string { return runPartURL(f.Place, f.id(), f.RunID(), part) }

func (f RunFrame) open() bool {
	return f.Info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// immutable says why nothing of the namespace can be changed by the reader; "": something can.
func (f RunFrame) immutable() string {
	switch {
	case !f.MayWrite:
		return "Changing runs takes the permission write in this namespace."
	case f.Suspended:
		return "The namespace is suspended: nothing in it can be changed."
	}
	return ""
}

// settled says why nothing can be done to the run as it goes on; "": something can.
func (f RunFrame) settled() string {
	if why := f.immutable(); why != "" || f.open() {
		return why
	}
	return "The run is closed: it takes nothing any more."
}

// shows tells whether the header has the form of an action. What has none, or cannot be done any more, is refused above.
func (f RunFrame) shows(form string) bool { return form != "" && f.settled() == "" }

// sinceStart is how long after the run's start an event came.
func (f RunFrame) sinceStart(e *historypb.HistoryEvent) string {
	start, t := at(f.Info.GetStartTime()), at(e.GetEventTime())
	if start.IsZero() || t.IsZero() {
		return ""
	}
	return "+" + span(max(0, t.Sub(start)))
}

// ending is why a run came to a bad end, in more words than fit a row.
func ending(e *historypb.HistoryEvent) string {
	const most = 1000 // bytes
	words := fact(e)
	if len(words) > most {
		words = strings.ToValidUTF8(words[:most], "") + "…"
	}
	return words
}
