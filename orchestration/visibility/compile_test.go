package visibility_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

const aRun = "018df0c0-0000-7000-8000-000000000001"

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
		{`WorkflowId = 'a'`, `(workflow_id = ?)`, []any{"a"}},
		{`WorkflowId = "a"`, `(workflow_id = ?)`, []any{"a"}},
		{"`WorkflowId` = 'a'", `(workflow_id = ?)`, []any{"a"}},
		{`WorkflowId='it''s'`, `(workflow_id = ?)`, []any{"it's"}},
		{`WorkflowId != 'a'`, `(NOT (workflow_id = ?))`, []any{"a"}},
		{`WorkflowId <> 'a'`, `(NOT (workflow_id = ?))`, []any{"a"}},
		{`WorkflowType > 'a'`, `(workflow_type > ?)`, []any{"a"}},
		{`TaskQueue in ('a', 'b')`, `(task_queue IN (?, ?))`, []any{"a", "b"}},
		{`TaskQueue NOT IN ('a', 'b')`, `(NOT (task_queue IN (?, ?)))`, []any{"a", "b"}},
		{`WorkflowId STARTS_WITH 'ab'`, `(workflow_id >= ? AND workflow_id < ?)`, []any{"ab", "ac"}},
		{`WorkflowId NOT STARTS_WITH 'ab'`, `(NOT (workflow_id >= ? AND workflow_id < ?))`, []any{"ab", "ac"}},
		{`WorkflowId STARTS_WITH ''`, `(workflow_id >= ?)`, []any{""}},
		{`WorkflowId STARTS_WITH 'a` + "\U0010ffff" + `'`, `(workflow_id >= ? AND workflow_id < ?)`, []any{"a\U0010ffff", "b"}},
		{`WorkflowId STARTS_WITH '` + "\ud7ff" + `'`, `(workflow_id >= ? AND workflow_id < ?)`, []any{"\ud7ff", "\ue000"}},
		{`RunId = '` + aRun + `'`, `(run_id = ?)`, []any{run[:]}},
		{`RunId = 'not-a-run'`, `(FALSE)`, nil},
		{`RunId != 'not-a-run'`, `(NOT (FALSE))`, nil},
		{`RunId IN ('not-a-run', '` + aRun + `')`, `(run_id = ?)`, []any{run[:]}},
		{`RunId = '` + strings.ToUpper(aRun) + `'`, `(FALSE)`, nil}, // ids are text to users, and case matters
		{`ExecutionStatus = 'Running'`, `(status = ? AND close_time IS NULL)`, []any{int64(1)}},
		{`ExecutionStatus = "Completed"`, `(status = ?)`, []any{int64(2)}},
		{`ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_TIMED_OUT'`, `(status = ? AND status > 2)`, []any{int64(7)}},
		{`ExecutionStatus = 3`, `(status = ? AND status > 2)`, []any{int64(3)}},
		{`ExecutionStatus IN ('Failed', 'ContinuedAsNew')`, `(status IN (?, ?) AND status > 2)`, []any{int64(3), int64(6)}},
		{`ExecutionStatus IN ('Running', 'Failed')`, `(status IN (?, ?))`, []any{int64(1), int64(3)}},
		{`ExecutionStatus != 'Running'`, `(NOT (status = ? AND close_time IS NULL))`, []any{int64(1)}},
		{`StartTime > '2024-02-29T12:00:00.123456Z'`, `(start_time > ?)`, []any{day.UnixMicro()}},
		{`StartTime > '2024-02-29T13:00:00.123456+01:00'`, `(start_time > ?)`, []any{day.UnixMicro()}},
		{`StartTime = '2024-02-29T12:00:00.123456789Z'`, `(start_time = ?)`, []any{day.UnixMicro()}}, // rounded as stored times are
		{`ExecutionTime >= 1709208000123456789`, `(execution_time >= ?)`, []any{day.UnixMicro()}},
		{`StartTime > -1`, `(start_time > ?)`, []any{int64(-1)}},
		{`CloseTime BETWEEN 0 AND '2024-02-29T12:00:00.123456Z'`, `(close_time BETWEEN ? AND ?)`, []any{int64(0), day.UnixMicro()}},
		{`CloseTime NOT BETWEEN 0 AND 1000`, `(NOT (close_time BETWEEN ? AND ?))`, []any{int64(0), int64(1)}},
		{`CloseTime IS NULL`, `(close_time IS NULL)`, nil},
		{`CloseTime is not null`, `(NOT (close_time IS NULL))`, nil},
		{`HistoryLength <= 10`, `(history_length <= ?)`, []any{int64(10)}},
		{
			`WorkflowId = 'a' AND WorkflowType = 'b' OR TaskQueue = 'c'`,
			`(((workflow_id = ?) AND (workflow_type = ?)) OR (task_queue = ?))`, []any{"a", "b", "c"},
		},
		{
			`WorkflowId = 'a' AND (WorkflowType = 'b' OR TaskQueue = 'c')`,
			`((workflow_id = ?) AND ((workflow_type = ?) OR (task_queue = ?)))`, []any{"a", "b", "c"},
		},
		{
			`HistoryLength = 1 and HistoryLength = 2 and HistoryLength = 3`,
			`((history_length = ?) AND (history_length = ?) AND (history_length = ?))`, []any{int64(1), int64(2), int64(3)},
		},
		{`NOT (HistoryLength = 1 OR HistoryLength = 2)`, `(NOT ((history_length = ?) OR (history_length = ?)))`, []any{int64(1), int64(2)}},
		{`NOT NOT HistoryLength != 1`, `(NOT (history_length = ?))`, []any{int64(1)}},
	} {
		w, err := visibility.Compile(c.query, store.SQLite, store.FirstArg)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
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
		{`WorkflowId = 'a' AND WorkflowType IN ('b', 'c')`, `((workflow_id = $5) AND (workflow_type IN ($6, $7)))`, []any{"a", "b", "c"}},
		{`WorkflowId < 'a'`, `(workflow_id COLLATE "C" < $5)`, []any{"a"}},
		{`WorkflowId STARTS_WITH 'a'`, `(workflow_id COLLATE "C" >= $5 AND workflow_id COLLATE "C" < $6)`, []any{"a", "b"}},
		{`WorkflowId BETWEEN 'a' AND 'b'`, `(workflow_id COLLATE "C" BETWEEN $5 AND $6)`, []any{"a", "b"}},
		{`RunId = '` + aRun + `'`, `(run_id = $5)`, []any{aRun}},
		{`StartTime < '2024-02-29T12:00:00Z'`, `(start_time < $5)`, []any{day}},
	} {
		w, err := visibility.Compile(c.query, store.Postgres, store.FirstArg)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		if w.SQL != c.sql || !reflect.DeepEqual(w.Args, c.args) {
			t.Errorf("%s:\n got %s %#v\nwant %s %#v", c.query, w.SQL, w.Args, c.sql, c.args)
		}
	}
}

