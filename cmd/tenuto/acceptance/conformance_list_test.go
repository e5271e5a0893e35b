package acceptance

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

// list collects the workflow ids that match, by pages of two, in any order.
func (l *lab) list(query string) ([]string, error) {
	var ids []string
	var token []byte
	for {
		page, err := l.client.ListWorkflow(l.ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: namespace, Query: query, PageSize: 2, NextPageToken: token,
		})
		if err != nil {
			return nil, err
		}
		if len(page.Executions) > 2 {
			return nil, fmt.Errorf("a page of %d, want 2 at most", len(page.Executions))
		}
		for _, e := range page.Executions {
			ids = append(ids, e.Execution.WorkflowId)
		}
		if token = page.NextPageToken; len(token) == 0 {
			slices.Sort(ids)
			return ids, nil
		}
	}
}

// wantListed checks List and Count of the same filter.
func (l *lab) wantListed(query string, runs ...client.WorkflowRun) {
	l.Helper()
	var want []string
	for _, run := range runs {
		want = append(want, run.GetID())
	}
	slices.Sort(want)
	eventually(l, func() error {
		got, err := l.list(query)
		if err != nil {
			return err
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("%s:\n got %v\nwant %v", query, got, want)
		}
		n, err := l.client.CountWorkflow(l.ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: query})
		if err != nil {
			return err
		}
		if n.Count != int64(len(want)) {
			return fmt.Errorf("count of %s: got %d, want %d", query, n.Count, len(want))
		}
		return nil
	})
}

func TestListAndCountWithFilters(t *testing.T) {
	l := newLab(t)
	kind := "kind-" + l.queue
	l.work(code{kind: func(_ workflow.Context, well bool) error {
		if !well {
			return errors.New("failed on request")
		}
		return nil
	}}, nil)
	good, bad := l.start(kind, true), l.start(kind, false)
	l.must(good.Get(l.ctx, nil))
	l.failure(bad)
	middle := time.Now().UTC().Format(time.RFC3339Nano)
	open := l.startWith(client.StartWorkflowOptions{StartDelay: time.Hour}, kind, true)
	open2 := l.startWith(client.StartWorkflowOptions{StartDelay: time.Hour}, kind, true)

	mine := fmt.Sprintf("WorkflowType = '%s'", kind)
	all := []client.WorkflowRun{good, bad, open, open2}
	for query, want := range map[string][]client.WorkflowRun{
		mine: all,
		mine + " AND ExecutionStatus = 'Running'":                                                   {open, open2},
		mine + " AND ExecutionStatus != 'Running'":                                                  {good, bad},
		mine + " AND ExecutionStatus IN ('Completed','Failed')":                                     {good, bad},
		mine + " AND StartTime > '" + middle + "'":                                                  {open, open2},
		mine + " AND StartTime <= '" + middle + "'":                                                 {good, bad},
		mine + " AND CloseTime < '" + middle + "'":                                                  {good, bad},
		fmt.Sprintf("WorkflowId = '%s'", good.GetID()):                                              {good},
		fmt.Sprintf("RunId = '%s'", open.GetRunID()):                                                {open},
		fmt.Sprintf("%s AND (WorkflowId = '%s' OR ExecutionStatus = 'Failed')", mine, open.GetID()): {open, bad},
		mine + " AND WorkflowId != '" + good.GetID() + "'":                                          {bad, open, open2},
	} {
		l.wantListed(query, want...)
	}
}

func TestBadFiltersAreInvalid(t *testing.T) {
	l := newLab(t)
	for _, query := range []string{"WorkflowId ==== 'x'", "NoSuchAttribute = 'x'", "StartTime > 'yesterday'", "ExecutionStatus = 'Happy'"} {
		_, err := l.list(query)
		var invalid *serviceerror.InvalidArgument
		if !errors.As(err, &invalid) {
			t.Errorf("%s: got %T %v, want InvalidArgument", query, err, err)
		}
	}
}

func TestListShowsMemoAndTimes(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": oneStep}, code{"step": greet})
	run := l.startWith(client.StartWorkflowOptions{Memo: map[string]any{"owner": "Ada"}}, "flow", "x")
	result[string](l, run)
	eventually(t, func() error {
		page, err := l.client.ListWorkflow(l.ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: namespace, Query: fmt.Sprintf("WorkflowId = '%s' AND ExecutionStatus = 'Completed'", run.GetID()),
		})
		if err != nil {
			return err
		}
		if len(page.Executions) != 1 {
			return fmt.Errorf("%d executions", len(page.Executions))
		}
		e := page.Executions[0]
		equal(t, "memo", slices.Collect(maps.Keys(e.Memo.GetFields()))[0], "owner")
		equal(t, "run", e.Execution.RunId, run.GetRunID())
		equal(t, "history length", e.HistoryLength, 11)
		if !e.CloseTime.AsTime().After(e.StartTime.AsTime()) {
			t.Errorf("closed %v, started %v", e.CloseTime.AsTime(), e.StartTime.AsTime())
		}
		return nil
	})
}
