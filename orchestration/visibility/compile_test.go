package visibility_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

const aRun = "018df0c0-0000-7000-8000-000000000001"

var custom = search.Attributes{
	"K": search.Keyword, "L": search.KeywordList, "X": search.Text, "I": search.Int, "D": search.Double, "B": search.Bool, "T": search.Datetime,
}

func terms(condition string) string {
	return `EXISTS (SELECT 1 FROM visibility_term WHERE run = run_id AND (` + condition + `))`
}

func TestCompile(t *testing.T) {
	run, err := orchestration.ParseRunID(aRun)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2024, 2, 29, 12, 0, 0, 123_456_000, time.UTC)
	for _, c := range []struct {
		query, sql string
		args       []any
	}{
		{"", "", nil},
		{" \n\t", "", nil},
		{`WorkflowId = 'a'`, `(workflow_id = ?1)`, []any{"a"}},
		{`WorkflowId = "a"`, `(workflow_id = ?1)`, []any{"a"}},
		{"`WorkflowId` = 'a'", `(workflow_id = ?1)`, []any{"a"}},
		{`WorkflowId='it''s'`, `(workflow_id = ?1)`, []any{"it's"}},
		{`WorkflowId != 'a'`, `(NOT (workflow_id = ?1))`, []any{"a"}},
		{`WorkflowId <> 'a'`, `(NOT (workflow_id = ?1))`, []any{"a"}},
		{`WorkflowType > 'a'`, `(workflow_type > ?1)`, []any{"a"}},
		{`TaskQueue in ('a', 'b')`, `(task_queue IN (?1, ?2))`, []any{"a", "b"}},
		{`TaskQueue NOT IN ('a', 'b')`, `(NOT (task_queue IN (?1, ?2)))`, []any{"a", "b"}},
		{`WorkflowId STARTS_WITH 'ab'`, `(workflow_id >= ?1 AND workflow_id < ?2)`, []any{"ab", "ac"}},
		{`WorkflowId NOT STARTS_WITH 'ab'`, `(NOT (workflow_id >= ?1 AND workflow_id < ?2))`, []any{"ab", "ac"}},
		{`WorkflowId STARTS_WITH ''`, `(workflow_id >= ?1)`, []any{""}},
		{`WorkflowId STARTS_WITH 'a` + "\U0010ffff" + `'`, `(workflow_id >= ?1 AND workflow_id < ?2)`, []any{"a\U0010ffff", "b"}},
		{`WorkflowId STARTS_WITH '` + "\ud7ff" + `'`, `(workflow_id >= ?1 AND workflow_id < ?2)`, []any{"\ud7ff", "\ue000"}},
		{`RunId = '` + aRun + `'`, `(run_id = ?1 AND workflow_id IN (SELECT r.workflow_id FROM run AS r WHERE r.run_id IN (?2)))`, []any{run[:], run[:]}},
		{`RunId = 'not-a-run'`, `(FALSE)`, nil},
		{`RunId != 'not-a-run'`, `(NOT (FALSE))`, nil},
		{`RunId IN ('not-a-run', '` + aRun + `')`, `(run_id = ?1 AND workflow_id IN (SELECT r.workflow_id FROM run AS r WHERE r.run_id IN (?2)))`, []any{run[:], run[:]}},
		{`RunId = '` + strings.ToUpper(aRun) + `'`, `(FALSE)`, nil}, // ids are text to users, and case matters
		{`ExecutionStatus = 'Running'`, `(status = ?1 AND close_time IS NULL)`, []any{int64(1)}},
		{`ExecutionStatus = "Completed"`, `(status = ?1)`, []any{int64(2)}},
		{`ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_TIMED_OUT'`, `(status = ?1 AND status > 2)`, []any{int64(7)}},
		{`ExecutionStatus = 3`, `(status = ?1 AND status > 2)`, []any{int64(3)}},
		{`ExecutionStatus IN ('Failed', 'ContinuedAsNew')`, `(status IN (?1, ?2) AND status > 2)`, []any{int64(3), int64(6)}},
		{`ExecutionStatus IN ('Running', 'Failed')`, `(status IN (?1, ?2))`, []any{int64(1), int64(3)}},
		{`ExecutionStatus != 'Running'`, `(NOT (status = ?1 AND close_time IS NULL))`, []any{int64(1)}},
		{`StartTime > '2024-02-29T12:00:00.123456Z'`, `(start_time > ?1)`, []any{day.UnixMicro()}},
		{`StartTime > '2024-02-29T13:00:00.123456+01:00'`, `(start_time > ?1)`, []any{day.UnixMicro()}},
		{`StartTime = '2024-02-29T12:00:00.123456789Z'`, `(start_time = ?1)`, []any{day.UnixMicro()}}, // rounded as stored times are
		{`ExecutionTime >= 1709208000123456789`, `(execution_time >= ?1)`, []any{day.UnixMicro()}},
		{`StartTime > -1`, `(start_time > ?1)`, []any{int64(-1)}},
		{`CloseTime BETWEEN 0 AND '2024-02-29T12:00:00.123456Z'`, `(close_time BETWEEN ?1 AND ?2)`, []any{int64(0), day.UnixMicro()}},
		{`CloseTime NOT BETWEEN 0 AND 1000`, `(NOT (close_time BETWEEN ?1 AND ?2))`, []any{int64(0), int64(1)}},
		{`CloseTime IS NULL`, `(close_time IS NULL)`, nil},
		{`CloseTime is not null`, `(close_time IS NOT NULL)`, nil},
		{`HistoryLength <= 10`, `(history_length <= ?1)`, []any{int64(10)}},
		{
			`WorkflowId = 'a' AND WorkflowType = 'b' OR TaskQueue = 'c'`,
			`(((workflow_id = ?1) AND (workflow_type = ?2)) OR (task_queue = ?3))`, []any{"a", "b", "c"},
		},
		{
			`WorkflowId = 'a' AND (WorkflowType = 'b' OR TaskQueue = 'c')`,
			`((workflow_id = ?1) AND ((workflow_type = ?2) OR (task_queue = ?3)))`, []any{"a", "b", "c"},
		},
		{
			`HistoryLength = 1 and HistoryLength = 2 and HistoryLength = 3`,
			`((history_length = ?1) AND (history_length = ?2) AND (history_length = ?3))`, []any{int64(1), int64(2), int64(3)},
		},
		{`NOT (HistoryLength = 1 OR HistoryLength = 2)`, `((NOT (history_length = ?1)) AND (NOT (history_length = ?2)))`, []any{int64(1), int64(2)}},
		{`ParentWorkflowId = 'a'`, `(parent_run_id IS NOT NULL AND parent_workflow_id = ?1)`, []any{"a"}},
		{`ParentWorkflowId != 'a'`, `(parent_run_id IS NOT NULL AND NOT (parent_run_id IS NOT NULL AND parent_workflow_id = ?1))`, []any{"a"}},
		{`ParentWorkflowId IS NULL`, `(parent_run_id IS NULL)`, nil},
		{`ExecutionDuration > '1d01h'`, "((CASE WHEN close_time <= execution_time THEN 0 ELSE (close_time - execution_time) * 1000 END) > ?1)", []any{int64(25 * time.Hour)}},
		{`ExecutionDuration <= '25:01:02'`, "((CASE WHEN close_time <= execution_time THEN 0 ELSE (close_time - execution_time) * 1000 END) <= ?1)", []any{int64(25*time.Hour + time.Minute + 2*time.Second)}},
		{`HistorySizeBytes = 1 OR StateTransitionCount = 2`, `((history_bytes = ?1) OR (transitions = ?2))`, []any{int64(1), int64(2)}},
		{`K = 'a'`, terms(`term = ?1`), []any{[]byte("K\x00\x02a")}},
		{`K != 'a'`, terms(`term >= ?1 AND term < ?2 OR term >= ?3 AND term < ?4`), []any{[]byte("K\x00\x02"), []byte("K\x00\x02a"), []byte("K\x00\x02a\x00"), []byte("K\x00\x03")}},
		{`K IN ('b', 'a', 'b')`, terms(`term IN (?1, ?2)`), []any{[]byte("K\x00\x02a"), []byte("K\x00\x02b")}},
		{`K STARTS_WITH 'a'`, terms(`term >= ?1 AND term < ?2`), []any{[]byte("K\x00\x02a"), []byte("K\x00\x02b")}},
		{`L = 'a'`, terms(`term = ?1`), []any{[]byte("L\x00\aa")}},
		{`L != 'a'`, `(` + terms(`term >= ?1 AND term < ?2`) + ` AND NOT ` + terms(`term = ?3`) + `)`, []any{[]byte("L\x00\a"), []byte("L\x00\b"), []byte("L\x00\aa")}},
		{`X = 'Two WORDS'`, terms(`term IN (?1, ?2)`), []any{[]byte("X\x00\x01two"), []byte("X\x00\x01words")}},
		{`X = '!'`, `(FALSE)`, nil},
		{`L IS NULL`, `(NOT ` + terms(`term >= ?1 AND term < ?2`) + `)`, []any{[]byte("L\x00\a"), []byte("L\x00\b")}},
		{`B = TRUE`, terms(`term = ?1`), []any{[]byte("B\x00\x05\x01")}},
		{`NOT NOT HistoryLength != 1`, `(NOT (history_length = ?1))`, []any{int64(1)}},
	} {
		q, err := visibility.Compile(c.query, custom, store.SQLite)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		w := q.Where
		if w.SQL != c.sql || !reflect.DeepEqual(w.Args, c.args) {
			t.Errorf("%s:\n got %s %#v\nwant %s %#v", c.query, w.SQL, w.Args, c.sql, c.args)
		}
	}
}

