package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// One statement reads runs and items together: one snapshot without a transaction around it.
const loadRuns = `
	SELECT k.place, r.namespace, r.workflow_id, r.version, w.at, r.state
	FROM unnest($1::uuid[]) WITH ORDINALITY AS k (run_id, place) JOIN run AS r ON r.run_id = k.run_id LEFT JOIN wake AS w ON w.run_id = k.run_id
	UNION ALL
	SELECT k.place, NULL, i.id, i.kind, NULL, i.data
	FROM unnest($1::uuid[]) WITH ORDINALITY AS k (run_id, place) JOIN item AS i ON i.run_id = k.run_id`

// LoadRuns implements store.Store.
func (r *reader) LoadRuns(ctx context.Context, keys []orchestration.RunKey) ([]store.Record, error) {
	found := make([]store.Record, len(keys)) // version 0: absent
	items := make([][]store.ItemWrite, len(keys))
	err := r.query(ctx, loadRuns, []any{runIDs(keys)}, func(rows pgx.Rows) error {
		var (
			place   int
			ns      pgtype.UUID
			text    string
			number  int64
			wake    pgtype.Timestamptz
			payload []byte
		)
		if err := rows.Scan(&place, &ns, &text, &number, &wake, &payload); err != nil {
			return err
		}
		place--
		key := keys[place]
		switch {
		case !ns.Valid:
			items[place] = append(items[place], store.ItemWrite{Kind: uint8(number), ID: text, Data: payload})
		case orchestration.NamespaceID(ns.Bytes) == key.Namespace && text == key.WorkflowID:
			found[place] = store.Record{Key: key, Version: orchestration.Version(number), State: payload, Wake: utc(wake)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	records := make([]store.Record, 0, len(keys))
	for i := range found {
		if found[i].Version > 0 {
			found[i].Items = items[i]
			records = append(records, found[i])
		}
	}
	return records, nil
}

const loadVersions = `SELECT k.place, r.namespace, r.workflow_id, r.version
	FROM unnest($1::uuid[]) WITH ORDINALITY AS k (run_id, place) JOIN run AS r ON r.run_id = k.run_id`

// Versions implements store.Reader.
func (r *reader) Versions(ctx context.Context, keys []orchestration.RunKey) (map[orchestration.RunID]orchestration.Version, error) {
	versions := make(map[orchestration.RunID]orchestration.Version, len(keys))
	err := r.query(ctx, loadVersions, []any{runIDs(keys)}, func(rows pgx.Rows) error {
		var (
			place      int
			ns         [16]byte
			workflowID string
			version    int64
		)
		err := rows.Scan(&place, &ns, &workflowID, &version)
		if err == nil && keys[place-1].Namespace == ns && keys[place-1].WorkflowID == workflowID {
			versions[keys[place-1].RunID] = orchestration.Version(version)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return versions, nil
}
