package pages

import (
	"net/url"
	"strconv"
	"testing"

	sdkclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
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

	b.open("/t/default/ns/default/workflows")
	b.follow("Running for more than a day")
	b.shows("No run matches.")
	b.shows("Order: oldest start first.")
	b.follow("Failed in the last day")
	b.shows("Order: newest close first.")
	b.shows("No run matches.")
	b.follow("Running")
	b.until("two rows", `document.querySelectorAll("tbody tr").length === 2`)
	b.sound("workflows-view")

	b.fill("#find", "refund-1")
	b.press("form.find button")
	b.until("the run", `location.pathname.includes("/workflows/refund-1/")`)
}

// Columns and order are chosen; the address has them, and filters, counts and pages keep them.
func TestColumnsJourney(t *testing.T) {
	s := serve(t)
	c := s.dial("default")
	for i := range 60 {
		_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: "order-" + strconv.Itoa(100+i), TaskQueue: "orders"}, "Order")
		must(t, err)
	}
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.shows("newest start first")
	b.follow("Columns and order")
	b.press(`input[value="queue"]`)
	b.press(`input[value="run"]`)
	b.sound("workflows-choosing-columns")
	b.evaluate(`document.querySelector("#layout-sort").value = "WorkflowId ASC"`)
	b.follow("Show")
	b.shows("Task queue")
	b.until("the first by its id", `document.querySelector("tbody td.id").innerText === "order-100"`)
	b.until("no run id", `!document.querySelector("thead").innerText.includes("Run id")`)
	b.sound("workflows-columns")
	b.follow("Next page")
	b.until("the next by its id", `document.querySelector("tbody td.id").innerText === "order-150"`)
	b.follow("Running 60")
	b.until("the first by its id", `document.querySelector("tbody td.id").innerText === "order-100" && document.querySelector("thead").innerText.includes("Task queue")`)
	b.fill("#id", "order-11")
	b.press("form.filters button")
	b.until("ten in that order", `document.querySelectorAll("tbody tr").length === 10 && document.querySelector("tbody td.id").innerText === "order-110"`)
	b.until("the column", `document.querySelector("thead").innerText.includes("Task queue")`)
}

// Some runs are ticked and cancelled, then all that match are terminated, each as a job whose page shows how it gets on.
func TestBulkJourney(t *testing.T) {
	s := serve(t)
	c := s.dial("default")
	for _, id := range []string{"order-1", "order-2", "refund-1"} {
		_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: id, TaskQueue: "orders"}, "Order")
		must(t, err)
	}
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("Do to the ticked")
	b.shows("No row is ticked.")
	b.open("/t/default/ns/default/workflows")
	b.press("[data-tick-all]")
	b.until("all are ticked", `document.querySelectorAll("input[name=run]:checked").length === 3`)
	b.press(`input[value$=":order-1"]`)
	b.until("some are", `document.querySelector("[data-tick-all]").indeterminate`)
	b.press(`input[value$=":order-1"]`)
	b.press("[data-tick-all]")
	b.until("none is ticked", `document.querySelectorAll("input[name=run]:checked").length === 0`)
	b.press(`input[value$=":order-2"]`)
	b.press(`input[value$=":refund-1"]`)
	b.follow("Do to the ticked")
	b.shows("2 runs that are ticked")
	b.sound("bulk-ticked")
	b.evaluate(`document.querySelector("#bulk-do").value = "cancel"`)
	b.fill("#bulk-reason", "sold out")
	b.follow("Start the job")
	b.shows("The job is started.")
	b.shows("Cancel")

	b.open("/t/default/ns/default/workflows?query=" + url.QueryEscape(`WorkflowId STARTS_WITH "order-"`))
	b.follow("Do to all that match")
	b.shows("All 2 runs that match now, 2 of them running")
	b.evaluate(`document.querySelector("#bulk-do").value = "terminate"`)
	b.fill("#bulk-reason", "the shop is closed")
	b.follow("Start the job")
	b.shows("Type the name default to confirm.")
	b.sound("bulk-refused")
	b.fill("#bulk-confirm", "default")
	b.follow("Start the job")
	b.shows("The job is started.")
	b.open("/t/default/ns/default/workflows")
	b.until("both ended", `(() => { if (document.body.innerText.includes("Terminated 2")) return true; if (document.readyState === "complete" && document.body.innerText.includes("All 3")) location.reload() })()`)

	b.press(`input[value$=":order-1"]`)
	b.follow("Do to the ticked")
	b.shows("One run that is ticked")
	b.evaluate(`document.querySelector("#bulk-do").value = "reset-last"`)
	b.fill("#bulk-reason", "it never began")
	b.fill("#bulk-confirm", "default")
	b.follow("Start the job")
	b.shows("The job is started.")
	b.shows("is not the start, completion, failure or time-out of a workflow task")
	b.sound("batch-failed")
}