func TestCompileForPostgres(t *testing.T) {
	day := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		query, sql string
		args       []any
	}{
		{`WorkflowId = 'a' AND WorkflowType IN ('b', 'c')`, `((workflow_id = $1) AND (workflow_type IN ($2, $3)))`, []any{"a", "b", "c"}},
		{`WorkflowId < 'a'`, `(workflow_id < $1)`, []any{"a"}},
		{`WorkflowId STARTS_WITH 'a'`, `(workflow_id >= $1 AND workflow_id < $2)`, []any{"a", "b"}},
		{`WorkflowId BETWEEN 'a' AND 'b'`, `(workflow_id BETWEEN $1 AND $2)`, []any{"a", "b"}},
		{`RunId = '` + aRun + `'`, `(run_id = $1 AND workflow_id IN (SELECT r.workflow_id FROM run AS r WHERE r.run_id IN ($2)))`, []any{aRun, aRun}},
		{`StartTime < '2024-02-29T12:00:00Z'`, `(start_time < $1)`, []any{day}},
	} {
		q, err := visibility.Compile(c.query, custom, store.Postgres)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		w := q.Where
		if w.SQL != c.sql || !reflect.DeepEqual(w.Args, c.args) {
			t.Errorf("%s:\n got %s %#v\nwant %s %#v", c.query, w.SQL, w.Args, c.sql, c.args)
		}
	}
}

