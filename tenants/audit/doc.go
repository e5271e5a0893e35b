// Package audit keeps who did what, when, from where, and with what result.
//
//	control plane   a change of tenants, people, rights, keys, namespaces ─▶ one transaction with the change itself
//	data plane      a call ─▶ Recorder.Note ─▶ bounded queue in memory ─▶ one transaction a second ─┐
//	                                                                                                ▼
//	Journal         one chain per tenant:  anchor ◀─ 1 ◀─ 2 ◀─ 3 ◀─ … ◀─ head
//
// Each record has the number after, and covers the hash of, the record before it in its tenant's chain:
//
//	hash(n) = SHA-256(hash(n-1) | tenant | n | every field of the event, each with its length)
//
// The chain's head says how far it goes. Who writes holds the head's row until its commit, so several nodes extend one chain exactly, in the order of their
// commits. Verify reads a chain from its anchor and names the first link that does not hold: a record that was altered, removed, inserted or moved.
// A chain shows tampering to whoever keeps a link of it elsewhere: Verify takes such a link and looks for it. Who may write the database and computes
// the whole chain anew is found out by that alone.
//
// What may be lost: at kill -9, calls of the data plane of the last FlushEvery and the batch that is being written; and calls that come while the queue is
// full, and refused calls beyond refusedRate of one principal, which are counted, and recorded as a number. Nothing at an orderly stop, and nothing of the control plane ever.
//
// Secrets and payloads are in no record: a call is recorded by its ids, a change by the fields that a person may read.
package audit
