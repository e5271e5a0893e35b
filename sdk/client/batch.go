package client

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/google/uuid"
	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/emptypb"
)

var errOneTarget = errors.New("client: a batch needs a filter or a list of executions, and not both")

// BatchOptions say on which workflows a batch operation works.
type BatchOptions struct {
	// Filter selects workflows as [Client.List] does. It or Executions is required.
	Filter string
	// Executions are workflows by their ids. An empty run id means the latest run.
	Executions []*commonpb.WorkflowExecution
	// JobID names the batch within the namespace. Default: a random UUID.
	JobID string
	// Reason is kept with the batch.
	Reason string
	// MaxPerSecond bounds the operations in a second. Zero: the server's limit.
	MaxPerSecond float32
}

// BatchOperation is what a batch does with each workflow.
type BatchOperation func(c *Client, request *workflowservice.StartBatchOperationRequest) error

// BatchSignal sends a signal.
func BatchSignal(name string, args ...any) BatchOperation {
	return func(c *Client, request *workflowservice.StartBatchOperationRequest) error {
		input, err := c.options.DataConverter.ToPayloads(args...)
		if err != nil {
			return fmt.Errorf("client: signal %s: %w", name, err)
		}
		request.Operation = &workflowservice.StartBatchOperationRequest_SignalOperation{
			SignalOperation: &batchpb.BatchOperationSignal{Signal: name, Input: input, Identity: c.options.Identity},
		}
		return nil
	}
}

// BatchCancel asks workflows to end.
func BatchCancel() BatchOperation {
	return func(c *Client, request *workflowservice.StartBatchOperationRequest) error {
		request.Operation = &workflowservice.StartBatchOperationRequest_CancellationOperation{
			CancellationOperation: &batchpb.BatchOperationCancellation{Identity: c.options.Identity},
		}
		return nil
	}
}

// BatchTerminate ends workflows at once.
func BatchTerminate(details ...any) BatchOperation {
	return func(c *Client, request *workflowservice.StartBatchOperationRequest) error {
		payloads, err := c.options.DataConverter.ToPayloads(details...)
		if err != nil {
			return fmt.Errorf("client: termination details: %w", err)
		}
		request.Operation = &workflowservice.StartBatchOperationRequest_TerminationOperation{
			TerminationOperation: &batchpb.BatchOperationTermination{Details: payloads, Identity: c.options.Identity},
		}
		return nil
	}
}

// BatchDelete removes workflows with their histories.
func BatchDelete() BatchOperation {
	return func(c *Client, request *workflowservice.StartBatchOperationRequest) error {
		request.Operation = &workflowservice.StartBatchOperationRequest_DeletionOperation{
			DeletionOperation: &batchpb.BatchOperationDeletion{Identity: c.options.Identity},
		}
		return nil
	}
}

// BatchReset begins workflows again from the end of their first or last workflow task. Of the options only Point, which must be one of these,
// WithoutSignals and WithoutUpdates matter.
func BatchReset(options ResetOptions) BatchOperation {
	return func(c *Client, request *workflowservice.StartBatchOperationRequest) error {
		reset := &commonpb.ResetOptions{ResetReapplyExcludeTypes: options.excluded()}
		switch options.Point {
		case FirstWorkflowTask:
			reset.Target = &commonpb.ResetOptions_FirstWorkflowTask{FirstWorkflowTask: &emptypb.Empty{}}
		case LastWorkflowTask:
			reset.Target = &commonpb.ResetOptions_LastWorkflowTask{LastWorkflowTask: &emptypb.Empty{}}
		default:
			return errors.New("client: workflows are reset together to their first or their last workflow task")
		}
		request.Operation = &workflowservice.StartBatchOperationRequest_ResetOperation{
			ResetOperation: &batchpb.BatchOperationReset{Identity: c.options.Identity, Options: reset},
		}
		return nil
	}
}

// StartBatch begins an operation on many workflows and returns its job id without waiting.
func (c *Client) StartBatch(ctx context.Context, options BatchOptions, operation BatchOperation) (jobID string, err error) {
	if (options.Filter == "") == (len(options.Executions) == 0) {
		return "", errOneTarget
	}
	if options.JobID == "" {
		options.JobID = uuid.NewString()
	}
	request := &workflowservice.StartBatchOperationRequest{
		Namespace: c.options.Namespace, JobId: options.JobID, Reason: options.Reason, MaxOperationsPerSecond: options.MaxPerSecond,
		VisibilityQuery: options.Filter, Executions: options.Executions,
	}
	if err := operation(c, request); err != nil {
		return "", err
	}
	_, err = c.service.StartBatchOperation(ctx, request)
	return options.JobID, err
}

// StopBatch ends a batch before it is done. What it has done stays done.
func (c *Client) StopBatch(ctx context.Context, jobID, reason string) error {
	_, err := c.service.StopBatchOperation(ctx, &workflowservice.StopBatchOperationRequest{
		Namespace: c.options.Namespace, JobId: jobID, Reason: reason, Identity: c.options.Identity,
	})
	return err
}

// DescribeBatch returns how far a batch has come.
func (c *Client) DescribeBatch(ctx context.Context, jobID string) (*workflowservice.DescribeBatchOperationResponse, error) {
	return c.service.DescribeBatchOperation(ctx, &workflowservice.DescribeBatchOperationRequest{
		Namespace: c.options.Namespace, JobId: jobID,
	})
}

// ListBatches yields the batches of the namespace, page by page. It yields an error last, if one occurs.
func (c *Client) ListBatches(ctx context.Context) iter.Seq2[*batchpb.BatchOperationInfo, error] {
	return pages(func(token []byte) ([]*batchpb.BatchOperationInfo, []byte, error) {
		response, err := c.service.ListBatchOperations(ctx, &workflowservice.ListBatchOperationsRequest{
			Namespace: c.options.Namespace, NextPageToken: token,
		})
		return response.GetOperationInfo(), response.GetNextPageToken(), err
	})
}
