package banktransfer

import (
	"time"
)

const (
	// TaskQueue is where the workers of this example poll.
	TaskQueue = "banktransfer"
	// SignalAbort ends a transfer that holds; its argument is the reason, a string.
	SignalAbort = "abort"
	// QueryProgress returns a [Progress].
	QueryProgress = "progress"
)

// Types of the errors with which a transfer fails.
const (
	// TypeInsufficientFunds: the balance is smaller than the amount. Nothing moved.
	TypeInsufficientFunds = "InsufficientFunds"
	// TypeNoAccount: there is no such account.
	TypeNoAccount = "NoAccount"
	// TypeAccountClosed: the account takes no money.
	TypeAccountClosed = "AccountClosed"
	// TypeKeyReused: the reference was used for another transfer.
	TypeKeyReused = "KeyReused"
	// TypeInvalidTransfer: the order makes no sense.
	TypeInvalidTransfer = "InvalidTransfer"
	// TypeRefunded: the credit failed for good and the money is back. The cause says why.
	TypeRefunded = "TransferRefunded"
	// TypeAborted: the transfer was aborted and the money is back, or was never taken.
	TypeAborted = "TransferAborted"
)

// Cents is an amount of money. All accounts are in one currency.
type Cents int64

// Transfer is the order to move money.
type Transfer struct {
	// Reference names the transfer in the ledger: a transfer of the same reference takes effect once.
	Reference string `json:"reference"`
	// From and To are accounts.
	From string `json:"from"`
	To   string `json:"to"`
	// Amount is positive.
	Amount Cents `json:"amount"`
	// Hold is the time between debit and credit, in which the transfer can be aborted. Zero: it goes through at once.
	Hold time.Duration `json:"hold,omitempty"`
}

// Posting is the order to change one account by one amount.
type Posting struct {
	// Key makes the posting take effect once.
	Key     string `json:"key"`
	Account string `json:"account"`
	Amount  Cents  `json:"amount"`
}

// Entry is a posting that took effect.
type Entry struct {
	Posting
	// Balance is that of the account after the posting.
	Balance Cents `json:"balance"`
}

// Receipt is what a transfer that went through returns.
type Receipt struct {
	Reference string `json:"reference"`
	Debit     Entry  `json:"debit"`
	Credit    Entry  `json:"credit"`
}

// Step is where a transfer is.
type Step string

// The steps of a transfer.
const (
	StepDebiting  Step = "debiting"
	StepHolding   Step = "holding"
	StepCrediting Step = "crediting"
	StepRefunding Step = "refunding"
	StepDone      Step = "done"
	StepFailed    Step = "failed"
)

// Progress is what the query returns.
type Progress struct {
	Step Step `json:"step"`
	// Moved is the amount that has left the sender's account and is not back.
	Moved Cents `json:"moved"`
}
