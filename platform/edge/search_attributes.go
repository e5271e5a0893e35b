package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/search"
)

// AddSearchAttributes defines search attributes of a namespace. Repeating a definition is fine.
func (s *operatorService) AddSearchAttributes(ctx context.Context, r *operatorservice.AddSearchAttributesRequest) (*operatorservice.AddSearchAttributesResponse, error) {
	if len(r.GetSearchAttributes()) == 0 {
		return nil, invalid("SearchAttributes are not set on request.")
	}
	if err := s.namespaces.AddSearchAttributes(ctx, namespaceOf(ctx).name, r.GetSearchAttributes()); err != nil {
		return nil, directoryError(err)
	}
	return &operatorservice.AddSearchAttributesResponse{}, nil
}

// RemoveSearchAttributes takes definitions back.
func (s *operatorService) RemoveSearchAttributes(ctx context.Context, r *operatorservice.RemoveSearchAttributesRequest) (*operatorservice.RemoveSearchAttributesResponse, error) {
	if len(r.GetSearchAttributes()) == 0 {
		return nil, invalid("SearchAttributes are not set on request.")
	}
	if err := s.namespaces.RemoveSearchAttributes(ctx, namespaceOf(ctx).name, r.GetSearchAttributes()); err != nil {
		return nil, directoryError(err)
	}
	return &operatorservice.RemoveSearchAttributesResponse{}, nil
}

// ListSearchAttributes tells the attributes that runs of a namespace can be found by: its own, and those that every namespace has.
func (s *operatorService) ListSearchAttributes(ctx context.Context, _ *operatorservice.ListSearchAttributesRequest) (*operatorservice.ListSearchAttributesResponse, error) {
	n, err := s.namespaces.Describe(ctx, namespaceOf(ctx).name)
	if err != nil {
		return nil, directoryError(err)
	}
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: n.Attributes, SystemAttributes: search.BuiltIn()}, nil
}

// GetSearchAttributes tells the attributes that every namespace has. Its request, older than attributes of namespaces, names none.
func (s *workflowService) GetSearchAttributes(context.Context, *workflowservice.GetSearchAttributesRequest) (*workflowservice.GetSearchAttributesResponse, error) {
	return &workflowservice.GetSearchAttributesResponse{Keys: map[string]enumspb.IndexedValueType(search.BuiltIn())}, nil
}
