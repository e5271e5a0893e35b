package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

const putQueueConfig = `INSERT INTO queue_config (namespace, queue, kind, config) VALUES ($1, $2, $3, $4)
	ON CONFLICT (namespace, queue, kind) DO UPDATE SET config = excluded.config`

// PutQueueConfig implements store.QueueConfigs. It can be repeated, so one that a connection which was lost while it idled has failed runs once more.
func (s *Store) PutQueueConfig(ctx context.Context, c store.QueueConfig) error {
	config := c.Config
	if config == nil {
		config = []byte{}
	}
	_, err := s.limited(ctx, putQueueConfig, []any{[16]byte(c.Namespace), c.Queue, int16(c.Kind), config}, func(pgx.Rows) error { return nil })
	return err
}

// DropQueueConfigs implements store.QueueConfigs.
func (s *Store) DropQueueConfigs(ctx context.Context, ns orchestration.NamespaceID) error {
	_, err := s.limited(ctx, `DELETE FROM queue_config WHERE namespace = $1`, []any{[16]byte(ns)}, func(pgx.Rows) error { return nil })
	return err
}

const (
	loadQueueConfig  = `SELECT namespace, queue, kind, config FROM queue_config WHERE namespace = $1 AND queue = $2 AND kind = $3`
	loadQueueConfigs = `SELECT namespace, queue, kind, config FROM queue_config`
)

// QueueConfig implements store.QueueConfigs.
func (r *reader) QueueConfig(ctx context.Context, queue store.BacklogKey) (c store.QueueConfig, ok bool, err error) {
	found, err := r.queueConfigs(ctx, loadQueueConfig, [16]byte(queue.Namespace), queue.Queue, int16(queue.Kind))
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
	err = r.query(ctx, text, args, func(rows pgx.Rows) error {
		var c store.QueueConfig
		err := rows.Scan((*[16]byte)(&c.Namespace), &c.Queue, &c.Kind, &c.Config)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
