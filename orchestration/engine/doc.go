// Package engine is the only door into orchestration: one file per verb.
//
// A verb takes domain values (never a workflowservice message), finds the workflow's owner, applies one transition of the pure state
// machine there, waits for the commit that makes its answer true, and answers. Errors are *orchestration.Error.
//
// The engine knows no tenants: the edge has turned the request's namespace into a NamespaceID and has authorised the call.
package engine
