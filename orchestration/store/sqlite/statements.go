package sqlite

// statement numbers the prepared statements of the write connection.
type statement int

const (
	begin statement = iota
	commit
	rollback
	acquireLane
	renewLane
	readEpoch
	insertRun
	updateRun
	updateRunAndWake
	delayWake
	insertHistory
	upsertItem
	deleteItem
	insertCurrent
	updateCurrent
	insertBacklog
	deleteBacklog
	insertVisibility
	updateVisibility
	putQueueConfig
	dropQueueConfigs
	deleteRun
	deleteVisibility
	deleteCurrent
	deleteHistory
	deleteItems
	insertDebris
	firstDebris
	sweepHistory
	sweepItems
	deleteDebris
	countOpenJobs
	insertJob
	updateJob
	dropJobs
	insertTerm
	deleteTerms
	countUsage
	foldHours
	foldTotal
	folded
	dropUsage
	insertOwed
	deleteOwed
	statements // how many there are
)

// All placeholders are plain: for a numbered one the driver looks its name up at every execution. Arguments of an insert and the update
// of the same row stand in the same order, what changes first.
var statementText = [statements]string{
	begin:    `BEGIN IMMEDIATE`,
	commit:   `COMMIT`,
	rollback: `ROLLBACK`,

	// An epoch is a term, which acquiring begins, and in its lowest 20 bits how often it was renewed.
	acquireLane: `INSERT INTO lane (lane, epoch) VALUES (?, 1 << 20) ON CONFLICT (lane) DO UPDATE SET epoch = ((epoch >> 20) + 1) << 20 RETURNING epoch`,
	renewLane:   `UPDATE lane SET epoch = epoch + 1 WHERE lane = ? AND epoch >> 20 = ? >> 20 RETURNING epoch`,
	readEpoch:   `SELECT epoch FROM lane WHERE lane = ?`,

	// A run that is there already changes no row, which is the conflict.
	insertRun: `INSERT INTO run (version, state, run_id, namespace, workflow_id, shard, wake_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run_id) DO NOTHING`,
	updateRun:        `UPDATE run SET version = ?, state = ? WHERE run_id = ? AND namespace = ? AND version = ?`,
	updateRunAndWake: `UPDATE run SET version = ?, state = ?, wake_at = ? WHERE run_id = ? AND namespace = ? AND version = ?`,
	delayWake:        `UPDATE run SET wake_at = ? WHERE run_id = ? AND wake_at = ?`,

	insertHistory: `INSERT INTO history (run_id, first, last, events) VALUES (?, ?, ?, ?)`,

	upsertItem: `INSERT INTO item (run_id, kind, id, data) VALUES (?, ?, ?, ?) ON CONFLICT (run_id, kind, id) DO UPDATE SET data = excluded.data`,
	deleteItem: `DELETE FROM item WHERE run_id = ? AND kind = ? AND id = ?`,

	insertCurrent: `INSERT INTO current_run (run_id, start_request_id, status, namespace, workflow_id) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (namespace, workflow_id) DO NOTHING`,
	updateCurrent: `UPDATE current_run SET run_id = ?, start_request_id = ?, status = ? WHERE namespace = ? AND workflow_id = ? AND run_id = ?`,

	insertBacklog: `INSERT INTO backlog (namespace, queue, kind, priority, pass, seq, shard, workflow_id, run_id, scheduled_id, attempt, ready_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	deleteBacklog: `DELETE FROM backlog WHERE namespace = ? AND queue = ? AND kind = ? AND priority = ? AND pass = ? AND seq = ? AND shard = ?`,

	insertVisibility: `INSERT INTO visibility (status, execution_time, close_time, history_length, history_bytes, task_queue,
		parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, memo, search, transitions, namespace, start_time, run_id, workflow_id, workflow_type)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	// What never changes in a run is not set, so the indexes on it are left alone.
	updateVisibility: `UPDATE visibility SET status = ?, execution_time = ?, close_time = ?, history_length = ?, history_bytes = ?, task_queue = ?,
		parent_workflow_id = ?, parent_run_id = ?, root_workflow_id = ?, root_run_id = ?, memo = ?, search = ?, transitions = ?
		WHERE namespace = ? AND start_time = ? AND run_id = ? AND workflow_id = ? AND workflow_type = ?`,

	dropQueueConfigs: `DELETE FROM queue_config WHERE namespace = ?`,
	putQueueConfig: `INSERT INTO queue_config (namespace, queue, kind, config) VALUES (?, ?, ?, ?)
		ON CONFLICT (namespace, queue, kind) DO UPDATE SET config = excluded.config`,

	deleteRun:        `DELETE FROM run WHERE run_id = ? AND namespace = ? AND version = ?`,
	deleteVisibility: `DELETE FROM visibility WHERE namespace = ? AND start_time = ? AND run_id = ?`,
	deleteCurrent:    `DELETE FROM current_run WHERE namespace = ? AND workflow_id = ? AND run_id = ?`,
	deleteHistory:    `DELETE FROM history WHERE run_id = ?`,
	deleteItems:      `DELETE FROM item WHERE run_id = ?`,
	insertDebris:     `INSERT INTO debris (run_id) VALUES (?)`,

	firstDebris:  `SELECT run_id FROM debris LIMIT 1`,
	sweepHistory: `DELETE FROM history WHERE run_id = ?1 AND first IN (SELECT first FROM history WHERE run_id = ?1 ORDER BY first LIMIT ?2)`,
	sweepItems:   `DELETE FROM item WHERE run_id = ?1 AND (kind, id) IN (SELECT kind, id FROM item WHERE run_id = ?1 ORDER BY kind, id LIMIT ?2)`,
	deleteDebris: `DELETE FROM debris WHERE run_id = ?`,

	countOpenJobs: `SELECT count(*) FROM job WHERE namespace = ? AND open = 1`,
	insertJob: `INSERT INTO job (namespace, id, shard, created, version, open, spec, progress) VALUES (?, ?, ?, ?, 1, ?, ?, ?)
		ON CONFLICT (namespace, id) DO NOTHING`,
	updateJob:   `UPDATE job SET version = version + 1, open = ?, progress = ? WHERE namespace = ? AND id = ? AND version = ?`,
	dropJobs:    `DELETE FROM job WHERE rowid IN (SELECT rowid FROM job WHERE namespace = ? AND created < ? AND open = 0 ORDER BY created LIMIT ?)`,
	insertTerm:  `INSERT INTO visibility_term (ns, term, started, run) VALUES (?, ?, ?, ?)`,
	deleteTerms: `DELETE FROM visibility_term WHERE run = ?`,

	countUsage: countUsageText,
	foldHours:  foldHoursText,
	foldTotal:  foldTotalText,
	folded:     foldedText,
	dropUsage:  dropUsageText,

	insertOwed: `INSERT INTO trace_owed (closed, run_id, namespace, workflow_id, shard, trace, span) VALUES (?, ?, ?, ?, ?, ?, ?)`,
	deleteOwed: `DELETE FROM trace_owed WHERE closed = ? AND run_id = ?`,
}
