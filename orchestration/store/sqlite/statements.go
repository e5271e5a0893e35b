package sqlite

// statement numbers the prepared statements of the write connection.
type statement int

const (
	begin statement = iota
	commit
	rollback
	acquireLane
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
	statements // how many there are
)

// Placeholders are numbered where the argument order of two statements is kept alike.
var statementText = [statements]string{
	begin:    `BEGIN IMMEDIATE`,
	commit:   `COMMIT`,
	rollback: `ROLLBACK`,

	acquireLane: `INSERT INTO lane (lane, epoch) VALUES (?, 1) ON CONFLICT (lane) DO UPDATE SET epoch = epoch + 1 RETURNING epoch`,
	readEpoch:   `SELECT epoch FROM lane WHERE lane = ?`,

	// A run that is there already changes no row, which is the conflict.
	insertRun: `INSERT INTO run (run_id, version, state, namespace, workflow_id, shard, wake_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run_id) DO NOTHING`,
	updateRun:        `UPDATE run SET version = ?2, state = ?3 WHERE run_id = ?1 AND version = ?4 AND namespace = ?5`,
	updateRunAndWake: `UPDATE run SET version = ?2, state = ?3, wake_at = ?6 WHERE run_id = ?1 AND version = ?4 AND namespace = ?5`,
	delayWake:        `UPDATE run SET wake_at = ?3 WHERE run_id = ?1 AND wake_at = ?2`,

	insertHistory: `INSERT INTO history (run_id, first, last, events) VALUES (?, ?, ?, ?)`,

	upsertItem: `INSERT INTO item (run_id, kind, id, data) VALUES (?, ?, ?, ?) ON CONFLICT (run_id, kind, id) DO UPDATE SET data = excluded.data`,
	deleteItem: `DELETE FROM item WHERE run_id = ? AND kind = ? AND id = ?`,

	insertCurrent: `INSERT INTO current_run (namespace, workflow_id, run_id, start_request_id, status) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (namespace, workflow_id) DO NOTHING`,
	updateCurrent: `UPDATE current_run SET run_id = ?3, start_request_id = ?4, status = ?5
		WHERE namespace = ?1 AND workflow_id = ?2 AND run_id = ?6`,

	insertBacklog: `INSERT INTO backlog (namespace, queue, kind, priority, pass, seq, shard, workflow_id, run_id, scheduled_id, attempt, ready_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	deleteBacklog: `DELETE FROM backlog WHERE namespace = ? AND queue = ? AND kind = ? AND priority = ? AND pass = ? AND seq = ? AND shard = ?`,

	insertVisibility: `INSERT INTO visibility (namespace, start_time, run_id, status, execution_time, close_time, history_length, history_bytes,
		task_queue, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, memo, search, workflow_id, workflow_type)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	// What never changes in a run is not set, so the indexes on it are left alone.
	updateVisibility: `UPDATE visibility SET status = ?4, execution_time = ?5, close_time = ?6, history_length = ?7, history_bytes = ?8,
		task_queue = ?9, parent_workflow_id = ?10, parent_run_id = ?11, root_workflow_id = ?12, root_run_id = ?13, memo = ?14, search = ?15
		WHERE namespace = ?1 AND start_time = ?2 AND run_id = ?3 AND workflow_id = ?16 AND workflow_type = ?17`,
}
