package banktransfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

var (
	// ErrInsufficientFunds is returned when a balance would become negative.
	ErrInsufficientFunds = errors.New("the balance is smaller than the amount")
	// ErrNoAccount is returned for an account that does not exist.
	ErrNoAccount = errors.New("there is no such account")
	// ErrAccountClosed is returned for a closed account.
	ErrAccountClosed = errors.New("the account is closed")
	// ErrKeyReused is returned for a key that belongs to another posting.
	ErrKeyReused = errors.New("the key belongs to another posting")
)

// The entries are the truth; a balance is their sum, kept because it is read so often.
const schema = `
CREATE TABLE IF NOT EXISTS account (
	name    TEXT PRIMARY KEY,
	balance INTEGER NOT NULL CHECK (balance >= 0),
	closed  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS entry (
	key     TEXT PRIMARY KEY,
	account TEXT NOT NULL REFERENCES account (name),
	amount  INTEGER NOT NULL,
	balance INTEGER NOT NULL,
	repeats INTEGER NOT NULL DEFAULT 0 -- how often the posting was asked for again
) STRICT;`

// Ledger keeps accounts in SQLite. It is safe for concurrent use, also by several processes on one file.
type Ledger struct {
	db *sql.DB
}

// OpenLedger opens or creates the ledger in a file; ":memory:" is one that lasts until it is closed.
func OpenLedger(ctx context.Context, path string) (*Ledger, error) {
	db, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		return nil, fmt.Errorf("banktransfer: %w", err)
	}
	// One connection: SQLite has one writer at a time anyway, and a second would see another ":memory:".
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, fmt.Errorf("banktransfer: open ledger: %w", errors.Join(err, db.Close()))
	}
	return &Ledger{db: db}, nil
}

// dataSource asks for what a ledger needs: a write-ahead log flushed at each commit, and transactions that take the write lock
// when they begin, so that they wait for each other rather than fail.
func dataSource(path string) string {
	if path == ":memory:" {
		return path
	}
	query := url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
		"_txlock": {"immediate"},
	}
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: query.Encode()}).String()
}

// Close closes the ledger.
func (l *Ledger) Close() error { return l.db.Close() }

// OpenAccount makes an account with a first deposit, unless it exists.
func (l *Ledger) OpenAccount(ctx context.Context, name string, deposit Cents) error {
	const open = `INSERT INTO account (name, balance) VALUES (?, 0) ON CONFLICT DO NOTHING`
	if _, err := l.db.ExecContext(ctx, open, name); err != nil {
		return fmt.Errorf("banktransfer: open account: %w", err)
	}
	if deposit == 0 {
		return nil
	}
	_, err := l.Post(ctx, Posting{Key: "deposit/" + name, Account: name, Amount: deposit}, true)
	return err
}

// CloseAccount makes an account refuse postings.
func (l *Ledger) CloseAccount(ctx context.Context, name string) error {
	if _, err := l.db.ExecContext(ctx, `UPDATE account SET closed = 1 WHERE name = ?`, name); err != nil {
		return fmt.Errorf("banktransfer: close account: %w", err)
	}
	return nil
}

// Balance returns the balance of an account. It returns [ErrNoAccount] if there is none.
func (l *Ledger) Balance(ctx context.Context, name string) (Cents, error) {
	var balance Cents
	err := l.db.QueryRowContext(ctx, `SELECT balance FROM account WHERE name = ?`, name).Scan(&balance)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNoAccount
	}
	return balance, err
}