// What a list can begin with, and that it is ordered by what an index has in order.
func TestCompileOrdersAndLeads(t *testing.T) {
	for _, c := range []struct {
		query  string
		by     store.SortKey
		parts  int
		leads  int
		narrow bool
	}{
		{``, 0, 1, 0, false},
		{`ORDER BY StartTime`, store.ByStartTime, 1, 0, false},
		{`WorkflowId = 'a' ORDER BY CloseTime DESC`, store.ByCloseTime, 2, 0, true},
		{`ExecutionStatus = 'Running' order by WorkflowId asc`, store.ByWorkflowID, 1, 0, true},
		{`ExecutionStatus = 'Completed' ORDER BY WorkflowType`, store.ByWorkflowType, 1, 0, false},
		{`K = 'a' AND I > 5 AND (L = 'b' OR X = 'c') ORDER BY T`, store.ByTerm, 2, 3, false},
		{`K != 'a' AND I IS NOT NULL AND NOT L = 'b' AND K IN ('a', 'b')`, 0, 1, 3, false},
		{`NOT (K = 'a' OR I IS NULL)`, 0, 1, 2, false},
		{`K = 'a' OR L = 'b' OR I > 5`, 0, 1, 1, false},
		{`K = 'a' OR WorkflowType = 'b'`, 0, 1, 0, false},
	} {
		q, err := visibility.Compile(c.query, custom, store.SQLite)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		if q.Parts[0].Order.By != c.by || len(q.Parts) != c.parts || len(q.Where.Leads) != c.leads || q.Where.Narrow != c.narrow {
			t.Errorf("%s: %+v", c.query, q)
		}
	}
	q, err := visibility.Compile("ExecutionStatus = 'Failed' GROUP BY ExecutionStatus", nil, store.SQLite)
	if err != nil || q.GroupBy != store.GroupByStatus {
		t.Errorf("%+v, %v", q, err)
	}
}

