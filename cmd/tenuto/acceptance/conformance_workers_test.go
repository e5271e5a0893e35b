package acceptance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// workersOf lists the workers of the lab's queue, as far as a further condition holds.
func (l *lab) workersOf(condition string) ([]*workerpb.WorkerListInfo, error) {
	query := fmt.Sprintf("TaskQueue = '%s'", l.queue)
	if condition != "" {
		query += " AND " + condition
	}
	list, err := l.service().ListWorkers(l.ctx, &workflowservice.ListWorkersRequest{Namespace: namespace, Query: query})
	return list.GetWorkers(), err
}

// TestWorkersReportThemselves: the official SDK asks the namespace whether it may, and does; and says goodbye.
func TestWorkersReportThemselves(t *testing.T) {
	l := newLab(t)
	c, err := client.Dial(client.Options{HostPort: l.address, Namespace: namespace, Logger: quiet(), WorkerHeartbeatInterval: time.Second})
	l.must(err)
	t.Cleanup(c.Close)
	l.client = c
	w := l.workWith(worker.Options{Identity: "the-worker"}, code{"flow": oneStep}, code{"step": greet})
	equal(t, "result", result[string](l, l.start("flow", "all")), "hello all")
	var listed *workerpb.WorkerListInfo
	eventually(t, func() error {
		found, err := l.workersOf("Status = 'Running' AND SdkName STARTS_WITH 'temporal-go'")
		if err != nil || len(found) != 1 {
			return fmt.Errorf("workers %v, %v", found, err)
		}
		listed = found[0]
		return nil
	})
	equal(t, "identity", listed.WorkerIdentity, "the-worker")
	if listed.HostName == "" || listed.WorkerInstanceKey == "" || listed.StartTime == nil {
		t.Errorf("listed as %v", listed)
	}
	eventually(t, func() error { // the next heartbeat tells what was done
		d, err := l.service().DescribeWorker(l.ctx, &workflowservice.DescribeWorkerRequest{Namespace: namespace, WorkerInstanceKey: listed.WorkerInstanceKey})
		if err != nil {
			return err
		}
		if h := d.WorkerInfo.GetWorkerHeartbeat(); h.GetWorkflowTaskSlotsInfo().GetTotalProcessedTasks() == 0 || h.GetHostInfo().GetProcessId() == "" {
			return fmt.Errorf("described as %v", h)
		}
		return nil
	})
	w.Stop()
	eventually(t, func() error {
		found, err := l.workersOf("Status IN ('ShuttingDown', 'Shutdown')")
		if err != nil || len(found) != 1 {
			return fmt.Errorf("workers that said goodbye: %v, %v", found, err)
		}
		return nil
	})
}

// TestWorkersByPage, counted and described, whichever node hears of them and is asked.
func TestWorkersByPage(t *testing.T) {
	l := newLab(t)
	const workers = 5
	for i := range workers {
		_, err := l.service().RecordWorkerHeartbeat(l.ctx, &workflowservice.RecordWorkerHeartbeatRequest{
			Namespace: namespace, Identity: "by hand", WorkerHeartbeat: []*workerpb.WorkerHeartbeat{{
				WorkerInstanceKey: fmt.Sprint(l.queue, "-", i), TaskQueue: l.queue, Status: enumspb.WORKER_STATUS_RUNNING,
				StartTime: timestamppb.New(time.Unix(int64(i), 0)), HeartbeatTime: timestamppb.Now(),
			}},
		})
		l.must(err)
	}
	query := fmt.Sprintf("TaskQueue = '%s' AND StartTime >= '1970-01-01T00:00:01Z'", l.queue)
	count, err := l.service().CountWorkers(l.ctx, &workflowservice.CountWorkersRequest{Namespace: namespace, Query: query})
	l.must(err)
	equal(t, "count", count.Count, workers-1)
	var keys []string
	var token []byte
	for pages := 0; pages == 0 || len(token) > 0; pages++ {
		page, err := l.service().ListWorkers(l.ctx, &workflowservice.ListWorkersRequest{Namespace: namespace, Query: query, PageSize: 3, NextPageToken: token})
		l.must(err)
		for _, w := range page.Workers {
			keys = append(keys, w.WorkerInstanceKey)
		}
		token = page.NextPageToken
	}
	equal(t, "listed", fmt.Sprint(keys), fmt.Sprintf("[%[1]s-1 %[1]s-2 %[1]s-3 %[1]s-4]", l.queue))
	_, err = l.service().DescribeWorker(l.ctx, &workflowservice.DescribeWorkerRequest{Namespace: namespace, WorkerInstanceKey: l.queue})
	var missing *serviceerror.NotFound
	if !errors.As(err, &missing) {
		t.Errorf("a worker that nobody heard of: %v", err)
	}
	_, err = l.service().CountWorkers(l.ctx, &workflowservice.CountWorkersRequest{Namespace: namespace, Query: "Mood = 'good'"})
	var invalid *serviceerror.InvalidArgument
	if !errors.As(err, &invalid) {
		t.Errorf("a bad query: %v", err)
	}
}