// Every refusal is InvalidArgument and names what was wrong and what is allowed.
func TestCompileRefuses(t *testing.T) {
	for query, says := range map[string]string{
		`Foo = 1`:                              `"Foo" is not a search attribute; these are: WorkflowId, RunId,`,
		`workflowid = 'a'`:                     `"workflowid" is not a search attribute`,
		`workflow_id = 'a'`:                    `"workflow_id" is not a search attribute`,
		`t.WorkflowId = 'a'`:                   `"t.WorkflowId" stands where an attribute is expected`,
		`'a' = WorkflowId`:                     `"'a'" stands where an attribute is expected`,
		`WorkflowId`:                           `"WorkflowId" is no condition`,
		`1`:                                    `"1" is no condition`,
		`WorkflowId = WorkflowType`:            `WorkflowId cannot be compared with "WorkflowType"`,
		`WorkflowId = 1`:                       `WorkflowId is a text: write 1 in quotes`,
		`RunId = 1`:                            `RunId is a text: write 1 in quotes`,
		`WorkflowId = true`:                    `WorkflowId cannot be compared with "true"`,
		`WorkflowId = null`:                    `a quoted text or a whole number`,
		`WorkflowId = 1.5`:                     `a quoted text or a whole number`,
		`WorkflowId = 0x10`:                    `a quoted text or a whole number`,
		`WorkflowId = x'41'`:                   `a quoted text or a whole number`,
		`WorkflowId = ?`:                       `a quoted text or a whole number`,
		`WorkflowId = :a`:                      `a quoted text or a whole number`,
		`WorkflowId = lower('A')`:              `a quoted text or a whole number`,
		`WorkflowId = (select 1)`:              `a quoted text or a whole number`,
		`WorkflowId = '\0'`:                    `zero byte`,
		"WorkflowId = '\xff'":                  `invalid UTF-8`,
		`WorkflowId in 'a'`:                    `syntax error at position 18 near "a"`,
		`WorkflowId in (select 1)`:             `list of values in parentheses`,
		`WorkflowId in ()`:                     `syntax error`,
		`WorkflowId LIKE 'a%'`:                 `the operator LIKE is not supported`,
		`WorkflowId regexp 'a'`:                `the operator REGEXP is not supported`,
		`WorkflowId <=> 'a'`:                   `the operator <=> is not supported`,
		`WorkflowId IS TRUE`:                   `the operator IS TRUE is not supported`,
		`ExecutionStatus = 'running'`:          `"running" is no value of ExecutionStatus; these are: Running, Completed,`,
		`ExecutionStatus = 'Unspecified'`:      `"Unspecified" is no value`,
		`ExecutionStatus = 0`:                  `"0" is no value`,
		`ExecutionStatus = 99`:                 `"99" is no value`,
		`ExecutionStatus > 'Running'`:          `it has no order`,
		`ExecutionStatus BETWEEN 1 AND 2`:      `it has no order`,
		`RunId < 'a'`:                          `it has no order`,
		`StartTime STARTS_WITH '2024'`:         `WorkflowId, WorkflowType and TaskQueue only`,
		`StartTime > 'yesterday'`:              `"yesterday" is no time for StartTime`,
		`StartTime > '2024-02-30T00:00:00Z'`:   `is no time`,
		`StartTime > '2024-02-29'`:             `is no time`,
		`StartTime > 9999999999999999999`:      `out of range for StartTime`,
		`HistoryLength = '1'`:                  `write a whole number without quotes`,
		`HistoryLength = 99999999999999999999`: `no value of HistoryLength`,
		`WorkflowId = 'a' ORDER BY WorkflowId`: `ORDER BY is not supported`,
		`WorkflowId = 'a' LIMIT 1`:             `LIMIT is not supported`,
		`WorkflowId = 'a' GROUP BY WorkflowId`: `GROUP BY is not supported`,
		`WorkflowId = 'a' HAVING 1 = 1`:        `HAVING is not supported`,
		`WorkflowId = 'a' FOR UPDATE`:          `FOR UPDATE is not supported`,
		`WorkflowId = 'a' UNION SELECT 1`:      `UNION is not supported`,
		`WorkflowId = 'a'; DROP TABLE run`:     `syntax error at position 23 near "drop"`,
		`WorkflowId = 'a') OR (1 = 1`:          `syntax error at position 18`,
		`WorkflowId = 'a`:                      `syntax error at position 16`,
		`WorkflowId =`:                         `syntax error at position 13`,
		`AND`:                                  `syntax error at position 4 near "and"`,
		`exists (select 1)`:                    `is no condition`,
		`! WorkflowId = 'a'`:                   `stands where an attribute is expected`,
		`WorkflowId + 1 = 'a'`:                 `stands where an attribute is expected`,
		strings.Repeat("x", 1<<17):             `the limit is 65536`,
		strings.Repeat(`HistoryLength=1 or `, 250) + `HistoryLength=1`:                `more than 250 conditions`,
		`HistoryLength in (` + strings.Repeat("1,", 1000) + `1)`:                      `more than 1000 values`,
		strings.Repeat("(", 2000) + "HistoryLength = 1" + strings.Repeat(")", 2000):   `max nesting level reached at position`,
		strings.Repeat("NOT ", 2000) + "HistoryLength = 1":                            `max nesting level reached at position`,
		`WorkflowId = ` + strings.Repeat("(", 2000) + "1" + strings.Repeat(")", 2000): `max nesting level reached at position`,
	} {
		w, err := visibility.Compile(query, store.SQLite, store.FirstArg)
		if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), says) {
			t.Errorf("%.80s:\n got %q, %v\nwant InvalidArgument that says %q", query, w.SQL, err, says)
			continue
		}
		if len(err.Error()) > 400 || !strings.HasPrefix(err.Error(), "Invalid query: ") {
			t.Errorf("%.80s: the message is no short sentence: %s", query, err)
		}
	}
}