// Every refusal is InvalidArgument and names what was wrong and what is allowed.
func TestCompileRefuses(t *testing.T) {
	for query, says := range map[string]string{
		`Foo = 1`:                                `"Foo" at position 1: it is not a search attribute; these are: WorkflowId, RunId,`,
		`workflowid = 'a'`:                       `"workflowid" at position 1: it is not a search attribute`,
		`workflow_id = 'a'`:                      `it is not a search attribute`,
		`t.WorkflowId = 'a'`:                     `"t.WorkflowId" at position 1: it is not a search attribute`,
		`'a' = WorkflowId`:                       `"'a'" at position 1: a search attribute is expected`,
		`WorkflowId`:                             `the end at position 11: an operator is expected after WorkflowId`,
		`1`:                                      `"1" at position 1: a search attribute is expected`,
		`WorkflowId = WorkflowType`:              `"WorkflowType" at position 14: a value for WorkflowId is expected`,
		`WorkflowId = 1`:                         `"1" at position 14: WorkflowId is a text: write the value in quotes`,
		`RunId = 1`:                              `RunId is a text`,
		`K = 1 `:                                 `"1" at position 5: K is a text`,
		`WorkflowId = true`:                      `WorkflowId is a text`,
		`WorkflowId = null`:                      `"null" at position 14: a value for WorkflowId is expected`,
		`WorkflowId = x'41'`:                     `"x" at position 14: a value`,
		`WorkflowId = ?`:                         `"?" at position 14: it begins neither`,
		`WorkflowId = :a`:                        `":" at position 14: it begins neither`,
		`WorkflowId = lower('A')`:                `"lower" at position 14: a value`,
		`WorkflowId = (select 1)`:                `"(" at position 14: a value`,
		`WorkflowId = '\0'`:                      `zero byte`,
		"WorkflowId = '\xff'":                    `it is not valid UTF-8`,
		`WorkflowId in 'a'`:                      `"'a'" at position 15: ( is expected`,
		`WorkflowId in ()`:                       `")" at position 16: a value`,
		`WorkflowId in ('a' 'b')`:                `"'b'" at position 20: ) is expected`,
		`WorkflowId LIKE 'a%'`:                   `"LIKE" at position 12: an operator is expected after WorkflowId`,
		`WorkflowId <=> 'a'`:                     `">" at position 14: a value`,
		`WorkflowId IS TRUE`:                     `"TRUE" at position 15: NULL is expected`,
		`WorkflowId NOT = 'a'`:                   `"=" at position 16: an operator is expected`,
		`ExecutionStatus = 'running'`:            `"'running'" at position 19: it is no value of ExecutionStatus; these are: Running, Completed,`,
		`ExecutionStatus = 'Unspecified'`:        `it is no value`,
		`ExecutionStatus = 0`:                    `"0" at position 19: it is no value`,
		`ExecutionStatus = 99`:                   `it is no value`,
		`ExecutionStatus > 'Running'`:            `">" at position 17: ExecutionStatus cannot be compared so: it has no order`,
		`ExecutionStatus BETWEEN 1 AND 2`:        `it has no order`,
		`RunId < 'a'`:                            `it has no order`,
		`L < 'a'`:                                `it has no order`,
		`L STARTS_WITH 'a'`:                      `of type Keyword only`,
		`X > 'a'`:                                `a Text has no order`,
		`X IN ('a')`:                             `a Text is found by its words`,
		`B > TRUE`:                               `it has no order`,
		`B = 'maybe'`:                            `"'maybe'" at position 5: B is a Bool`,
		`I = 1.5`:                                `"1.5" at position 5: it is no value of I`,
		`D = 'x'`:                                `it is no value of D`,
		`D = 1e`:                                 `"1e" at position 5: it is no value of D`,
		`StartTime STARTS_WITH '2024'`:           `of type Keyword only`,
		`StartTime > 'yesterday'`:                `"'yesterday'" at position 13: it is no time for StartTime`,
		`StartTime > '2024-02-30T00:00:00Z'`:     `it is no time`,
		`StartTime > '2024-02-29'`:               `it is no time`,
		`StartTime > 9999999999999999999`:        `it is no time`,
		`ExecutionDuration > '5 minutes'`:        `"'5 minutes'" at position 21: it is no duration for ExecutionDuration`,
		`ExecutionDuration > '1:60:00'`:          `it is no duration`,
		`ExecutionDuration > '9999999999:00:00'`: `it is no duration`,
		`HistoryLength = '1'`:                    `write a whole number without quotes`,
		`HistoryLength = 99999999999999999999`:   `no value of HistoryLength`,
		`WorkflowId = 'a' LIMIT 1`:               `"LIMIT" at position 18: AND, OR, GROUP BY, ORDER BY or the end is expected`,
		`WorkflowId = 'a' ORDER BY TaskQueue`:    `"TaskQueue" at position 27: a list can be ordered by`,
		`ORDER BY L`:                             `"L" at position 10: a list can be ordered by`,
		`ORDER BY StartTime, WorkflowId`:         `"," at position 19: one attribute`,
		`ORDER BY StartTime ORDER BY CloseTime`:  `"ORDER" at position 20: ORDER BY stands there already`,
		`ORDER StartTime`:                        `"StartTime" at position 7: BY is expected`,
		`GROUP BY StartTime`:                     `"StartTime" at position 10: a count can be grouped by`,
		`WorkflowId = 'a' HAVING 1 = 1`:          `"HAVING" at position 18`,
		`WorkflowId = 'a' UNION SELECT 1`:        `"UNION" at position 18`,
		`WorkflowId = 'a'; DROP TABLE run`:       `";" at position 17: it begins neither`,
		`WorkflowId = 'a') OR (1 = 1`:            `")" at position 17: AND, OR`,
		`(WorkflowId = 'a'`:                      `the end at position 18: ) is expected`,
		`WorkflowId = 'a`:                        `"'a" at position 14: its closing quote is missing`,
		`WorkflowId = 'é' AND é = 1`:             `"é" at position 22: it begins neither`,
		`WorkflowId =`:                           `the end at position 13: a value`,
		`AND`:                                    `"AND" at position 1: a search attribute is expected`,
		`exists (select 1)`:                      `"exists" at position 1: it is not a search attribute`,
		`! WorkflowId = 'a'`:                     `"!" at position 1: it begins neither`,
		`WorkflowId + 1 = 'a'`:                   `"+" at position 12: it begins neither`,
		strings.Repeat("x", 1<<17):               `the limit is 65536`,
		strings.Repeat(`HistoryLength=1 or `, 250) + `HistoryLength=1`:              `more than 250 conditions`,
		`HistoryLength in (` + strings.Repeat("1,", 1000) + `1)`:                    `more than 1000 values`,
		strings.Repeat("(", 2000) + "HistoryLength = 1" + strings.Repeat(")", 2000): `"(" at position 201: it is nested deeper than 200`,
		strings.Repeat("NOT ", 2000) + "HistoryLength = 1":                          `it is nested deeper than 200`,
	} {
		q, err := visibility.Compile(query, custom, store.SQLite)
		if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), says) {
			t.Errorf("%.80s:\n got %q, %v\nwant InvalidArgument that says %q", query, q.Where.SQL, err, says)
			continue
		}
		if len(err.Error()) > 450 || !strings.HasPrefix(err.Error(), "Invalid query: ") {
			t.Errorf("%.80s: the message is no short sentence: %s", query, err)
		}
	}
}
