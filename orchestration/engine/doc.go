// Package engine is the only door into orchestration: one file per verb.
//
// A verb takes domain values (never a workflowservice message), finds the workflow's owner, applies one transition of the pure state
// machine there, waits for the commit that makes its answer true, and answers. Errors are *orchestration.Error.
//
// The engine knows no tenants: the edge has turned the request's namespace into a NamespaceID and has authorised the call.
//
// With several nodes, a verb on a workflow works at the workflow's owner and returns Moved elsewhere: the edge forwards calls. What is about queues works
// at any node, and engines ask each other for it (cluster.go has the list):
//
//	a worker's poll ── reference of another node's task ──▶ task.start at the owner ──▶ the whole task, started and committed
//	                                                       task.unstart, when it did not reach the worker
//	a poll that waits ── poll.lend, to an owner whose tasks were worked at here ──▶ task.carry: a task, started in the commit that made it ready
//	a query ── nobody polls here ──▶ query.hand at a node where somebody does ──▶ the worker's answer goes to the owner, where the asker waits
//	an order on many runs ── sorted by owner ──▶ runs.order at each ──▶ what became of each run
//	what many runs wait for ── likewise ──▶ runs.look
//	a queue's description, the queues that are known, the workers that were heard of, what a namespace did lately, a worker's goodbye, news of a queue's configuration ──▶ every node
package engine
