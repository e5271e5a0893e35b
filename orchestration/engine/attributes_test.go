package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// registry is a namespace's attributes: those that a node remembers, and those that are defined this very moment.
type registry struct {
	remembered, defined search.Attributes
	asked               int
}

func (g *registry) attributes(_ context.Context, _ orchestration.NamespaceID, fresh bool) (search.Attributes, error) {
	g.asked++
	if fresh {
		g.remembered = g.defined
	}
	return g.remembered, nil
}

func field(data string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(data)}
}

func searching(fields map[string]*commonpb.Payload) *commonpb.SearchAttributes {
	return &commonpb.SearchAttributes{IndexedFields: fields}
}

func upsert(fields map[string]*commonpb.Payload) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
		Attributes: &commandpb.Command_UpsertWorkflowSearchAttributesCommandAttributes{
			UpsertWorkflowSearchAttributesCommandAttributes: &commandpb.UpsertWorkflowSearchAttributesCommandAttributes{SearchAttributes: searching(fields)},
		},
	}
}

// What another node has just defined is known to whoever uses it; what nobody has defined is refused; and lists find what was set.
func TestSearchAttributesOfRuns(t *testing.T) {
	g := &registry{defined: search.Attributes{"Colour": search.Keyword, "Guests": search.Int}}
	r := newRig(t)
	r.attributes = g.attributes
	r.reopen()

	plain := startOf("plain")
	if _, err := r.Start(r.ctx(), plain); err != nil || g.asked != 0 {
		t.Fatalf("a start without attributes: %v, asked %d times", err, g.asked)
	}
	in := startOf("a")
	in.Run.SearchAttributes = searching(map[string]*commonpb.Payload{"Colour": field(`"red"`)})
	if _, err := r.Start(r.ctx(), in); err != nil || g.asked != 2 {
		t.Fatalf("a start with an attribute that is new: %v, asked %d times", err, g.asked)
	}
	for says, bad := range map[string]map[string]*commonpb.Payload{
		"Search attribute Missing is not defined": {"Missing": field("1")}, "Search attribute Guests is no Int": {"Guests": field(`"x"`)}, "CloseTime is an attribute of the system": {"CloseTime": field("1")},
	} {
		in := startOf("bad")
		in.Run.SearchAttributes = searching(bad)
		if _, err := r.Start(r.ctx(), in); orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	r.wantListed("Colour = 'red'", "a")

	for range 2 { // the workflow tasks of both runs
		r.complete(r.pollWorkflow(), upsert(map[string]*commonpb.Payload{"Colour": field(`"blue"`), "Guests": field("3")}))
	}
	r.wantListed("Colour = 'red'")
	r.wantListed("Colour = 'blue' AND Guests BETWEEN 1 AND 5 ORDER BY Guests", "a", "plain")
	groups, err := r.CountGroups(r.ctx(), engine.ListRequest{Namespace: namespace, Query: "Guests = 3 GROUP BY ExecutionStatus"})
	if err != nil || groups.Count != 2 || len(groups.Groups) != 1 || groups.Groups[0] != (engine.RunGroup{Value: "Running", Count: 2}) {
		t.Errorf("%+v, %v", groups, err)
	}
	for says, query := range map[string]string{"it is not a search attribute": "Missing = 1", "GROUP BY is for counting": "GROUP BY ExecutionStatus"} {
		if _, err := r.List(r.ctx(), engine.ListRequest{Namespace: namespace, Query: query}); orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func (r *rig) wantListed(query string, want ...string) {
	r.t.Helper()
	page, err := r.List(r.ctx(), engine.ListRequest{Namespace: namespace, Query: query})
	if err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	var ids []string
	for _, e := range page.Executions {
		ids = append(ids, e.Execution.WorkflowId)
	}
	if slices.Sort(ids); !slices.Equal(ids, want) {
		r.t.Errorf("%s: %v, want %v", query, ids, want)
	}
}
