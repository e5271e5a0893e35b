package pages

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	sdkclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// settle charges an account until the bank takes the money, then waits for an approval.
func settle(ctx workflow.Context, amount int) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Hour, MaximumAttempts: 9},
	})
	done := workflow.ExecuteActivity(ctx, "Charge", amount)
	if err := workflow.SetQueryHandler(ctx, "amount", func() (int, error) { return amount, nil }); err != nil {
		return "", err
	}
	var by string
	workflow.GetSignalChannel(ctx, "approve").Receive(ctx, &by)
	return by, done.Get(ctx, nil)
}

func charge(int) error { return errors.New("the bank is closed <b>") }

// settleAll settles two accounts, each by a workflow of its own.
func settleAll(ctx workflow.Context) error {
	for _, id := range []string{"invoice-1", "invoice-2"} {
		child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id})
		if err := workflow.ExecuteChildWorkflow(child, "Settle", 40).GetChildWorkflowExecution().Get(ctx, nil); err != nil {
			return err
		}
	}
	return workflow.Await(ctx, func() bool { return false })
}

// settling starts a run whose activity has failed once.
func (s *server) settling(id string) {
	c := s.dial("default")
	w := worker.New(c, "settlements", worker.Options{})
	w.RegisterWorkflowWithOptions(settle, workflow.RegisterOptions{Name: "Settle"})
	w.RegisterWorkflowWithOptions(settleAll, workflow.RegisterOptions{Name: "SettleAll"})
	w.RegisterActivityWithOptions(charge, activity.RegisterOptions{Name: "Charge"})
	must(s.t, w.Start())
	s.t.Cleanup(w.Stop)
	_, err := c.ExecuteWorkflow(s.t.Context(), sdkclient.StartWorkflowOptions{ID: id, TaskQueue: "settlements"}, "Settle", 40)
	must(s.t, err)
}

// A run whose activity fails: why is seen at once, it is paused and let go, and the run is signalled and ended.
func TestOneRunJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-7")
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-7")
	b.shows("Pending")
	b.until("the failed attempt", `(() => { if (document.body.innerText.includes('the bank is closed')) return true; location.reload() })()`)
	b.shows("waits to be retried")
	b.sound("run-pending")
	b.press(`form[action$="/pause"] button`)
	b.shows("The activity is paused")
	b.sound("run-paused")
	b.press(`form[action$="/unpause"] button`)
	b.shows("The activity goes on.")
	b.press(`form[action$="/activities/5/reset"] button`)
	b.shows("The activity begins anew.")

	b.follow("Signal")
	b.fill("#signal-name", "approve")
	b.write("#signal-input", "ada")
	b.follow("Send the signal")
	b.shows("Input is no JSON")
	b.sound("run-signal-refused")
	b.write("#signal-input", `"ada"`)
	b.follow("Send the signal")
	b.shows("The signal is delivered.")
	b.shows("Arrived")
	b.sound("run")

	b.follow("History")
	b.shows("WorkflowExecutionSignaled")
	b.press(`#event-1 summary`)
	b.shows(`"workflowType"`)
	b.sound("run-history")
	b.follow("Compact")
	b.shows("Arrived")
	b.sound("run-history-compact")
	b.follow("JSON")
	b.shows("EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED")
	b.sound("run-history-json")
	b.follow("Timeline")

	b.follow("Terminate")
	b.fill("#terminate-confirm", "invoice-7")
	b.follow("Terminate the run")
	b.shows("The run is terminated.")
	b.shows("The run is closed")
	b.sound("run-closed")
}

