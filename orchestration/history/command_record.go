package history

import (
	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

func judgeMarker(_ *plan, c *commandpb.Command) *refusal {
	a := c.GetRecordMarkerCommandAttributes()
	if a.GetMarkerName() == "" {
		return refuse(c, "MarkerName is not set on RecordMarkerCommand.")
	}
	return judgeLength(c, named{"MarkerName", a.MarkerName})
}

func recordMarker(o *orders, c *commandpb.Command) {
	a := c.GetRecordMarkerCommandAttributes()
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_MARKER_RECORDED,
		Attributes: &historypb.HistoryEvent_MarkerRecordedEventAttributes{
			MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{
				MarkerName:                   a.MarkerName,
				Details:                      a.Details,
				WorkflowTaskCompletedEventId: o.completedID,
				Header:                       a.Header,
				Failure:                      a.Failure,
			},
		},
	})
}

func judgeUpsertSearch(p *plan, c *commandpb.Command) *refusal {
	fields := c.GetUpsertWorkflowSearchAttributesCommandAttributes().GetSearchAttributes().GetIndexedFields()
	if len(fields) == 0 {
		return refuse(c, "IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.")
	}
	if bad := p.judgeSearch(c, fields); bad != nil {
		return bad
	}
	p.search = searchAttrs{&commonpb.SearchAttributes{IndexedFields: mergeFields(p.search.msg.GetIndexedFields(), fields)}}
	if size := proto.Size(p.search.msg); size > orchestration.MaxSearchAttributeSize {
		return refuse(c, "search attributes have %d bytes, the limit is %d", size, orchestration.MaxSearchAttributeSize)
	}
	return nil
}

// judgeSearch judges the search attributes that a command sets, here or in another run of the namespace.
func (p *plan) judgeSearch(c *commandpb.Command, fields map[string]*commonpb.Payload) *refusal {
	if err := p.attributes.Check(fields); err != nil {
		return &refusal{cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, message: err.Error()}
	}
	return nil
}

func upsertSearch(o *orders, c *commandpb.Command) {
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
		Attributes: &historypb.HistoryEvent_UpsertWorkflowSearchAttributesEventAttributes{
			UpsertWorkflowSearchAttributesEventAttributes: &historypb.UpsertWorkflowSearchAttributesEventAttributes{
				WorkflowTaskCompletedEventId: o.completedID,
				SearchAttributes:             c.GetUpsertWorkflowSearchAttributesCommandAttributes().SearchAttributes,
			},
		},
	})
	o.out.Visibility = true
}

func judgeModifyProperties(p *plan, c *commandpb.Command) *refusal {
	fields := c.GetModifyWorkflowPropertiesCommandAttributes().GetUpsertedMemo().GetFields()
	if len(fields) == 0 {
		return refuse(c, "UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.")
	}
	p.memo = memo{&commonpb.Memo{Fields: mergeFields(p.memo.msg.GetFields(), fields)}}
	if size := proto.Size(p.memo.msg); size > orchestration.MaxMemoSize {
		return refuse(c, "the memo has %d bytes, the limit is %d", size, orchestration.MaxMemoSize)
	}
	return nil
}

func modifyProperties(o *orders, c *commandpb.Command) {
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
		Attributes: &historypb.HistoryEvent_WorkflowPropertiesModifiedEventAttributes{
			WorkflowPropertiesModifiedEventAttributes: &historypb.WorkflowPropertiesModifiedEventAttributes{
				WorkflowTaskCompletedEventId: o.completedID,
				UpsertedMemo:                 c.GetModifyWorkflowPropertiesCommandAttributes().UpsertedMemo,
			},
		},
	})
	o.out.Visibility = true
}
