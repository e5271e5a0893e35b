package acceptance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	filterpb "go.temporal.io/api/filter/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// One attribute of each type. They are the same for all tests, as a namespace has only so many; queries add what is a test's own.
var (
	city     = temporal.NewSearchAttributeKeyKeyword("LabCity")
	tags     = temporal.NewSearchAttributeKeyKeywordList("LabTags")
	note     = temporal.NewSearchAttributeKeyString("LabNote")
	guests   = temporal.NewSearchAttributeKeyInt64("LabGuests")
	price    = temporal.NewSearchAttributeKeyFloat64("LabPrice")
	settled  = temporal.NewSearchAttributeKeyBool("LabPaid")
	arrival  = temporal.NewSearchAttributeKeyTime("LabArrival")
	labTypes = map[string]enumspb.IndexedValueType{
		"LabCity": enumspb.INDEXED_VALUE_TYPE_KEYWORD, "LabTags": enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST, "LabNote": enumspb.INDEXED_VALUE_TYPE_TEXT,
		"LabGuests": enumspb.INDEXED_VALUE_TYPE_INT, "LabPrice": enumspb.INDEXED_VALUE_TYPE_DOUBLE, "LabPaid": enumspb.INDEXED_VALUE_TYPE_BOOL,
		"LabArrival": enumspb.INDEXED_VALUE_TYPE_DATETIME,
	}
)

func (l *lab) define(types map[string]enumspb.IndexedValueType) {
	l.Helper()
	_, err := l.client.OperatorService().AddSearchAttributes(l.ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: types})
	l.must(err)
}

// ordered are the workflow ids of a list in its order, by pages of two.
func (l *lab) ordered(query string) (ids []string) {
	l.Helper()
	var token []byte
	for {
		page, err := l.client.ListWorkflow(l.ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, Query: query, PageSize: 2, NextPageToken: token})
		l.must(err)
		for _, e := range page.Executions {
			ids = append(ids, e.Execution.WorkflowId)
		}
		if token = page.NextPageToken; len(token) == 0 {
			return ids
		}
	}
}

// bookings are three runs that never end, of which the first two have all attributes.
func (l *lab) bookings(kind string) (rome, oslo, bare client.WorkflowRun) {
	l.Helper()
	l.define(labTypes)
	day := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	book := func(updates ...temporal.SearchAttributeUpdate) client.WorkflowRun {
		return l.startWith(client.StartWorkflowOptions{StartDelay: time.Hour, TypedSearchAttributes: temporal.NewSearchAttributes(updates...)}, kind)
	}
	rome = book(city.ValueSet("Rome"), tags.ValueSet([]string{"sea", "warm"}), note.ValueSet("Two nights, late arrival"), guests.ValueSet(-2), price.ValueSet(80.5), settled.ValueSet(true), arrival.ValueSet(day))
	oslo = book(city.ValueSet("Oslo"), tags.ValueSet([]string{"sea"}), note.ValueSet("two weeks"), guests.ValueSet(5), price.ValueSet(-1), settled.ValueSet(false), arrival.ValueSet(day.Add(24*time.Hour)))
	bare = book()
	return rome, oslo, bare
}

func TestListBySearchAttributes(t *testing.T) {
	l := newLab(t)
	kind := "kind-" + l.queue
	rome, oslo, bare := l.bookings(kind)
	for query, want := range map[string][]client.WorkflowRun{
		"LabCity = 'Rome'":                          {rome},
		"LabCity != 'Rome'":                         {oslo},
		"LabCity IN ('Rome', 'Oslo', 'Bern')":       {rome, oslo},
		"LabCity STARTS_WITH 'Ro'":                  {rome},
		"LabCity IS NULL":                           {bare},
		"LabTags = 'sea'":                           {rome, oslo},
		"LabTags = 'warm' AND LabTags = 'sea'":      {rome},
		"LabTags NOT IN ('warm', 'cold')":           {oslo},
		"LabNote = 'TWO'":                           {rome, oslo},
		"LabNote = 'nights'":                        {rome},
		"LabGuests > -3 AND LabGuests < 5":          {rome},
		"LabGuests BETWEEN 0 AND 5":                 {oslo},
		"LabPrice >= 80.5 OR LabCity = 'Oslo'":      {rome, oslo},
		"LabPaid = true":                            {rome},
		"NOT (LabPaid = true OR LabCity IS NULL)":   {oslo},
		"LabArrival > '2024-02-29T13:00:00+01:00'":  {oslo},
		"LabArrival = '2024-02-29T13:00:00+01:00'":  {rome},
		"LabCity IS NOT NULL AND CloseTime IS NULL": {rome, oslo},
	} {
		l.wantListed(fmt.Sprintf("WorkflowType = '%s' AND (%s)", kind, query), want...)
	}
	page, err := l.client.ListWorkflow(l.ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, Query: fmt.Sprintf("WorkflowId = '%s'", rome.GetID())})
	l.must(err)
	var seen []string
	payload := page.Executions[0].SearchAttributes.IndexedFields["LabTags"]
	l.must(converter.GetDefaultDataConverter().FromPayload(payload, &seen))
	equal(t, "tags in the list", strings.Join(seen, " "), "sea warm")
	equal(t, "type of the tags", string(payload.Metadata["type"]), "KeywordList")
}

