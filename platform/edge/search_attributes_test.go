package edge_test

import (
	"context"
	"maps"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	filterpb "go.temporal.io/api/filter/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

func TestSearchAttributes(t *testing.T) {
	w := newWorld(t)
	add := func(a map[string]enumspb.IndexedValueType) error {
		_, err := w.operators.AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{Namespace: "bank", SearchAttributes: a})
		return err
	}
	remove := func(names ...string) error {
		_, err := w.operators.RemoveSearchAttributes(t.Context(), &operatorservice.RemoveSearchAttributesRequest{Namespace: "bank", SearchAttributes: names})
		return err
	}
	for range 2 {
		if err := add(map[string]enumspb.IndexedValueType{"Colour": search.Keyword, "Guests": search.Int}); err != nil {
			t.Fatal(err)
		}
	}
	wantError[*serviceerror.AlreadyExists](t, add(map[string]enumspb.IndexedValueType{"Guests": search.Text}), "Guests already exists with type Int")
	wantError[*serviceerror.InvalidArgument](t, add(map[string]enumspb.IndexedValueType{"StartTime": search.Datetime}), "StartTime is reserved")
	wantError[*serviceerror.InvalidArgument](t, add(nil), "SearchAttributes are not set")
	if err := remove("Guests"); err != nil {
		t.Fatal(err)
	}
	wantError[*serviceerror.NotFound](t, remove("Guests"), "Guests is not defined")
	wantError[*serviceerror.InvalidArgument](t, remove("BuildIds"), "cannot be removed")
	wantError[*serviceerror.InvalidArgument](t, remove(), "SearchAttributes are not set")
	listed, err := w.operators.ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: "bank"})
	if err != nil || !maps.Equal(listed.GetCustomAttributes(), map[string]enumspb.IndexedValueType{"Colour": search.Keyword}) || listed.GetSystemAttributes()["RunId"] != search.Keyword {
		t.Errorf("%v, %v", listed, err)
	}
	_, err = w.operators.ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: "other"})
	wantError[*serviceerror.NamespaceNotFound](t, err, "other")
	all, err := w.workflows.GetSearchAttributes(t.Context(), &workflowservice.GetSearchAttributesRequest{})
	if err != nil || all.GetKeys()["TemporalChangeVersion"] != search.KeywordList || all.GetKeys()["Colour"] != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// The older lists are lists with a filter.
func TestOlderLists(t *testing.T) {
	w := newWorld(t)
	var got engine.ListRequest
	w.engine.list = func(_ context.Context, r engine.ListRequest) (engine.ListPage, error) {
		got = r
		return engine.ListPage{Executions: []*workflowpb.WorkflowExecutionInfo{{TaskQueue: "q"}}, PageToken: []byte("more")}, nil
	}
	at := timestamppb.New(time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC))
	times := &filterpb.StartTimeFilter{EarliestTime: timestamppb.New(time.Unix(0, 0)), LatestTime: at}
	open := func(r *workflowservice.ListOpenWorkflowExecutionsRequest) error {
		r.Namespace, r.MaximumPageSize, r.NextPageToken = "bank", 5, []byte("here")
		page, err := w.workflows.ListOpenWorkflowExecutions(t.Context(), r)
		if err == nil && (len(page.GetExecutions()) != 1 || string(page.GetNextPageToken()) != "more") {
			t.Errorf("%v", page)
		}
		return err
	}
	closed := func(r *workflowservice.ListClosedWorkflowExecutionsRequest) error {
		r.Namespace, r.MaximumPageSize, r.NextPageToken = "bank", 5, []byte("here")
		page, err := w.workflows.ListClosedWorkflowExecutions(t.Context(), r)
		if err == nil && (len(page.GetExecutions()) != 1 || string(page.GetNextPageToken()) != "more") {
			t.Errorf("%v", page)
		}
		return err
	}
	for want, call := range map[string]func() error{
		"ExecutionStatus = 'Running'": func() error { return open(&workflowservice.ListOpenWorkflowExecutionsRequest{}) },
		"ExecutionStatus = 'Running' AND StartTime <= '2024-02-29T12:00:00Z' AND WorkflowType = 'it''s \\\\'": func() error {
			return open(&workflowservice.ListOpenWorkflowExecutionsRequest{
				StartTimeFilter: times, Filters: &workflowservice.ListOpenWorkflowExecutionsRequest_TypeFilter{TypeFilter: &filterpb.WorkflowTypeFilter{Name: `it's \`}},
			})
		},
		"ExecutionStatus = 'Running' AND WorkflowId = 'w' AND RunId = 'r'": func() error {
			return open(&workflowservice.ListOpenWorkflowExecutionsRequest{Filters: &workflowservice.ListOpenWorkflowExecutionsRequest_ExecutionFilter{
				ExecutionFilter: &filterpb.WorkflowExecutionFilter{WorkflowId: "w", RunId: "r"},
			}})
		},
		"CloseTime IS NOT NULL AND CloseTime >= '2024-02-29T12:00:00Z' AND ExecutionStatus = 3 ORDER BY CloseTime DESC": func() error {
			return closed(&workflowservice.ListClosedWorkflowExecutionsRequest{
				StartTimeFilter: &filterpb.StartTimeFilter{EarliestTime: at},
				Filters:         &workflowservice.ListClosedWorkflowExecutionsRequest_StatusFilter{StatusFilter: &filterpb.StatusFilter{Status: enumspb.WORKFLOW_EXECUTION_STATUS_FAILED}},
			})
		},
	} {
		if err := call(); err != nil || got.Query != want || got.PageSize != 5 || string(got.PageToken) != "here" || got.Namespace != w.ns.ID {
			t.Errorf("got %+v, %v\nwant %s", got, err, want)
		}
	}
	scan, err := w.workflows.ScanWorkflowExecutions(t.Context(), &workflowservice.ScanWorkflowExecutionsRequest{Namespace: "bank", Query: "WorkflowId = 'x'", PageSize: 5000})
	if err != nil || got.Query != "WorkflowId = 'x'" || got.PageSize != 1000 || len(scan.GetExecutions()) != 1 || string(scan.GetNextPageToken()) != "more" {
		t.Errorf("%v, %v, %+v", scan, err, got)
	}
	wantError[*serviceerror.InvalidArgument](t, closed(&workflowservice.ListClosedWorkflowExecutionsRequest{
		Filters: &workflowservice.ListClosedWorkflowExecutionsRequest_StatusFilter{StatusFilter: &filterpb.StatusFilter{}},
	}), "StatusFilter has no status")
	_, err = w.workflows.ListArchivedWorkflowExecutions(t.Context(), &workflowservice.ListArchivedWorkflowExecutionsRequest{Namespace: "bank"})
	wantError[*serviceerror.InvalidArgument](t, err, "not configured for reading archived visibility records")
}
