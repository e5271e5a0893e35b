package pages

import (
	"testing"

	sdkclient "go.temporal.io/sdk/client"
)

// Runs are counted beside their list, found by fields, by a query and by their ids; fields and query show what the other said.
func TestWorkflowsJourney(t *testing.T) {
	s := serve(t)
	c := s.dial("default")
	for _, id := range []string{"order-1", "order-2", "refund-1"} {
		_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: id, TaskQueue: "orders"}, "Order")
		must(t, err)
	}
	must(t, c.TerminateWorkflow(t.Context(), "order-2", "", "not wanted"))
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.shows("All 3")
	b.shows("Terminated 1")
	b.sound("workflows")
	b.follow("Terminated 1")
	b.until("the status in its field", `document.querySelector("#status").value === "Terminated"`)
	b.shows("All 3") // whatever the filter's own status

	b.open("/t/default/ns/default/workflows")
	b.fill("#id", "order-")
	b.press("form.filters button")
	b.until("the query", `document.querySelector("#query")?.value === 'WorkflowId STARTS_WITH "order-"'`)
	b.shows("All 2")
	b.until("two rows", `document.querySelectorAll("tbody tr").length === 2`)

	b.fill("#query", `WorkflowId = "order-1" OR WorkflowId = "refund-1"`)
	b.press("form.filter button")
	b.shows("The fields cannot show this query")
	b.shows("Running 2")
	b.sound("workflows-query")
	b.fill("#query", `Colour = "red"`)
	b.press("form.filter button")
	b.shows(`"Colour" at position 1`)

	b.fill("#find", "refund-1")
	b.press("form.find button")
	b.until("the run", `location.pathname.includes("/workflows/refund-1/")`)
}
