package acceptance

import (
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

var colour = temporal.NewSearchAttributeKeyKeyword("CustomKeywordField")

// knowAttribute registers the attribute where the server wants that; some know it from the start, some take any name.
func (l *lab) knowAttribute() {
	_, err := l.client.OperatorService().AddSearchAttributes(l.ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace:        namespace,
		SearchAttributes: map[string]enumspb.IndexedValueType{colour.GetName(): enumspb.INDEXED_VALUE_TYPE_KEYWORD},
	})
	if err != nil {
		l.Logf("AddSearchAttributes: %v", err)
	}
}

func TestSearchAttributesAreKeptAndUpserted(t *testing.T) {
	l := newLab(t)
	l.knowAttribute()
	l.work(code{"flow": func(ctx workflow.Context) (string, error) {
		before, _ := workflow.GetTypedSearchAttributes(ctx).GetKeyword(colour)
		return before, workflow.UpsertTypedSearchAttributes(ctx, colour.ValueSet("blue"))
	}}, nil)
	run := l.startWith(client.StartWorkflowOptions{TypedSearchAttributes: temporal.NewSearchAttributes(colour.ValueSet("red"))}, "flow")
	equal(t, "seen by the workflow", result[string](l, run), "red")
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		UpsertWorkflowSearchAttributes WorkflowExecutionCompleted`)
	fields := l.describe(run).WorkflowExecutionInfo.SearchAttributes.GetIndexedFields()
	var now string
	l.must(converter.GetDefaultDataConverter().FromPayload(fields[colour.GetName()], &now))
	equal(t, "after the upsert", now, "blue")
}

func TestMemoIsKeptAndUpserted(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context) error {
		return workflow.UpsertMemo(ctx, map[string]any{"stage": "two", "extra": 1, "gone": nil})
	}}, nil)
	run := l.startWith(client.StartWorkflowOptions{Memo: map[string]any{"stage": "one", "kept": true, "gone": "soon"}}, "flow")
	l.must(run.Get(l.ctx, nil))
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		WorkflowPropertiesModified WorkflowExecutionCompleted`)
	fields := l.describe(run).WorkflowExecutionInfo.Memo.GetFields()
	var stage string
	l.must(converter.GetDefaultDataConverter().FromPayload(fields["stage"], &stage))
	equal(t, "stage", stage, "two")
	if fields["kept"] == nil || fields["extra"] == nil || fields["gone"] != nil {
		t.Errorf("memo: %v", fields)
	}
}
