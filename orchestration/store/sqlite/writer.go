package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// writer runs statements on the one write connection, below database/sql: prepared once, bound from one reused argument buffer.
type writer struct {
	db *sql.DB
	// session belongs to the connection in it; it is touched only while that connection is held.
	session *session
}

// conn is what the driver's connections can do.
type conn interface {
	driver.Conn
	driver.ConnPrepareContext
}

// session is a connection with its prepared statements.
type session struct {
	conn  conn
	stmts [statements]driver.Stmt
	args  []driver.NamedValue // reused between statements: the driver copies what it binds
}

// transact runs f in a transaction that takes the write lock first, and commits it; any error of f rolls back. ctx counts
// only until the transaction begins: a started commit is finished, so that its outcome is known.
func (w *writer) transact(ctx context.Context, f func(*session) error) error {
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return unavailable(err)
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	var failed error
	err = conn.Raw(func(dc any) error {
		s, err := w.sessionOn(dc)
		if err != nil {
			return err
		}
		sound := false
		defer func() {
			if !sound { // also after a panic: with its statements freed, closing the connection ends the transaction
				w.session = nil
				_ = s.close()
			}
		}()
		if sound, failed = s.transaction(f); !sound {
			return driver.ErrBadConn
		}
		return nil
	})
	if failed == nil && err != nil {
		failed = err
	}
	return mapped(failed)
}

// sessionOn is the session of the held connection.
func (w *writer) sessionOn(dc any) (*session, error) {
	c, ok := dc.(conn)
	if !ok {
		return nil, fmt.Errorf("sqlite: the driver's connection %T prepares no statements", dc)
	}
	if w.session == nil || w.session.conn != c {
		w.session = &session{conn: c} // the statements of a lost connection went with it
	}
	return w.session, nil
}

// close frees the prepared statements.
func (w *writer) close() error {
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(any) error {
		if w.session == nil {
			return nil
		}
		defer func() { w.session = nil }()
		return w.session.close()
	})
}

// transaction reports in sound whether the connection can be used again.
func (s *session) transaction(f func(*session) error) (sound bool, err error) {
	if _, err := s.exec(begin); err != nil {
		return true, err
	}
	err = f(s)
	if err == nil {
		if _, err = s.exec(commit); err == nil {
			return true, nil
		}
	}
	// Some errors (a full disk) have rolled back already; then this rollback finds no transaction and there is none.
	_, rollbackErr := s.exec(rollback)
	return rollbackErr == nil || noTransaction(rollbackErr), err
}

// exec runs a prepared statement and returns the number of rows that it changed.
func (s *session) exec(id statement, args ...any) (int64, error) {
	stmt, err := s.prepared(id)
	if err != nil {
		return 0, err
	}
	res, err := stmt.(driver.StmtExecContext).ExecContext(context.Background(), s.named(args))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// queryInt runs a prepared statement that yields at most one integer.
func (s *session) queryInt(id statement, args ...any) (v int64, ok bool, err error) {
	value, ok, err := s.queryValue(id, args)
	if err != nil || !ok {
		return 0, false, err
	}
	v, ok = value.(int64)
	return v, ok, nil
}

// queryBlob runs a prepared statement that yields at most one blob.
func (s *session) queryBlob(id statement, args ...any) (v []byte, ok bool, err error) {
	value, ok, err := s.queryValue(id, args)
	if err != nil || !ok {
		return nil, false, err
	}
	v, ok = value.([]byte)
	return bytes.Clone(v), ok, nil
}

// queryValue runs a prepared statement that yields at most one value.
func (s *session) queryValue(id statement, args []any) (v driver.Value, ok bool, err error) {
	stmt, err := s.prepared(id)
	if err != nil {
		return nil, false, err
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(context.Background(), s.named(args))
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var dest [1]driver.Value
	switch err := rows.Next(dest[:]); {
	case err == nil:
		return dest[0], true, nil
	case isEOF(err):
		return nil, false, nil
	default:
		return nil, false, err
	}
}

func (s *session) prepared(id statement) (driver.Stmt, error) {
	if s.stmts[id] == nil {
		stmt, err := s.conn.PrepareContext(context.Background(), statementText[id])
		if err != nil {
			return nil, err
		}
		s.stmts[id] = stmt
	}
	return s.stmts[id], nil
}

func (s *session) named(args []any) []driver.NamedValue {
	s.args = s.args[:0]
	for i, a := range args {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return s.args
}

func (s *session) close() error {
	var errs []error
	for i, stmt := range s.stmts {
		if stmt != nil {
			errs = append(errs, stmt.Close())
			s.stmts[i] = nil
		}
	}
	return errors.Join(errs...)
}
