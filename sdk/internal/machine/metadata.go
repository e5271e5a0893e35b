package machine

import (
	"maps"
	"slices"

	sdkpb "go.temporal.io/api/sdk/v1"
)

// MetadataQuery is the query that every workflow answers with what it can be asked and sent: a WorkflowMetadata message.
const MetadataQuery = "__temporal_workflow_metadata"

// metadata names the handlers that the workflow has now, each kind sorted by name, and the built-in queries.
func (r *Run) metadata() *sdkpb.WorkflowMetadata {
	received := maps.Clone(r.signals)
	maps.DeleteFunc(received, func(_ string, s *signal) bool { return s.deliver == nil })
	queries := slices.Sorted(maps.Keys(r.queries))
	return &sdkpb.WorkflowMetadata{Definition: &sdkpb.WorkflowDefinition{
		Type:              r.Start.GetWorkflowType().GetName(),
		QueryDefinitions:  interactions(append(queries, StackTraceQuery, MetadataQuery)),
		SignalDefinitions: interactions(slices.Sorted(maps.Keys(received))),
		UpdateDefinitions: interactions(slices.Sorted(maps.Keys(r.updates.handlers))),
	}}
}

func interactions(names []string) (all []*sdkpb.WorkflowInteractionDefinition) {
	for _, name := range names {
		all = append(all, &sdkpb.WorkflowInteractionDefinition{Name: name})
	}
	return all
}
