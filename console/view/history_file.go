package view

import (
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
)

// HistoryFilePath is the last part of the address at which a history is opened from a file.
const HistoryFilePath = "/history-file"

// HistoryFileURL is where a history is opened from a file.
func HistoryFileURL(p Place) string { return p.path() + HistoryFilePath }

// fileSize is how many events of a file are on a page.
const fileSize = 100

// FilePage is a run by a file of its history.
type FilePage struct {
	RunFrame
	Name     string // of the file; "": none is open
	Refused  string // why a file cannot be shown
	Timeline Timeline
}

// NewFilePage is a page of a file's history. All that is known of the run is in its events.
func NewFilePage(name string, events []*historypb.HistoryEvent, number int64) FilePage {
	first, last := events[0], events[len(events)-1]
	started := first.GetWorkflowExecutionStartedEventAttributes()
	info := &workflowpb.WorkflowExecutionInfo{
		Type: started.GetWorkflowType(), TaskQueue: started.GetTaskQueue().GetName(), StartTime: first.GetEventTime(), HistoryLength: int64(len(events)), Status: statusAfter(last),
	}
	if info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		info.CloseTime = last.GetEventTime()
	}
	p := FilePage{Name: name, RunFrame: RunFrame{Frame: Frame{Now: at(last.GetEventTime())}, Info: info}}
	history := HistoryPage{Size: fileSize, Number: number, Length: int64(len(events))}
	if from, to := history.Span(); from <= to {
		history.Events = events[from-1 : min(to, int64(len(events)))]
	}
	p.Timeline = NewTimeline(p.RunFrame, history, Zoom{})
	return p
}

// In is the page within a namespace's.
func (p FilePage) In(f Frame) FilePage {
	p.Frame = f
	return p
}

// closings are the statuses that events leave a run with.
var closings = map[enumspb.EventType]enumspb.WorkflowExecutionStatus{
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:        enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:           enumspb.WORKFLOW_EXECUTION_STATUS_FAILED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:        enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:         enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:       enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
}

func statusAfter(last *historypb.HistoryEvent) enumspb.WorkflowExecutionStatus {
	if s, ok := closings[last.GetEventType()]; ok {
		return s
	}
	return enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}
