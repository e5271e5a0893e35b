package view

import (
	"cmp"
	"slices"
	"time"

	historypb "go.temporal.io/api/history/v1"
)

// RunWorkersPage is who works at a run.
type RunWorkersPage struct {
	RunFrame
	Queues  []Queue // that its tasks are in
	Workers []RunWorker
	Looked  int64 // events of the history that they are known by, the latest
}

// RunWorker is somebody who has worked at a run lately.
type RunWorker struct {
	Identity        string
	SDK             string // name and version, as it last said
	Tasks, Attempts int    // workflow tasks and activities that it took
	Last            time.Time
}

// WorkersOf are those who took tasks, by some events of the run and what is pending; who was last at it comes first.
func WorkersOf(f RunFrame, events []*historypb.HistoryEvent) []RunWorker {
	known := map[string]*RunWorker{}
	of := func(identity string, when time.Time) *RunWorker {
		w := known[identity]
		if w == nil {
			w = &RunWorker{Identity: identity}
			known[identity] = w
		}
		if when.After(w.Last) {
			w.Last = when
		}
		return w
	}
	for _, e := range events {
		when := at(e.GetEventTime())
		if a := e.GetWorkflowTaskStartedEventAttributes(); a != nil {
			of(a.GetIdentity(), when).Tasks++
		}
		if a := e.GetActivityTaskStartedEventAttributes(); a != nil {
			of(a.GetIdentity(), when).Attempts++
		}
		if a := e.GetWorkflowTaskCompletedEventAttributes(); a.GetSdkMetadata().GetSdkName() != "" {
			of(a.GetIdentity(), when).SDK = a.GetSdkMetadata().GetSdkName() + " " + a.GetSdkMetadata().GetSdkVersion()
		}
	}
	for _, a := range f.Activities {
		if a.GetLastWorkerIdentity() != "" {
			of(a.GetLastWorkerIdentity(), at(a.GetLastStartedTime())).Attempts++
		}
	}
	all := make([]RunWorker, 0, len(known))
	for _, w := range known {
		all = append(all, *w)
	}
	slices.SortFunc(all, func(a, b RunWorker) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Identity, b.Identity)) })
	return all
}