func TestListInOrder(t *testing.T) {
	l := newLab(t)
	kind := "kind-" + l.queue
	rome, oslo, bare := l.bookings(kind)
	for order, want := range map[string][]client.WorkflowRun{
		"":                      {bare, oslo, rome},
		"ORDER BY StartTime":    {rome, oslo, bare},
		"ORDER BY WorkflowId":   {rome, oslo, bare},
		"ORDER BY LabCity":      {oslo, rome, bare},
		"ORDER BY LabCity DESC": {rome, oslo, bare},
		"ORDER BY LabGuests":    {rome, oslo, bare},
		"ORDER BY LabPrice ASC": {oslo, rome, bare},
		"order by CloseTime":    {bare, oslo, rome},
	} {
		var ids []string
		for _, run := range want {
			ids = append(ids, run.GetID())
		}
		if got := l.ordered(fmt.Sprintf("WorkflowType = '%s' %s", kind, order)); !slices.Equal(got, ids) {
			t.Errorf("%s: %v, want %v", order, got, ids)
		}
	}
}

func TestWorkflowSetsAndUnsetsSearchAttributes(t *testing.T) {
	l := newLab(t)
	l.define(labTypes)
	kind := "kind-" + l.queue
	flow := func(ctx workflow.Context) error {
		if err := workflow.UpsertTypedSearchAttributes(ctx, city.ValueUnset(), guests.ValueSet(7), tags.ValueSet([]string{"cold"})); err != nil {
			return err
		}
		workflow.GetVersion(ctx, "step", workflow.DefaultVersion, 3)
		return nil
	}
	l.work(code{kind: flow}, nil)
	run := l.startWith(client.StartWorkflowOptions{TypedSearchAttributes: temporal.NewSearchAttributes(city.ValueSet("Rome"), guests.ValueSet(1))}, kind)
	l.must(run.Get(l.ctx, nil))
	mine := fmt.Sprintf("WorkflowType = '%s' AND ", kind)
	for _, query := range []string{"LabCity IS NULL AND LabGuests = 7", "LabTags = 'cold'", "TemporalChangeVersion = 'step-3'"} {
		l.wantListed(mine+query, run)
	}
	for _, query := range []string{"LabCity = 'Rome'", "LabGuests = 1"} {
		l.wantListed(mine + query)
	}
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(flow, workflow.RegisterOptions{Name: kind})
	l.must(replayer.ReplayWorkflowHistory(quiet(), &historypb.History{Events: l.events(run)}))
}

func TestUnknownSearchAttributes(t *testing.T) {
	l := newLab(t)
	l.define(labTypes)
	missing := temporal.NewSearchAttributeKeyKeyword("Missing-" + l.queue)
	for _, bad := range []temporal.SearchAttributeUpdate{missing.ValueSet("x"), temporal.NewSearchAttributeKeyKeyword("LabGuests").ValueSet("x"), temporal.NewSearchAttributeKeyKeyword("RunId").ValueSet("x")} {
		_, err := l.client.ExecuteWorkflow(l.ctx, client.StartWorkflowOptions{TaskQueue: l.queue, TypedSearchAttributes: temporal.NewSearchAttributes(bad)}, "flow")
		var invalid *serviceerror.InvalidArgument
		if !errors.As(err, &invalid) {
			t.Errorf("started: %v", err)
		}
	}
	l.work(code{"flow": func(ctx workflow.Context) error {
		return workflow.UpsertTypedSearchAttributes(ctx, missing.ValueSet("x"))
	}}, nil)
	run := l.start("flow")
	failed := l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED).GetWorkflowTaskFailedEventAttributes()
	if failed.Cause != enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES || !strings.Contains(failed.Failure.Message, missing.GetName()) {
		t.Errorf("%v", failed)
	}
	l.define(map[string]enumspb.IndexedValueType{missing.GetName(): enumspb.INDEXED_VALUE_TYPE_KEYWORD})
	l.must(run.Get(l.ctx, nil)) // the next attempt finds it defined
	l.undefine(missing.GetName())
}

