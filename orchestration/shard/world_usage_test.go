package shard

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// doFold brings some of the counters of usage together, of the hour that goes on too.
func (w *world) doFold(t *rapid.T) {
	if _, err := w.sqlite.FoldUsage(context.Background(), store.HourOf(w.time())+1, rapid.IntRange(1, 4).Draw(t, "rows")); err != nil {
		w.t.Fatalf("fold: %v", err)
	}
}

// checkUsage expects that what was counted is what is stored: the stock always, the actions when nothing has left or was repeated since.
func (w *world) checkUsage() {
	for try := 0; ; try++ {
		w.flush()
		actions, counted := w.counted()
		want, stored := w.used()
		if _, again := w.counted(); again != counted {
			continue // the owner's own timers have moved it on
		}
		if counted != stored && try < 3 {
			continue
		}
		if counted != stored {
			w.t.Fatalf("counted is a stock of %+v, stored %+v", counted, stored)
		}
		if w.plain {
			w.checkActions(actions, want)
		}
		return
	}
}

// checkActions compares with the histories. Of activities they tell only the attempts that came before the end of one that a worker had.
func (w *world) checkActions(got, told orchestration.Actions) {
	if got[orchestration.ActivityAction] < told[orchestration.ActivityAction] {
		w.t.Fatalf("counted are %d attempts of activities, the histories tell of %d", got[orchestration.ActivityAction], told[orchestration.ActivityAction])
	}
	told[orchestration.ActivityAction] = got[orchestration.ActivityAction]
	if got != told {
		w.t.Fatalf("counted are the actions %v, in the histories %v", got, told)
	}
}

// counted is what the store has counted, all hours together.
func (w *world) counted() (actions orchestration.Actions, stock store.Stock) {
	hours, stock, err := w.sqlite.Usage(context.Background(), testNamespace, 0)
	if err != nil {
		w.t.Fatalf("usage: %v", err)
	}
	var sum store.Usage
	for _, h := range hours {
		sum.Add(h.Usage)
	}
	if sum.Stock != stock {
		w.t.Fatalf("the hours add up to a stock of %+v, held is %+v", sum.Stock, stock)
	}
	return sum.Actions, stock
}

// used is the same from the runs that are stored and their histories.
func (w *world) used() (actions orchestration.Actions, stock store.Stock) {
	rows, err := w.sqlite.List(context.Background(), store.ListQuery{Namespace: testNamespace, Limit: 1 << 20})
	if err != nil {
		w.t.Fatalf("list: %v", err)
	}
	for _, row := range rows {
		key := orchestration.WorkflowKey{Namespace: testNamespace, WorkflowID: row.WorkflowID}.Run(row.RunID)
		run, _ := w.load(key)
		if run == nil {
			continue // it left meanwhile
		}
		stock.Add(held(&run.Header))
		actions.Add(actionsOf(w.history(key)))
	}
	return actions, stock
}

// actionsOf counts the actions that a history tells of.
func actionsOf(events []*historypb.HistoryEvent) (out orchestration.Actions) {
	marked := map[int64]bool{}
	for _, ev := range events {
		switch ev.EventType {
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
			out[orchestration.StartAction]++
		case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
			out[orchestration.ChildAction]++
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			out[orchestration.ActivityAction] += int64(ev.GetActivityTaskStartedEventAttributes().GetAttempt())
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			out[orchestration.TimerAction]++
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
			out[orchestration.SignalAction]++
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
			out[orchestration.UpdateAction]++
		case enumspb.EVENT_TYPE_MARKER_RECORDED:
			if task := ev.GetMarkerRecordedEventAttributes().GetWorkflowTaskCompletedEventId(); !marked[task] {
				marked[task] = true
				out[orchestration.MarkerAction]++
			}
		case enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
			out[orchestration.UpsertAction]++
		}
	}
	return out
}