// A pending activity gets other options by hand, and its original ones back.
func TestActivityOptionsJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-9")
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-9")
	b.shows("Pending")
	b.until("the failed attempt", `(() => { if (document.body.innerText.includes('the bank is closed')) return true; location.reload() })()`)
	b.shows("of 9")
	b.press(`a[href$="/activities/5/options"]`)
	b.shows("Options of activity Charge 5")
	b.until("what they are", `document.querySelector('#options-start_to_close').value === '1m' && document.querySelector('#options-interval').value === '1h'`)
	b.sound("activity-options")
	b.fill("#options-start_to_close", "soon")
	b.follow("Change the options")
	b.shows("is no duration like 90s, 5m or 1h30m.")
	b.sound("activity-options-refused")
	b.fill("#options-start_to_close", "30s")
	b.fill("#options-attempts", "7")
	b.fill("#options-interval", "100ms")
	b.fill("#options-coefficient", "1")
	b.follow("Change the options")
	b.shows("The options of the activity are changed.")
	b.until("attempts that are no hour apart", `(() => { if (/[3-7] of 7/.test(document.body.innerText) || document.body.innerText.includes('Failed')) return true; location.reload() })()`)
	b.sound("run-activity-options")

	s.settling("invoice-10")
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-10")
	b.press(`a[href$="/activities/5/options"]`)
	b.fill("#options-attempts", "3")
	b.follow("Change the options")
	b.shows("of 3")
	b.press(`a[href$="/activities/5/options"]`)
	b.follow("Restore the original options")
	b.shows("The activity has its original options again.")
	b.shows("of 9")
}

// A run is reset to an event of its history, and another one is started like it.
func TestResetAndStartAgainJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-8")
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-8")
	b.follow("History")
	b.shows("WorkflowTaskCompleted")
	b.press("#event-4 summary")
	b.follow("Reset to here")
	b.shows("A new run of this workflow begins")
	b.sound("run-reset")
	b.fill("#reset-reason", "a bug in the charge")
	b.press(`form[action$="/reset"] button`)
	b.shows("Type the name invoice-8 to confirm.")
	b.fill("#reset-confirm", "invoice-8")
	b.press(`form[action$="/reset"] button`)
	b.shows("The new run begins after the event.")

	b.follow("Start another")
	b.until("the input", `document.querySelector("#again-input").value === "40"`)
	b.sound("run-again")
	b.fill("#again-id", "invoice-9")
	b.follow("Start")
	b.shows("The run is started.")
	b.shows("invoice-9")
	b.sound("run-new")
}

// What happens to a run is seen without asking for its page again, and its stream ends with it.
func TestLiveRunJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-10")
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-10")
	b.shows("Timeline")
	b.evaluate(`window.same = true`)
	b.evaluate(`document.activeElement.blur()`)
	c := s.dial("default")
	must(t, c.SignalWorkflow(t.Context(), "invoice-10", "", "approve", "ada"))
	b.shows("Arrived")
	b.follow("History")
	b.shows("WorkflowExecutionSignaled")
	b.evaluate(`window.same = true; document.activeElement.blur()`)
	must(t, c.SignalWorkflow(t.Context(), "invoice-10", "", "approve", "ada"))
	b.shows("new event")
	b.follow("Timeline")
	b.shows("Took")
	b.evaluate(`window.same = true; document.activeElement.blur()`)
	must(t, c.TerminateWorkflow(t.Context(), "invoice-10", "", "enough"))
	b.shows("Terminated")
	b.shows("enough")
	b.until("the same page", `window.same === true`)
}

// What a run was given, who works at it, and what its code says of itself.
func TestInsideOfARunJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-11")
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-11")
	b.follow("Data")
	b.shows("Argument")
	b.shows("The run has not come to one yet.")
	b.sound("run-data")
	b.follow("Query and call stack")
	b.shows("A worker of the workflow answers")
	b.sound("run-query")
	b.follow("Call stack")
	b.shows("settle(")
	b.sound("run-stack")
	b.fill("#query-name", "amount")
	b.follow("Ask")
	b.until("the answer's page", `location.search.includes("name=amount") && document.readyState === "complete"`) // the page before has an answer, too
	b.shows("Answer")
	b.shows("40")
	b.fill("#query-name", "nothing")
	b.follow("Ask")
	b.shows("unknown queryType nothing")
	b.sound("run-query-refused")
	b.press(`.subtabs a[href$="/workers"]`)
	b.shows("Who worked at it")
	b.shows("settlements")
	b.sound("run-workers")
}

