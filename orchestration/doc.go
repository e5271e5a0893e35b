// Package orchestration is the vocabulary of the engine: the identities, tokens and errors that its rooms share.
//
//	engine      the only door in: one file per verb
//	  shard       owns workflows: actors, commit lanes, timers, recovery
//	    history     the pure state machine of one run
//	  matching    task queues: who waits for work, what waits for workers
//	  visibility  the list filter, from text to SQL
//	  store       the storage contract and its drivers
//
// The engine's law: nothing is acknowledged, dispatched or notified before its commit.
package orchestration
