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
	r.upsertSearchAttributes(attributes)
}

func (r *Run) upsertSearchAttributes(attributes *commonpb.SearchAttributes) {
	r.mergeSearchAttributes(attributes)
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
	r.memo = merged(r.memo, memo.GetFields(), isNull)
}

// mergeSearchAttributes notes a change of the search attributes. An empty value removes one, but stays known: a successor of the run would
// otherwise get the old value back.
func (r *Run) mergeSearchAttributes(attributes *commonpb.SearchAttributes) {
	r.searchAttributes = merged(r.searchAttributes, attributes.GetIndexedFields(), func(*commonpb.Payload) bool { return false })
}

// merged returns fields with the changes; what has gone is removed.
func merged(fields, changes map[string]*commonpb.Payload, gone func(*commonpb.Payload) bool) map[string]*commonpb.Payload {
	result := maps.Clone(fields)
	if result == nil {
		result = make(map[string]*commonpb.Payload)
	}
	for key, value := range changes {
		if gone(value) {
			delete(result, key)
		} else {
			result[key] = value
		}
	}
	return result
}

// isNull tells the payload that stands for no value.
func isNull(payload *commonpb.Payload) bool {
	return string(payload.GetMetadata()["encoding"]) == "binary/null"
}
