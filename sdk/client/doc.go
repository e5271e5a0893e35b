// Package client starts workflows and talks to them.
//
//	c, err := client.Dial(ctx, client.Options{Address: "127.0.0.1:7233"})
//	run, err := client.ExecuteWorkflow(ctx, c, client.StartOptions{ID: "transfer-42", TaskQueue: "bank"}, TransferFunds, in)
//	receipt, err := run.Get(ctx) // of TransferFunds' result type
//
// Input and result types are inferred from the workflow function. Code that has no such function, because the workflow is
// written elsewhere, uses [ExecuteWorkflowByName] and names the result type.
//
// A client also signals, queries, updates ([UpdateWorkflow]), cancels, terminates, resets and deletes workflows, lists and counts them, starts
// them together with a signal or an update ([SignalWithStart], [UpdateWithStart]), and works on many at once ([Client.StartBatch]).
//
// # Where and who
//
// [FromEnvironment] takes address, namespace, API key and TLS from TENUTO_ADDRESS, TENUTO_NAMESPACE, TENUTO_API_KEY, TENUTO_TLS_CA and a few more,
// so that a program is the same on a laptop and in a cluster. An API key is never sent in the clear unless that is asked for.
//
// # Failures
//
// Calls survive a passing outage: they are retried until their context's deadline, or for a minute without one, always
// with the same request id, so that a start or signal takes effect once. Waiting for a result goes on until the context
// ends. What remains comes back as an error type of go.temporal.io/api/serviceerror: NotFound, NamespaceNotFound,
// InvalidArgument, ResourceExhausted, WorkflowExecutionAlreadyStarted, PermissionDenied … A workflow that ended without a
// result gives an [sdk.WorkflowExecutionError].
package client