// A workflow is started by hand, from an empty list on: an input that is no JSON is refused, and what was typed is still there.
func TestStartJourney(t *testing.T) {
	s := serve(t)
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.shows("No worker polls a task queue here.")
	b.sound("first-steps")
	w := worker.New(s.dial("default"), "settlements", worker.Options{})
	w.RegisterWorkflowWithOptions(settle, workflow.RegisterOptions{Name: "Settle"})
	must(t, w.Start())
	t.Cleanup(w.Stop)
	b.shows("Workers poll settlements.") // by itself
	b.follow("Start a workflow")
	b.shows("Empty: one is made.")
	b.sound("start")
	b.fill("#start-type", "Settle")
	b.fill("#start-queue", "settlements")
	b.fill("#start-id", "by-hand")
	b.write("#start-input", "forty")
	b.follow("Start")
	b.shows("Input is no JSON")
	b.sound("start-refused")
	b.write("#start-input", "40")
	b.follow("Start")
	b.shows("The run is started.")
	b.follow("Data")
	b.shows("40")
}

// A list is kept by a name, shown to all, and removed.
func TestSavedViewsJourney(t *testing.T) {
	s := serve(t)
	_, err := s.dial("default").ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: "order-1", TaskQueue: "orders"}, "Order")
	must(t, err)
	b := s.browse()
	b.open("/t/default/ns/default/workflows?columns=id&columns=queue&sort=WorkflowId+ASC&query=" + url.QueryEscape(`WorkflowType = "Order"`))
	b.follow("Save this view")
	b.fill("#view-name", "Orders <by id>")
	b.follow("Save")
	b.shows("The view is saved.")
	b.shows("Task queue")
	b.sound("workflows-view-saved")
	b.open("/t/default/ns/default/workflows")
	b.follow("Orders <by id>")
	b.until("the view", `document.querySelector("thead").innerText.includes("Task queue") && document.querySelector("#query").value === 'WorkflowType = "Order"'`)
	b.follow("Save this view")
	b.follow("Remove the view Orders <by id>")
	b.shows("The view is removed.")
	b.until("no such view", `!document.body.innerText.includes("by id>")`)
}

// What the list's filter finds is taken away as a file.
func TestExportJourney(t *testing.T) {
	s := serve(t)
	c := s.dial("default")
	for _, id := range []string{"order-1", "refund-1"} {
		_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: id, TaskQueue: "orders"}, "Order")
		must(t, err)
	}
	b := s.browse()
	b.open("/t/default/ns/default/workflows?query=" + url.QueryEscape(`WorkflowId = "order-1"`))
	for link, want := range map[string]string{"CSV": "Running,order-1,", "JSON lines": `"workflowId":`} {
		b.shows(link)
		b.evaluate(`fetch([...document.querySelectorAll("a")].find(a => a.innerText === "` + link + `").href).then(r => r.text()).then(t => window.file = t)`)
		b.until(link, `window.file?.includes(`+strconv.Quote(want)+`)`)
		b.until("the other run is not in it", `!window.file.includes("refund-1")`)
	}
}

// Pages and rows are reached by keys alone, which mean what they say where something is typed.
func TestKeysJourney(t *testing.T) {
	s := serve(t)
	c := s.dial("default")
	for _, id := range []string{"order-1", "order-2"} {
		_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: id, TaskQueue: "orders"}, "Order")
		must(t, err)
	}
	b := s.browse()
	b.open("/t/default/ns/default/overview")
	b.keys("?")
	b.until("the help", `document.querySelector("#keys").open`)
	b.sound("keys")
	b.keys("\x1b")
	b.until("no help", `!document.querySelector("#keys").open`)
	b.keys("gw")
	b.until("the workflows", `location.pathname.endsWith("/workflows") && document.readyState === "complete"`)
	b.keys("jj")
	b.until("the second row", `document.activeElement.innerText === "order-1"`)
	b.keys("k")
	b.until("the first row", `document.activeElement.innerText === "order-2"`)
	b.keys("/")
	b.until("the search", `document.activeElement.id === "find"`)
	b.keys("gw?j")
	// The slash is in it, too: the browser is driven by characters beside the keys, which no script can stop.
	b.until("what was typed", `document.querySelector("#find").value.endsWith("gw?j")`)
}
