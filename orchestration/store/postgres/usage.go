package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// stockColumns are the counters that usage_total has.
var stockColumns = store.UsageColumns[orchestration.ActionKinds : orchestration.ActionKinds+3]

// adding is the SET of an upsert that adds to some columns of u what was to be inserted.
func adding(columns []string) string {
	var set []string
	for _, c := range columns {
		set = append(set, c+" = u."+c+" + excluded."+c)
	}
	return strings.Join(set, ", ")
}

// sums are some columns added up.
func sums(columns []string) string {
	var out []string
	for _, c := range columns {
		out = append(out, "sum("+c+")::int8")
	}
	return strings.Join(out, ", ")
}

var (
	usageColumns = strings.Join(store.UsageColumns[:], ", ")

	// countUsageText adds to the lane's rows, which nobody else writes while their hour goes on.
	countUsageText = `INSERT INTO usage_lane AS u (namespace, hour, lane, ` + usageColumns + `) SELECT * FROM unnest()
		ON CONFLICT (namespace, hour, lane) DO UPDATE SET ` + adding(store.UsageColumns[:])

	// foldUsage passes over what others fold, and waits for nobody but them; they come in the same order. A commit that adds to an hour that is over waits for
	// it at most, and begins the row anew.
	foldUsage = `WITH taken AS (SELECT namespace, hour, lane FROM usage_lane WHERE hour < $1 ORDER BY namespace, hour, lane LIMIT $2 FOR UPDATE SKIP LOCKED),
		gone AS (DELETE FROM usage_lane AS u USING taken AS t WHERE u.namespace = t.namespace AND u.hour = t.hour AND u.lane = t.lane RETURNING u.*),
		hours AS (INSERT INTO usage_hour AS u (namespace, hour, ` + usageColumns + `)
			SELECT namespace, hour, ` + sums(store.UsageColumns[:]) + ` FROM gone GROUP BY namespace, hour ORDER BY namespace, hour
			ON CONFLICT (namespace, hour) DO UPDATE SET ` + adding(store.UsageColumns[:]) + `),
		totals AS (INSERT INTO usage_total AS u (namespace, open_runs, active_bytes, retained_bytes)
			SELECT namespace, ` + sums(stockColumns) + ` FROM gone GROUP BY namespace ORDER BY namespace
			ON CONFLICT (namespace) DO UPDATE SET ` + adding(stockColumns) + `)
		SELECT count(*) FROM taken`

	dropUsage = `WITH old AS (SELECT namespace, hour FROM usage_hour WHERE hour < $1 ORDER BY hour, namespace LIMIT $2 FOR UPDATE SKIP LOCKED),
		gone AS (DELETE FROM usage_hour AS u USING old AS o WHERE u.namespace = o.namespace AND u.hour = o.hour)
		SELECT count(*) FROM old`

	loadStock = `SELECT coalesce(sum(open_runs), 0)::int8, coalesce(sum(active_bytes), 0)::int8, coalesce(sum(retained_bytes), 0)::int8 FROM (
		SELECT open_runs, active_bytes, retained_bytes FROM usage_total WHERE namespace = $1
		UNION ALL SELECT open_runs, active_bytes, retained_bytes FROM usage_lane WHERE namespace = $1) AS s`

	// loadUsage has the stock as its first row, of an hour that none is.
	loadUsage = `SELECT -1 AS hour, ` + strings.Repeat("0::int8, ", int(orchestration.ActionKinds)) + `s.*, 0::int8, 0::int8, 0::int8 FROM (` + loadStock + `) AS s
		UNION ALL SELECT hour, ` + sums(store.UsageColumns[:]) + ` FROM (
			SELECT hour, ` + usageColumns + ` FROM usage_hour WHERE namespace = $1 AND hour >= $2
			UNION ALL SELECT hour, ` + usageColumns + ` FROM usage_lane WHERE namespace = $1 AND hour >= $2) AS h
		GROUP BY hour ORDER BY hour`
)

// count adds what the writes use to the rows of the lane.
func (b *batch) count(lane orchestration.LaneID, writes []store.Write) {
	for _, u := range store.UsageOf(writes) {
		r := b.add(countUsage).uuid(u.Namespace).int32(int32(u.Hour)).int32(int32(lane))
		for _, n := range u.Counters() {
			r.int64(n)
		}
	}
}

// FoldUsage implements store.Usages.
func (s *Store) FoldUsage(ctx context.Context, before store.Hour, limit int) (more bool, err error) {
	return s.someUsage(ctx, foldUsage, before, limit)
}

// DropUsage implements store.Usages.
func (s *Store) DropUsage(ctx context.Context, before store.Hour, limit int) (more bool, err error) {
	return s.someUsage(ctx, dropUsage, before, limit)
}

// someUsage runs a statement that answers how many rows it took, and tells whether those were as many as it might.
func (s *Store) someUsage(ctx context.Context, text string, before store.Hour, limit int) (more bool, err error) {
	_, err = s.limited(ctx, text, []any{int32(before), limit}, func(rows pgx.Rows) error {
		var n int
		err := rows.Scan(&n)
		more = n == limit
		return err
	})
	return more && err == nil, err
}

// Stock implements store.Usages.
func (r *reader) Stock(ctx context.Context, ns orchestration.NamespaceID) (held store.Stock, err error) {
	err = r.query(ctx, loadStock, []any{[16]byte(ns)}, func(rows pgx.Rows) error {
		return rows.Scan(&held.OpenRuns, &held.ActiveBytes, &held.RetainedBytes)
	})
	return held, err
}

// Usage implements store.Usages.
func (r *reader) Usage(ctx context.Context, ns orchestration.NamespaceID, from store.Hour) (hours []store.UsageHour, held store.Stock, err error) {
	err = r.query(ctx, loadUsage, []any{[16]byte(ns), int32(max(0, from))}, func(rows pgx.Rows) error {
		var u store.UsageHour
		var counters [store.UsageCounters]int64
		into := []any{&u.Hour}
		for i := range counters {
			into = append(into, &counters[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		u.SetCounters(counters)
		if u.Hour < 0 {
			held = u.Stock
		} else {
			hours = append(hours, u)
		}
		return nil
	})
	if err != nil {
		return nil, store.Stock{}, err
	}
	return hours, held, nil
}
