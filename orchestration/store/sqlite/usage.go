package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// usageColumns are the counters, and the same as sums.
var (
	usageColumns = strings.Join(store.UsageColumns[:], ", ")
	usageSums    = "sum(" + strings.Join(store.UsageColumns[:], "), sum(") + ")"
)

// adding is the SET of an upsert that adds to some columns what was to be inserted.
func adding(columns []string) string {
	var set []string
	for _, c := range columns {
		set = append(set, c+" = "+c+" + excluded."+c)
	}
	return strings.Join(set, ", ")
}

// stockColumns are the counters that usage_total has.
var stockColumns = store.UsageColumns[orchestration.ActionKinds : orchestration.ActionKinds+3]

// The statements of the write connection. foldable are the rows that a fold takes: the same ones for each statement of its transaction.
var (
	countUsageText = `INSERT INTO usage_lane (namespace, hour, lane, ` + usageColumns + `) VALUES (?, ?, ?` + strings.Repeat(", ?", store.UsageCounters) + `)
		ON CONFLICT (namespace, hour, lane) DO UPDATE SET ` + adding(store.UsageColumns[:])

	foldable = `FROM usage_lane WHERE hour < ?1 ORDER BY namespace, hour, lane LIMIT ?2`

	foldHoursText = `INSERT INTO usage_hour (namespace, hour, ` + usageColumns + `)
		SELECT namespace, hour, ` + usageSums + ` FROM (SELECT * ` + foldable + `) WHERE true GROUP BY namespace, hour
		ON CONFLICT (namespace, hour) DO UPDATE SET ` + adding(store.UsageColumns[:])

	foldTotalText = `INSERT INTO usage_total (namespace, open_runs, active_bytes, retained_bytes)
		SELECT namespace, sum(open_runs), sum(active_bytes), sum(retained_bytes) FROM (SELECT * ` + foldable + `) WHERE true GROUP BY namespace
		ON CONFLICT (namespace) DO UPDATE SET ` + adding(stockColumns)

	foldedText = `DELETE FROM usage_lane WHERE (namespace, hour, lane) IN (SELECT namespace, hour, lane ` + foldable + `)`

	dropUsageText = `DELETE FROM usage_hour WHERE (namespace, hour) IN (SELECT namespace, hour FROM usage_hour WHERE hour < ? ORDER BY hour LIMIT ?)`
)

// count adds what a batch uses to the rows of its lane.
func (s *session) count(lane orchestration.LaneID, batch []store.Write) error {
	for _, u := range store.UsageOf(batch) {
		args := make([]any, 0, 3+store.UsageCounters)
		args = append(args, u.Namespace[:], int64(u.Hour), int64(lane))
		for _, n := range u.Counters() {
			args = append(args, n)
		}
		if _, err := s.exec(countUsage, args...); err != nil {
			return err
		}
	}
	return nil
}

// FoldUsage implements store.Usages.
func (w *writer) FoldUsage(ctx context.Context, before store.Hour, limit int) (more bool, err error) {
	err = w.transact(ctx, func(s *session) error {
		for _, statement := range []statement{foldHours, foldTotal, folded} {
			n, err := s.exec(statement, int64(before), int64(limit))
			if err != nil {
				return err
			}
			more = int(n) == limit // of the last one: the rows that were taken
		}
		return nil
	})
	return more && err == nil, err
}

// DropUsage implements store.Usages.
func (w *writer) DropUsage(ctx context.Context, before store.Hour, limit int) (more bool, err error) {
	err = w.transact(ctx, func(s *session) error {
		n, err := s.exec(dropUsage, int64(before), int64(limit))
		more = int(n) == limit
		return err
	})
	return more && err == nil, err
}

var (
	loadStock = `SELECT coalesce(sum(open_runs), 0), coalesce(sum(active_bytes), 0), coalesce(sum(retained_bytes), 0) FROM (
		SELECT open_runs, active_bytes, retained_bytes FROM usage_total WHERE namespace = ?1
		UNION ALL SELECT open_runs, active_bytes, retained_bytes FROM usage_lane WHERE namespace = ?1)`

	// The stock comes as the first row, of an hour that none is.
	loadUsage = `SELECT -1, ` + stockAsUsage + ` FROM (` + loadStock + `)
		UNION ALL SELECT hour, ` + usageSums + ` FROM (
			SELECT hour, ` + usageColumns + ` FROM usage_hour WHERE namespace = ?1 AND hour >= ?2
			UNION ALL SELECT hour, ` + usageColumns + ` FROM usage_lane WHERE namespace = ?1 AND hour >= ?2)
		GROUP BY hour ORDER BY 1`
)

// stockAsUsage are the columns of a usage that has nothing but a stock.
var stockAsUsage = strings.Repeat("0, ", int(orchestration.ActionKinds)) + "*, 0, 0, 0"

// Stock implements store.Usages.
func (r *reader) Stock(ctx context.Context, ns orchestration.NamespaceID) (held store.Stock, err error) {
	err = r.query(ctx, loadStock, []any{ns[:]}, func(rows *sql.Rows) (bool, error) {
		return false, rows.Scan(&held.OpenRuns, &held.ActiveBytes, &held.RetainedBytes)
	})
	return held, err
}

// Usage implements store.Usages.
func (r *reader) Usage(ctx context.Context, ns orchestration.NamespaceID, from store.Hour) (hours []store.UsageHour, held store.Stock, err error) {
	err = r.query(ctx, loadUsage, []any{ns[:], int64(max(0, from))}, func(rows *sql.Rows) (bool, error) {
		var u store.UsageHour
		var counters [store.UsageCounters]int64
		into := []any{&u.Hour}
		for i := range counters {
			into = append(into, &counters[i])
		}
		if err := rows.Scan(into...); err != nil {
			return false, err
		}
		u.SetCounters(counters)
		if u.Hour < 0 {
			held = u.Stock
		} else {
			hours = append(hours, u)
		}
		return true, nil
	})
	if err != nil {
		return nil, store.Stock{}, err
	}
	return hours, held, nil
}