func (l *lab) undefine(name string) {
	l.Helper()
	_, err := l.client.OperatorService().RemoveSearchAttributes(l.ctx, &operatorservice.RemoveSearchAttributesRequest{Namespace: namespace, SearchAttributes: []string{name}})
	l.must(err)
}

func TestRemovedSearchAttribute(t *testing.T) {
	l := newLab(t)
	name := "Removed-" + l.queue
	l.define(map[string]enumspb.IndexedValueType{name: enumspb.INDEXED_VALUE_TYPE_INT})
	l.wantListed(name + " = 1")
	l.undefine(name)
	all, err := l.client.OperatorService().ListSearchAttributes(l.ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	l.must(err)
	if _, there := all.CustomAttributes[name]; there || all.SystemAttributes["WorkflowType"] != enumspb.INDEXED_VALUE_TYPE_KEYWORD {
		t.Errorf("%v", all)
	}
	_, err = l.client.OperatorService().RemoveSearchAttributes(l.ctx, &operatorservice.RemoveSearchAttributesRequest{Namespace: namespace, SearchAttributes: []string{name}})
	var gone *serviceerror.NotFound
	if !errors.As(err, &gone) {
		t.Errorf("removed again: %v", err)
	}
	eventually(l, func() error { // other nodes know within seconds
		var invalid *serviceerror.InvalidArgument
		if _, err := l.list(name + " = 1"); !errors.As(err, &invalid) {
			return fmt.Errorf("a filter with it: %v", err)
		}
		return nil
	})
}

func TestCountInGroups(t *testing.T) {
	l := newLab(t)
	kind := "kind-" + l.queue
	l.work(code{kind: func(workflow.Context) error { return nil }}, nil)
	for range 2 {
		l.must(l.start(kind).Get(l.ctx, nil))
	}
	l.startWith(client.StartWorkflowOptions{StartDelay: time.Hour}, kind)
	n, err := l.client.CountWorkflow(l.ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: fmt.Sprintf("WorkflowType = '%s' GROUP BY ExecutionStatus", kind)})
	l.must(err)
	groups := map[string]int64{}
	for _, g := range n.Groups {
		var status string
		l.must(converter.GetDefaultDataConverter().FromPayload(g.GroupValues[0], &status))
		groups[status] = g.Count
	}
	if n.Count != 3 || len(groups) != 2 || groups["Completed"] != 2 || groups["Running"] != 1 {
		t.Errorf("%d, %v", n.Count, groups)
	}
}

func TestOlderListsAndScan(t *testing.T) {
	l := newLab(t)
	kind := "kind-" + l.queue
	l.work(code{kind: func(workflow.Context) error { return nil }}, nil)
	done := l.start(kind)
	l.must(done.Get(l.ctx, nil))
	open := l.startWith(client.StartWorkflowOptions{StartDelay: time.Hour}, kind)
	ofKind := &filterpb.WorkflowTypeFilter{Name: kind}
	o, err := l.client.ListOpenWorkflow(l.ctx, &workflowservice.ListOpenWorkflowExecutionsRequest{
		Namespace: namespace, StartTimeFilter: &filterpb.StartTimeFilter{}, Filters: &workflowservice.ListOpenWorkflowExecutionsRequest_TypeFilter{TypeFilter: ofKind},
	})
	l.must(err)
	c, err := l.client.ListClosedWorkflow(l.ctx, &workflowservice.ListClosedWorkflowExecutionsRequest{
		Namespace: namespace, StartTimeFilter: &filterpb.StartTimeFilter{}, Filters: &workflowservice.ListClosedWorkflowExecutionsRequest_TypeFilter{TypeFilter: ofKind},
	})
	l.must(err)
	s, err := l.service().ScanWorkflowExecutions(l.ctx, &workflowservice.ScanWorkflowExecutionsRequest{Namespace: namespace, Query: fmt.Sprintf("WorkflowType = '%s'", kind)})
	l.must(err)
	if len(o.Executions) != 1 || o.Executions[0].Execution.WorkflowId != open.GetID() || len(c.Executions) != 1 || c.Executions[0].Execution.WorkflowId != done.GetID() || len(s.Executions) != 2 {
		t.Errorf("open %v\nclosed %v\nscanned %v", o, c, s)
	}
	_, err = l.client.ListArchivedWorkflow(l.ctx, &workflowservice.ListArchivedWorkflowExecutionsRequest{Namespace: namespace})
	var invalid *serviceerror.InvalidArgument
	if !errors.As(err, &invalid) {
		t.Errorf("archived: %v", err)
	}
}
