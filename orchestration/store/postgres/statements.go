package postgres

import (
	"strconv"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// statement numbers the statements of a commit, in the order in which a batch runs them.
type statement int

const (
	insertCurrent statement = iota
	updateCurrent
	insertRun
	updateRun
	insertHistory
	deleteItem
	upsertItem
	setWake
	deleteWake
	delayWake
	insertVisibility
	updateVisibility
	deleteTerms
	insertTerm
	deleteBacklog
	insertBacklog
	deleteRun
	deleteVisibility
	deleteCurrent
	deleteRest
	insertDebris
	insertOwed
	countUsage
	statements // how many there are
)

// checkFence is the first statement of every batch: it keeps the epoch from moving until the commit, or finds that it has moved.
const checkFence = `SELECT CASE WHEN count(*) = 0 THEN tenuto_refuse('TN001', 'the lane has another owner') END
	FROM (SELECT FROM lane WHERE lane = $1::int4 AND epoch = $2::int8 FOR SHARE) AS held`

// refuseUnlessAll ends the batch unless the statement before it has changed as many rows as it was given.
const refuseUnlessAll = `SELECT CASE WHEN count(*) <> cardinality($1) THEN tenuto_refuse('TN002', 'another version of a row is stored') END FROM changed`

// written is the text of each statement and its columns: the name that the text gives each, and its type. unnest() in the text stands for
// the arguments as rows n.
//
// What is inserted and exists already breaks the primary key, which is told from other errors by the key's name.
var written = [statements]struct{ columns, text string }{
	insertCurrent: {
		"namespace uuid, workflow_id text, run_id uuid, status int4, start_request_id text",
		`INSERT INTO current_run (namespace, workflow_id, run_id, status, start_request_id) SELECT * FROM unnest()`,
	},
	updateCurrent: {
		"namespace uuid, workflow_id text, expect uuid, run_id uuid, status int4, start_request_id text",
		`WITH changed AS (UPDATE current_run AS c SET run_id = n.run_id, status = n.status, start_request_id = n.start_request_id FROM unnest()
			WHERE c.namespace = n.namespace AND c.workflow_id = n.workflow_id AND c.run_id = n.expect RETURNING 1) ` + refuseUnlessAll,
	},
	insertRun: {
		"run_id uuid, namespace uuid, shard int2, workflow_id text, version int8, state bytea",
		`INSERT INTO run (run_id, namespace, shard, workflow_id, version, state) SELECT * FROM unnest()`,
	},
	updateRun: {
		"run_id uuid, namespace uuid, expect int8, version int8, state bytea",
		`WITH changed AS (UPDATE run AS r SET version = n.version, state = n.state FROM unnest()
			WHERE r.run_id = n.run_id AND r.namespace = n.namespace AND r.version = n.expect RETURNING 1) ` + refuseUnlessAll,
	},
	insertHistory: {
		"run_id uuid, first int8, last int8, events bytea",
		`INSERT INTO history (run_id, first, last, events) SELECT * FROM unnest()`,
	},
	deleteItem: {
		"run_id uuid, kind int2, id text",
		`DELETE FROM item AS i USING unnest() WHERE i.run_id = n.run_id AND i.kind = n.kind AND i.id = n.id`,
	},
	upsertItem: {
		"run_id uuid, kind int2, id text, data bytea",
		`INSERT INTO item (run_id, kind, id, data) SELECT * FROM unnest() ON CONFLICT (run_id, kind, id) DO UPDATE SET data = excluded.data`,
	},
	setWake: {
		"run_id uuid, shard int2, at timestamptz",
		`INSERT INTO wake (run_id, shard, at) SELECT * FROM unnest() ON CONFLICT (run_id) DO UPDATE SET at = excluded.at`,
	},
	deleteWake: {
		"run_id uuid",
		`DELETE FROM wake AS w USING unnest() WHERE w.run_id = n.run_id`,
	},
	delayWake: {
		"run_id uuid, earlier timestamptz, later timestamptz",
		`UPDATE wake AS w SET at = n.later FROM unnest() WHERE w.run_id = n.run_id AND w.at = n.earlier`,
	},
	insertVisibility: {
		visibilityTypes,
		`INSERT INTO visibility (` + visibilityColumns + `) SELECT * FROM unnest()`,
	},
	// What never changes in a run is a condition: finding another one is a conflict.
	updateVisibility: {
		visibilityTypes,
		`WITH changed AS (UPDATE visibility AS v SET status = n.status, execution_time = n.execution_time, close_time = n.close_time,
			history_length = n.history_length, history_bytes = n.history_bytes, task_queue = n.task_queue, parent_workflow_id = n.parent_workflow_id,
			parent_run_id = n.parent_run_id, root_workflow_id = n.root_workflow_id, root_run_id = n.root_run_id, memo = n.memo, search = n.search,
			transitions = n.transitions
			FROM unnest() WHERE v.namespace = n.namespace AND v.start_time = n.start_time AND v.run_id = n.run_id
			AND v.workflow_id = n.workflow_id AND v.workflow_type = n.workflow_type RETURNING 1) ` + refuseUnlessAll,
	},
	deleteTerms: {
		"run uuid",
		`DELETE FROM visibility_term AS t USING unnest() WHERE t.run = n.run`,
	},
	insertTerm: {
		"ns uuid, term bytea, started timestamptz, run uuid",
		`INSERT INTO visibility_term (ns, term, started, run) SELECT * FROM unnest()`,
	},
	deleteBacklog: {
		"namespace uuid, queue text, kind int2, priority int4, pass int8, seq int8, shard int2",
		`DELETE FROM backlog AS b USING unnest() WHERE b.namespace = n.namespace AND b.queue = n.queue AND b.kind = n.kind
			AND b.priority = n.priority AND b.pass = n.pass AND b.seq = n.seq AND b.shard = n.shard`,
	},
	insertBacklog: {
		"namespace uuid, queue text, kind int2, priority int4, pass int8, seq int8, shard int2, " +
			"workflow_id text, run_id uuid, scheduled_id int8, attempt int4, ready_at timestamptz",
		`INSERT INTO backlog (namespace, queue, kind, priority, pass, seq, shard, workflow_id, run_id, scheduled_id, attempt, ready_at) SELECT * FROM unnest()`,
	},
	// A run that is deleted: first its row, in the version that is stored.
	deleteRun: {
		"run_id uuid, namespace uuid, expect int8",
		`WITH changed AS (DELETE FROM run AS r USING unnest() WHERE r.run_id = n.run_id AND r.namespace = n.namespace AND r.version = n.expect RETURNING 1) ` + refuseUnlessAll,
	},
	deleteVisibility: {
		"namespace uuid, start_time timestamptz, run_id uuid",
		`DELETE FROM visibility AS v USING unnest() WHERE v.namespace = n.namespace AND v.start_time = n.start_time AND v.run_id = n.run_id`,
	},
	deleteCurrent: {
		"namespace uuid, workflow_id text, run_id uuid",
		`DELETE FROM current_run AS c USING unnest() WHERE c.namespace = n.namespace AND c.workflow_id = n.workflow_id AND c.run_id = n.run_id`,
	},
	deleteRest: {
		"run_id uuid",
		`WITH items AS (DELETE FROM item AS i USING unnest() WHERE i.run_id = n.run_id)
			DELETE FROM history AS h USING unnest() WHERE h.run_id = n.run_id`,
	},
	insertDebris: {
		"run_id uuid",
		`INSERT INTO debris (run_id) SELECT * FROM unnest()`,
	},
	insertOwed: {
		"closed timestamptz, run_id uuid, namespace uuid, workflow_id text, shard int2, trace uuid, span bytea",
		`INSERT INTO trace_owed (closed, run_id, namespace, workflow_id, shard, trace, span) SELECT * FROM unnest()`,
	},
	countUsage: {
		"namespace uuid, hour int4, lane int4, " + strings.Join(store.UsageColumns[:], " int8, ") + " int8",
		countUsageText,
	},
}

const visibilityTypes = "namespace uuid, start_time timestamptz, run_id uuid, status int4, execution_time timestamptz, close_time timestamptz, " +
	"history_length int8, history_bytes int8, task_queue text, parent_workflow_id text, parent_run_id uuid, root_workflow_id text, " +
	"root_run_id uuid, memo bytea, search bytea, transitions int8, workflow_id text, workflow_type text"

// visibilityColumns are the columns of visibility in the order in which rows are written and read.
const visibilityColumns = "namespace, start_time, run_id, status, execution_time, close_time, history_length, history_bytes, task_queue, " +
	"parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, memo, search, transitions, workflow_id, workflow_type"

// prepared is a statement as the server and the batch know it.
type prepared struct {
	name, text string
	elements   []uint32 // types of the columns
}

// preparedStatements follow from written.
var preparedStatements = func() (out [statements]prepared) {
	for i, w := range written {
		var names, arrays []string
		for j, c := range strings.Split(w.columns, ", ") {
			name, kind, _ := strings.Cut(c, " ")
			names = append(names, name)
			arrays = append(arrays, "$"+strconv.Itoa(j+1)+"::"+kind+"[]")
			out[i].elements = append(out[i].elements, elements[kind])
		}
		rows := "unnest(" + strings.Join(arrays, ", ") + ") AS n (" + strings.Join(names, ", ") + ")"
		out[i].text = strings.ReplaceAll(w.text, "unnest()", rows)
		out[i].name = "tenuto_" + strconv.Itoa(i)
	}
	return out
}()
