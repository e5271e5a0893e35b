package machine

import (
	"maps"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
)

// UpsertSearchAttributes asks for a change of the run's search attributes.
func (r *Run) UpsertSearchAttributes(attributes *commonpb.SearchAttributes) {
	r.mutating("UpsertSearchAttributes")
	r.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
		Attributes: &commandpb.Command_UpsertWorkflowSearchAttributesCommandAttributes{
			UpsertWorkflowSearchAttributesCommandAttributes: &commandpb.UpsertWorkflowSearchAttributesCommandAttributes{SearchAttributes: attributes},
		},
	})
}

// UpsertMemo asks for a change of the run's memo. Fields with an empty payload are removed.
func (r *Run) UpsertMemo(memo *commonpb.Memo) {
	r.mutating("UpsertMemo")
	r.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
		Attributes: &commandpb.Command_ModifyWorkflowPropertiesCommandAttributes{
			ModifyWorkflowPropertiesCommandAttributes: &commandpb.ModifyWorkflowPropertiesCommandAttributes{UpsertedMemo: memo},
		},
	})
	merged := maps.Clone(r.memo)
	if merged == nil {
		merged = make(map[string]*commonpb.Payload)
	}
	for key, value := range memo.GetFields() {
		if isNull(value) {
			delete(merged, key)
		} else {
			merged[key] = value
		}
	}
	r.memo = merged
}

// isNull tells the payload that stands for no value.
func isNull(payload *commonpb.Payload) bool {
	return string(payload.GetMetadata()["encoding"]) == "binary/null"
}
