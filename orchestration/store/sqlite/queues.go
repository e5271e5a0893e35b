package sqlite

import (
	"context"
	"database/sql"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// PutQueueConfig implements store.QueueConfigs.
func (w *writer) PutQueueConfig(ctx context.Context, c store.QueueConfig) error {
	return w.transact(ctx, func(s *session) error {
		_, err := s.exec(putQueueConfig, c.Namespace[:], c.Queue, int64(c.Kind), notNil(c.Config))
		return err
	})
}

// DropQueueConfigs implements store.QueueConfigs.
func (w *writer) DropQueueConfigs(ctx context.Context, ns orchestration.NamespaceID) error {
	return w.transact(ctx, func(s *session) error {
		_, err := s.exec(dropQueueConfigs, ns[:])
		return err
	})
}

// notNil is the bytes, which a column that is NOT NULL takes also when there are none.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

const (
	loadQueueConfig  = `SELECT namespace, queue, kind, config FROM queue_config WHERE namespace = ? AND queue = ? AND kind = ?`
	loadQueueConfigs = `SELECT namespace, queue, kind, config FROM queue_config`
)

// QueueConfig implements store.QueueConfigs.
func (r *reader) QueueConfig(ctx context.Context, queue store.BacklogKey) (c store.QueueConfig, ok bool, err error) {
	found, err := r.queueConfigs(ctx, loadQueueConfig, queue.Namespace[:], queue.Queue, int64(queue.Kind))
	if err != nil || len(found) == 0 {
		return store.QueueConfig{}, false, err
	}
	return found[0], true, nil
}

// QueueConfigs implements store.QueueConfigs.
func (r *reader) QueueConfigs(ctx context.Context) ([]store.QueueConfig, error) {
	return r.queueConfigs(ctx, loadQueueConfigs)
}

func (r *reader) queueConfigs(ctx context.Context, text string, args ...any) (out []store.QueueConfig, err error) {
	err = r.query(ctx, text, args, func(rows *sql.Rows) (bool, error) {
		var c store.QueueConfig
		err := rows.Scan((*id)(&c.Namespace), &c.Queue, &c.Kind, &c.Config)
		c.Config = notNil(c.Config)
		out = append(out, c)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
