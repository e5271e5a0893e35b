// Package fill puts runs into a store as the engine would have left them, for measuring what a full database costs.
//
//	makers, one per CPU:  history's state machine -> the rows of a run -> batches of 512
//	lanes:                batches -> store.Commit
//
// With Config.Attributes every run has search attributes, some with values that few runs have, some with values that most have; lists.go measures lists of them.
//
// It goes through the store's contract, not through the API, which would take minutes for what this does in one, and not through SQL, which would be a
// second opinion of what a run looks like. A closed run is a workflow of one activity, in the four batches of events that its four commits would have made;
// an open one sleeps on a timer for 30 to 60 days, and has a wake row. Start times are spread over the last day, in order.
//
// Its lanes are of node 0, which no server is, so it does not fence one. A server that runs meanwhile finds the open runs when their timers come near.
package fill
