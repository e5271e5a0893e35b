package acceptance

import (
	"context"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

func TestHistoryByPagesAndInReverse(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": manySteps}, code{"step": greet})
	run := l.start("flow", 4, 2)
	l.must(run.Get(l.ctx, nil))
	want := l.events(run)
	forward, backward := l.pages(run, 3), l.pagesReverse(run, 3)
	l.must(contiguous(forward))
	equal(t, "events", len(forward), len(want))
	slices.Reverse(backward)
	l.must(contiguous(backward))
	equal(t, "events in reverse", len(backward), len(want))
}

func (l *lab) pages(run client.WorkflowRun, size int32) (all []*historypb.HistoryEvent) {
	l.Helper()
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: namespace, Execution: execution(run), MaximumPageSize: size}
	for {
		page, err := l.service().GetWorkflowExecutionHistory(l.ctx, request)
		l.must(err)
		all = append(all, page.History.GetEvents()...)
		if request.NextPageToken = page.NextPageToken; len(page.NextPageToken) == 0 {
			return all
		}
	}
}

func (l *lab) pagesReverse(run client.WorkflowRun, size int32) (all []*historypb.HistoryEvent) {
	l.Helper()
	request := &workflowservice.GetWorkflowExecutionHistoryReverseRequest{Namespace: namespace, Execution: execution(run), MaximumPageSize: size}
	for {
		page, err := l.service().GetWorkflowExecutionHistoryReverse(l.ctx, request)
		l.must(err)
		all = append(all, page.History.GetEvents()...)
		if request.NextPageToken = page.NextPageToken; len(page.NextPageToken) == 0 {
			return all
		}
	}
}

// manySteps runs n activities, at most width of them at a time.
func manySteps(ctx workflow.Context, n, width int) (int, error) {
	ctx = quick(ctx)
	done := 0
	for done < n {
		var wave []workflow.Future
		for range min(width, n-done) {
			wave = append(wave, workflow.ExecuteActivity(ctx, "step", "x"))
		}
		for _, f := range wave {
			if err := f.Get(ctx, nil); err != nil {
				return done, err
			}
			done++
		}
	}
	return done, nil
}

func TestLargeHistory(t *testing.T) {
	l := newLab(t)
	const steps = 2000
	l.work(code{"flow": manySteps}, code{"step": func(context.Context, string) error { return nil }})
	run := l.start("flow", steps, 100)
	equal(t, "steps", result[int](l, run), steps)
	all := l.events(run)
	equal(t, "scheduled", count(all, enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED), steps)
	equal(t, "completed", count(all, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED), steps)
	equal(t, "history length", l.describe(run).WorkflowExecutionInfo.HistoryLength, int64(len(all)))
}

func TestLongPollAnswersWhenTheRunCloses(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	task := l.pollTask()
	type answer struct {
		page *workflowservice.GetWorkflowExecutionHistoryResponse
		err  error
	}
	answers := make(chan answer)
	begun := time.Now()
	go func() {
		request := &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: namespace, Execution: execution(run),
			WaitNewEvent: true, HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
		}
		for {
			page, err := l.service().GetWorkflowExecutionHistory(l.ctx, request)
			if err != nil || len(page.History.GetEvents()) > 0 {
				answers <- answer{page, err}
				return
			}
			request.NextPageToken = page.NextPageToken
		}
	}()
	l.mustAnswer(task, completeRun("at last"))
	got := <-answers
	l.must(got.err)
	equal(t, "events", len(got.page.History.Events), 1)
	equal(t, "event", got.page.History.Events[0].EventType, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
	if waited := time.Since(begun); waited > 10*time.Second {
		t.Errorf("the long poll answered after %v", waited)
	}
}

func TestLongPollFollowsARunEventByEvent(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": oneStep}, code{"step": greet})
	run := l.startWith(client.StartWorkflowOptions{StartDelay: 300 * time.Millisecond}, "flow", "x")
	var all []*historypb.HistoryEvent
	live := l.client.GetWorkflowHistory(l.ctx, run.GetID(), run.GetRunID(), true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for live.HasNext() {
		e, err := live.Next()
		l.must(err)
		all = append(all, e)
	}
	l.must(contiguous(all))
	equal(t, "events", len(all), 11)
	equal(t, "last", all[len(all)-1].EventType, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
}
