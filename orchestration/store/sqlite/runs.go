package sqlite

import (
	"context"
	"database/sql"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// One statement reads runs and items together: one snapshot without a transaction around it. Runs come before items. The join order is
// fixed, since the list of keys is always the small side.
const loadRuns = `
	SELECT k.key, r.namespace, r.workflow_id, r.version, r.wake_at, r.state
	FROM json_each(?1) k CROSS JOIN run r ON r.run_id = unhex(k.value)
	UNION ALL
	SELECT k.key, NULL, i.id, i.kind, NULL, i.data
	FROM json_each(?1) k CROSS JOIN item i ON i.run_id = unhex(k.value)`

// LoadRuns implements store.Store.
func (r *reader) LoadRuns(ctx context.Context, keys []orchestration.RunKey) ([]store.Record, error) {
	records := make([]store.Record, 0, len(keys))
	place := make([]int, len(keys)) // of a key's record, plus one; 0: absent
	err := r.query(ctx, loadRuns, []any{keyList(keys)}, func(rows *sql.Rows) (bool, error) {
		var (
			at      int
			ns      id
			text    string
			number  int64
			wake    sql.NullInt64
			payload []byte
		)
		if err := rows.Scan(&at, &ns, &text, &number, &wake, &payload); err != nil {
			return false, err
		}
		key := keys[at]
		switch {
		case !orchestration.NamespaceID(ns).IsZero():
			if orchestration.NamespaceID(ns) == key.Namespace && text == key.WorkflowID {
				records = append(records, store.Record{Key: key, Version: orchestration.Version(number), State: payload, Wake: fromMilli(wake)})
				place[at] = len(records)
			}
		case place[at] > 0:
			if payload == nil { // how the driver reads an empty blob; a nil item would mean a deleted one
				payload = []byte{}
			}
			rec := &records[place[at]-1]
			rec.Items = append(rec.Items, store.ItemWrite{Kind: uint8(number), ID: text, Data: payload})
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return records, nil
}

const loadVersions = `SELECT k.key, r.namespace, r.workflow_id, r.version FROM json_each(?) k CROSS JOIN run r ON r.run_id = unhex(k.value)`

// Versions implements store.Reader.
func (r *reader) Versions(ctx context.Context, keys []orchestration.RunKey) (map[orchestration.RunID]orchestration.Version, error) {
	versions := make(map[orchestration.RunID]orchestration.Version, len(keys))
	err := r.query(ctx, loadVersions, []any{keyList(keys)}, func(rows *sql.Rows) (bool, error) {
		var (
			at         int
			ns         id
			workflowID string
			version    int64
		)
		err := rows.Scan(&at, &ns, &workflowID, &version)
		if err == nil && orchestration.NamespaceID(ns) == keys[at].Namespace && workflowID == keys[at].WorkflowID {
			versions[keys[at].RunID] = orchestration.Version(version)
		}
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return versions, nil
}

const loadCurrent = `SELECT run_id, start_request_id, status FROM current_run WHERE namespace = ? AND workflow_id = ?`

// CurrentRun implements store.Store.
func (r *reader) CurrentRun(ctx context.Context, k orchestration.WorkflowKey) (cur store.Current, ok bool, err error) {
	err = r.query(ctx, loadCurrent, []any{k.Namespace[:], k.WorkflowID}, func(rows *sql.Rows) (bool, error) {
		ok = true
		return false, rows.Scan((*id)(&cur.RunID), &cur.StartRequestID, &cur.Status)
	})
	if err != nil {
		return store.Current{}, false, err
	}
	return cur, ok, nil
}
