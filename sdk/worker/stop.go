package worker

import (
	"context"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// afterCancel is the time that activities get to return once their contexts were canceled.
const afterCancel = time.Second

// pollsReturn is the time that a server gets to answer the waiting polls of a worker that signed off.
const pollsReturn = time.Second

// Stop ends the polls, gives the sticky queue back to the server, and waits for what runs: for GracefulStopTimeout, then,
// with canceled contexts, for another second. What still runs then is left behind, and the server will hand it to another
// worker. Stopping twice, or a worker that was never started, does nothing.
func (w *Worker) Stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.started || w.stopped {
		return
	}
	w.stopped = true
	w.endPolls()
	if w.workflows != nil {
		// Whatever way this ends: cached runs hold goroutines, and their tasks now go to other workers.
		defer w.workflows.processor.Close()
		defer w.workflows.cancelTasks()
	}
	finished := closedAfter(&w.running)
	if within(finished, w.options.GracefulStopTimeout) {
		return
	}
	if w.workflows != nil {
		w.workflows.cancelTasks()
	}
	if w.activities != nil {
		w.activities.cancelAll(activity.ErrWorkerStopped)
	}
	if !within(finished, afterCancel) {
		w.logger.Warn("worker left activities behind that do not heed their contexts")
	}
}

// endPolls lets the server answer the waiting polls if it can. To break one off may lose a task that is on its way, which
// is then given to another worker only after its timeout.
func (w *Worker) endPolls() {
	w.stopAccepting()
	w.signOff()
	ended := closedAfter(&w.polls)
	if w.pollsComplete {
		within(ended, pollsReturn)
	}
	w.stopPolling()
	<-ended
}

// signOff tells the server not to wait for this worker any more. It is a courtesy: without it, the next task of each cached
// workflow waits for the sticky timeout.
func (w *Worker) signOff() {
	ctx, cancel := context.WithTimeout(rpc.Once(context.Background()), 2*time.Second)
	defer cancel()
	request := &workflowservice.ShutdownWorkerRequest{
		Namespace:         w.client.Namespace(),
		Identity:          w.options.Identity,
		Reason:            "graceful stop",
		WorkerInstanceKey: w.instance,
		TaskQueue:         w.taskQueue,
	}
	if w.describes {
		request.WorkerHeartbeat = w.describe(time.Now(), enumspb.WORKER_STATUS_SHUTTING_DOWN)
	}
	if w.workflows != nil {
		request.StickyTaskQueue = w.workflows.stickyQueue
		request.TaskQueueTypes = append(request.TaskQueueTypes, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	}
	if w.activities != nil {
		request.TaskQueueTypes = append(request.TaskQueueTypes, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
	}
	if _, err := w.service.ShutdownWorker(ctx, request); err != nil {
		w.logger.Debug("the server did not take the worker's sign-off", "error", err)
	}
}

func closedAfter(group *sync.WaitGroup) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	return done
}

func within(done <-chan struct{}, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
