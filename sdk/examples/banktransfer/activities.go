package banktransfer

import (
	"context"
	"errors"

	"github.com/tenuto-io/tenuto/sdk"
)

// Activities are the steps of a transfer. Each takes effect once per key, however often it runs.
type Activities struct {
	ledger *Ledger
}

// NewActivities returns the activities on a ledger.
func NewActivities(ledger *Ledger) *Activities { return &Activities{ledger: ledger} }

// Debit takes the amount from the account.
func (a *Activities) Debit(ctx context.Context, p Posting) (Entry, error) {
	return a.post(ctx, p, -p.Amount, false)
}

// Credit gives the amount to the account. It fails for good if the account is closed.
func (a *Activities) Credit(ctx context.Context, p Posting) (Entry, error) {
	return a.post(ctx, p, p.Amount, false)
}

// Refund gives the amount back to the account it was taken from, even if that was closed meanwhile.
func (a *Activities) Refund(ctx context.Context, p Posting) (Entry, error) {
	return a.post(ctx, p, p.Amount, true)
}

func (a *Activities) post(ctx context.Context, p Posting, amount Cents, evenIfClosed bool) (Entry, error) {
	entry, err := a.ledger.Post(ctx, Posting{Key: p.Key, Account: p.Account, Amount: amount}, evenIfClosed)
	return entry, forGood(err)
}

// forGood marks the failures that no retry cures. The messages name no account: they may be shown where the
// payloads are not readable.
func forGood(err error) error {
	for kind, errorType := range map[error]string{
		ErrInsufficientFunds: TypeInsufficientFunds,
		ErrNoAccount:         TypeNoAccount,
		ErrAccountClosed:     TypeAccountClosed,
		ErrKeyReused:         TypeKeyReused,
	} {
		if errors.Is(err, kind) {
			return sdk.NewNonRetryableError(kind.Error(), errorType, nil)
		}
	}
	return err
}
