package client

import (
	"context"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// RegisterNamespace creates a namespace whose closed workflows are kept for the given time. It returns
// serviceerror.NamespaceAlreadyExists if there is one of this name. It may take some seconds until every part of a
// server knows the new namespace.
func (c *Client) RegisterNamespace(ctx context.Context, name, description string, retention time.Duration) error {
	_, err := c.service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		Description:                      description,
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	return err
}

// DescribeNamespace returns a namespace's settings. It returns serviceerror.NamespaceNotFound if there is none of this name.
func (c *Client) DescribeNamespace(ctx context.Context, name string) (*workflowservice.DescribeNamespaceResponse, error) {
	return c.service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
}
