// Package sdk is the vocabulary that workflows, activities and clients share: the errors they see and the retry policy
// they write. The runtime is in the packages below it.
//
//	client     start, signal, query and await workflows            ─┐
//	worker     polls for tasks and runs registered functions        ├─ gRPC ─ any Temporal-compatible server
//	workflow   what deterministic code may call                    ─┘
//	activity   what ordinary code may call while it is a step
//	opentelemetry  trace contexts, carried as official SDKs do
//	converter  values ⇄ payloads, errors ⇄ failures, payload codecs
//
// # Errors
//
// A failure travels as a chain. The error that a caller gets wraps what the callee returned, so that errors.As reaches any
// link:
//
//	client:    *WorkflowExecutionError → *ActivityError → *ApplicationError
//	workflow:  *ActivityError → *TimeoutError | *CanceledError | *ApplicationError | …
//
// Every link that is a pointer type of this package works with errors.As. In addition errors.Is(err, context.Canceled) holds
// for a [CanceledError] and errors.Is(err, context.DeadlineExceeded) for a [TimeoutError] anywhere in the chain.
package sdk
