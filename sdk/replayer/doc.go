// Package replayer runs workflow code against recorded histories, to find out in a test whether a change of the code breaks
// workflows that are open:
//
//	r := replayer.New(replayer.Options{})
//	r.RegisterWorkflow(bank.TransferFunds)
//	file, err := os.Open("testdata/transfer.json") // from: temporal workflow show --output json
//	…
//	if err := r.ReplayJSON(file); err != nil {
//		t.Error(err) // names the event, what the history has and what the code does, and the line of code
//	}
//
// Nothing is executed: results of activities, timers, signals and side effects come from the history.
package replayer