// A tree of runs, from the parent to a child and back.
func TestFamilyJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-12")
	_, err := s.dial("default").ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: "month", TaskQueue: "settlements"}, "SettleAll")
	must(t, err)
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("month")
	b.follow("Family")
	b.shows("invoice-2")
	b.sound("run-family")
	b.follow("invoice-2")
	b.shows("Parent")
	b.follow("month")
	b.shows("SettleAll")
	b.shows("Child workflow")
	b.sound("run-with-children")
}

// Two runs of a kind are compared: one was signalled, the other one not.
func TestCompareJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-13")
	c := s.dial("default")
	_, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: "invoice-14", TaskQueue: "settlements"}, "Settle", 41)
	must(t, err)
	must(t, c.SignalWorkflow(t.Context(), "invoice-14", "", "approve", "ada"))
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-13")
	b.follow("Compare")
	b.fill("#compare-with", "invoice-99")
	b.press(`form[action$="/compare"] button`)
	b.shows("There is no such run in this namespace.")
	b.fill("#compare-with", "invoice-14")
	b.press(`form[action$="/compare"] button`)
	b.shows("did not happen")
	b.shows("Arrived")
	b.sound("run-compare")
}

// A run's history leaves as a file, and is looked at by that file alone.
func TestHistoryFileJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-15")
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-15")
	b.follow("History")
	b.shows("WorkflowTaskCompleted")
	b.evaluate(`fetch(document.querySelector("a[download]").href).then(r => r.text()).then(t => { document.title = t })`)
	b.until("the file", `document.title.includes('"events"')`)
	b.evaluate(`sessionStorage.setItem("file", document.title)`)
	b.follow("Open a file")
	b.shows("It is read once, shown, and not kept.")
	b.sound("history-file")
	choose := func(text string) {
		b.evaluate(`const d = new DataTransfer(); d.items.add(new File([` + text + `], "invoice-15.json")); document.querySelector("#file-file").files = d.files`)
		b.follow("Open")
	}
	choose(`"nothing"`)
	b.shows("That is no history as JSON")
	choose(`sessionStorage.getItem("file")`)
	b.shows("WorkflowTaskCompleted")
	b.shows("invoice-15.json")
	b.sound("history-file-open")
}

// A timeline is zoomed by its bars, by its form and by dragging on its axis, and the address says how far.
func TestZoomJourney(t *testing.T) {
	s := serve(t)
	s.settling("invoice-16")
	b := s.browse()
	b.open("/t/default/ns/default/workflows")
	b.follow("invoice-16")
	b.shows("Charge")
	zoomed := `new URLSearchParams(location.search).has("from")`
	b.press(".timeline tbody tr:nth-child(2) .lane a")
	b.until("the zoom to a bar", zoomed)
	b.sound("run-zoomed")
	b.follow("Whole run")
	b.until("the whole run", "!"+zoomed)
	b.fill(`#zoom [name="from"]`, "0")
	b.fill(`#zoom [name="to"]`, "20")
	b.follow("Zoom")
	b.until("the zoom by the form", `location.search === "?from=0&to=20"`)
	b.follow("Whole run")
	b.until("the whole run", `document.readyState === "complete" && !`+zoomed) // with its scripts: nothing hears what is dragged before
	b.evaluate(`const axis = document.querySelector(".axis"), box = axis.getBoundingClientRect();
		for (const [type, at] of [["pointerdown", 0.1], ["pointermove", 0.3], ["pointerup", 0.5]])
			axis.dispatchEvent(new PointerEvent(type, {bubbles: true, clientX: box.left + box.width * at}))`)
	b.until("the zoom by dragging", zoomed)
}
