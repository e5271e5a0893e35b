// Package banktransfer moves money between two accounts in a way that survives any crash.
//
//	TransferFunds:  Debit ── hold ── Credit ── done
//	                  │        │        │ fails for good
//	                  │        └────────┴── Refund ── failed, with the money back
//	                  └ fails for good ── failed, nothing moved
//
// The workflow says what happens, in order; the activities do it, each on a ledger whose entries have keys. A step may run
// twice, because its worker died before it could report; the second time the ledger finds the key and answers with the
// first entry. So every step takes effect once, whatever is killed.
//
// While it holds, the workflow can be ended by the signal "abort" or by a cancellation, and it answers the query "progress"
// at any time.
//
// # Cases to try
//
//   - A transfer of more than the balance fails in Debit with the type InsufficientFunds, and nothing moves.
//   - A transfer to the account [Closed] fails in Credit for good, and Refund puts the money back: type TransferRefunded.
//   - A transfer with a Hold that gets the signal "abort" is refunded too: type TransferAborted.
//
// The program in cmd/banktransfer runs it against any server of the protocol, in one process or in several.
package banktransfer
