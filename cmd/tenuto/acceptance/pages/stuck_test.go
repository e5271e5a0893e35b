package pages

import (
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdkclient "go.temporal.io/sdk/client"
)

// A workflow whose code fails, and one whose queue nobody polls, are listed with why; the reason leads to the run and to its queue.
func TestStuckJourney(t *testing.T) {
	s := serve(t)
	b := s.browse()
	b.open("/t/default/ns/default/stuck")
	b.shows("Nothing stands still")
	b.sound("stuck-none")
	c := s.dial("default")
	for _, id := range []string{"order-1", "order-2"} {
		_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: id, TaskQueue: "orders-of-" + id}, "Order")
		must(t, err)
	}
	task, err := c.WorkflowService().PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: "default", TaskQueue: &taskqueuepb.TaskQueue{Name: "orders-of-order-1"}, Identity: "4711@shop",
	})
	must(t, err)
	_, err = c.WorkflowService().RespondWorkflowTaskFailed(t.Context(), &workflowservice.RespondWorkflowTaskFailedRequest{
		Namespace: "default", TaskToken: task.TaskToken, Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, Identity: "4711@shop",
		Failure: &failurepb.Failure{Message: "lookup failed for scheduledEventID to activityID: scheduleEventID: 7"},
	})
	must(t, err)
	b.open("/t/default/ns/default/stuck")
	b.shows("(non-determinism), noticed at event 4: lookup failed for scheduledEventID")
	b.shows("Its workflow task waits in queue orders-of-order-2. No worker has polled it since the server started.") // once it has waited for long
	b.sound("stuck")
	b.fill("#query", "Color = 'red'")
	b.follow("Look")
	b.shows("Color")
	b.open("/t/default/ns/default/stuck?query=WorkflowId+%3D+'order-1'")
	b.shows("looked at 1 of 1 running")
	b.follow("order-1")
	b.shows("(non-determinism), noticed at event 4: lookup failed for scheduledEventID") // the run's own page says so, too
	b.shows("Timeline")
	b.sound("run-stuck")
	b.open("/t/default/ns/default/stuck")
	b.shows("orders-of-order-2")
	b.press("[data-tick-all]")
	b.follow("Do to the ticked")
	b.shows("2 runs that are ticked")
}
