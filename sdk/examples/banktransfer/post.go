package banktransfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Post changes an account by a positive or negative amount, once per key: asked again, it returns the first entry. It
// returns [ErrInsufficientFunds], [ErrNoAccount], [ErrAccountClosed] unless evenIfClosed, [ErrKeyReused], or an error of the
// database, after which nothing or the whole posting took effect, and asking again tells.
func (l *Ledger) Post(ctx context.Context, p Posting, evenIfClosed bool) (Entry, error) {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return Entry{}, fmt.Errorf("banktransfer: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // After the commit it does nothing.
	entry, err := postIn(ctx, tx, p, evenIfClosed)
	if err != nil {
		return Entry{}, err
	}
	if err := tx.Commit(); err != nil {
		return Entry{}, fmt.Errorf("banktransfer: commit: %w", err)
	}
	return entry, nil
}

func postIn(ctx context.Context, tx *sql.Tx, p Posting, evenIfClosed bool) (Entry, error) {
	if entry, known, err := repeated(ctx, tx, p); known || err != nil {
		return entry, err
	}
	var balance Cents
	var closed bool
	row := tx.QueryRowContext(ctx, `SELECT balance, closed FROM account WHERE name = ?`, p.Account)
	switch err := row.Scan(&balance, &closed); {
	case errors.Is(err, sql.ErrNoRows):
		return Entry{}, ErrNoAccount
	case err != nil:
		return Entry{}, fmt.Errorf("banktransfer: read account: %w", err)
	case closed && !evenIfClosed:
		return Entry{}, ErrAccountClosed
	case balance+p.Amount < 0:
		return Entry{}, ErrInsufficientFunds
	}
	entry := Entry{Posting: p, Balance: balance + p.Amount}
	return entry, write(ctx, tx, entry)
}

// repeated looks for an entry of the key, counts the repetition and returns the entry.
func repeated(ctx context.Context, tx *sql.Tx, p Posting) (Entry, bool, error) {
	entry := Entry{Posting: Posting{Key: p.Key}}
	row := tx.QueryRowContext(ctx,
		`UPDATE entry SET repeats = repeats + 1 WHERE key = ? RETURNING account, amount, balance`, p.Key)
	switch err := row.Scan(&entry.Account, &entry.Amount, &entry.Balance); {
	case errors.Is(err, sql.ErrNoRows):
		return Entry{}, false, nil
	case err != nil:
		return Entry{}, false, fmt.Errorf("banktransfer: read entry: %w", err)
	case entry.Posting != p:
		return Entry{}, false, ErrKeyReused
	}
	return entry, true, nil
}

func write(ctx context.Context, tx *sql.Tx, e Entry) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO entry (key, account, amount, balance) VALUES (?, ?, ?, ?)`,
		e.Key, e.Account, e.Amount, e.Balance); err != nil {
		return fmt.Errorf("banktransfer: write entry: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE account SET balance = ? WHERE name = ?`, e.Balance, e.Account); err != nil {
		return fmt.Errorf("banktransfer: write balance: %w", err)
	}
	return nil
}
