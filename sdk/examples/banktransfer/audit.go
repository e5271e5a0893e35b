package banktransfer

import (
	"context"
	"fmt"
	"strings"
)

// Audit is what the books say as a whole. It shows whether money was lost or a step took effect twice.
type Audit struct {
	// Total is the sum of all balances, Deposited that of the first deposits. They are equal once no transfer is under way;
	// before, the difference is on its way.
	Total, Deposited Cents
	// Wrong counts the accounts whose balance is not the sum of their entries. It is never anything but zero.
	Wrong int
	// Debits, Credits and Refunds count the postings that took effect.
	Debits, Credits, Refunds int
	// Repeats counts how often a posting was asked for again and had no further effect.
	Repeats int
	// Loose lists the references of transfers that took money and neither gave it on nor back, and of those that did both.
	// It is empty once no transfer is under way.
	Loose []string
}

// Audit reads the books in one transaction.
func (l *Ledger) Audit(ctx context.Context) (Audit, error) {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return Audit{}, fmt.Errorf("banktransfer: audit: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	var a Audit
	err = tx.QueryRowContext(ctx, `
		SELECT (SELECT coalesce(sum(balance), 0) FROM account),
		       coalesce(sum(amount) FILTER (WHERE key LIKE 'deposit/%'), 0),
		       (SELECT count(*) FROM account a
		         WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = a.name)),
		       count(*) FILTER (WHERE key LIKE '%/debit'),
		       count(*) FILTER (WHERE key LIKE '%/credit'),
		       count(*) FILTER (WHERE key LIKE '%/refund'),
		       coalesce(sum(repeats) FILTER (WHERE key NOT LIKE 'deposit/%'), 0)
		  FROM entry`,
	).Scan(&a.Total, &a.Deposited, &a.Wrong, &a.Debits, &a.Credits, &a.Refunds, &a.Repeats)
	if err != nil {
		return Audit{}, fmt.Errorf("banktransfer: audit: %w", err)
	}
	// A debit is settled by exactly one posting of the same amount.
	rows, err := tx.QueryContext(ctx, `
		SELECT substr(key, 1, length(key) - length('/debit')) AS reference
		  FROM entry d
		 WHERE key LIKE '%/debit'
		   AND (SELECT count(*) FROM entry s
		         WHERE s.key IN (substr(d.key, 1, length(d.key) - length('/debit')) || '/credit',
		                         substr(d.key, 1, length(d.key) - length('/debit')) || '/refund')
		           AND s.amount = -d.amount) <> 1
		 ORDER BY reference`)
	if err != nil {
		return Audit{}, fmt.Errorf("banktransfer: audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var reference string
		if err := rows.Scan(&reference); err != nil {
			return Audit{}, fmt.Errorf("banktransfer: audit: %w", err)
		}
		a.Loose = append(a.Loose, reference)
	}
	return a, rows.Err()
}

// Balanced reports whether the books are in order and no money is under way.
func (a Audit) Balanced() bool {
	return a.Wrong == 0 && a.Total == a.Deposited && len(a.Loose) == 0
}

// String says it in a line.
func (a Audit) String() string {
	state := "balanced"
	if !a.Balanced() {
		state = fmt.Sprintf("NOT balanced (%d wrong accounts; loose: %s)", a.Wrong, strings.Join(a.Loose, " "))
	}
	return fmt.Sprintf("%s: %d of %d cents deposited; %d debits, %d credits, %d refunds, %d repeats without effect",
		state, a.Total, a.Deposited, a.Debits, a.Credits, a.Refunds, a.Repeats)
}
