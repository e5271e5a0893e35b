package acceptance

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of servers on PostgreSQL
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// counters are the columns that are compared: what histories tell, and what is held.
var counters = []string{"starts", "children", "activities", "timers", "signals", "updates", "markers", "upserts", "open_runs", "active_bytes", "retained_bytes"}

// checkUsage compares what the server has counted, in the commits of what it counted, with the histories of all runs: nothing was lost in a crash and nothing
// was counted twice, though commits were cut off, repeated and resolved. It returns how many actions there were.
func (c *crash) checkUsage() (actions int64) {
	c.Helper()
	told := c.toldByHistories()
	counted := c.counted()
	for _, name := range counters {
		if counted[name] != told[name] {
			c.Errorf("usage: %s counted %d, in the histories %d", name, counted[name], told[name])
		}
	}
	for _, name := range counters[:8] {
		actions += counted[name]
	}
	return actions
}

// toldByHistories reads every run of the namespace.
func (c *crash) toldByHistories() map[string]int64 {
	c.Helper()
	told := map[string]int64{}
	list := &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, PageSize: 500}
	for {
		page, err := c.traffic.bank.Service().ListWorkflowExecutions(c.Context(), list)
		if err != nil {
			c.Fatal(err)
		}
		for _, e := range page.Executions {
			if e.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
				told["open_runs"]++
			}
			told["retained_bytes"] += e.HistorySizeBytes
			c.tell(told, e.Execution)
		}
		if list.NextPageToken = page.NextPageToken; len(page.NextPageToken) == 0 {
			return told
		}
	}
}

// tell adds the actions of one run.
func (c *crash) tell(told map[string]int64, run *commonpb.WorkflowExecution) {
	c.Helper()
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: namespace, Execution: run}
	marked := map[int64]bool{}
	for {
		page, err := c.traffic.bank.Service().GetWorkflowExecutionHistory(c.Context(), request)
		if err != nil {
			c.Fatal(err)
		}
		for _, ev := range page.History.GetEvents() {
			if task := ev.GetMarkerRecordedEventAttributes().GetWorkflowTaskCompletedEventId(); task != 0 {
				if marked[task] {
					continue
				}
				marked[task] = true
			}
			if name, n := actionOf(ev); n > 0 {
				told[name] += n
			}
		}
		if request.NextPageToken = page.NextPageToken; len(page.NextPageToken) == 0 {
			return
		}
	}
}

// actionOf is what an event counts as.
func actionOf(ev *historypb.HistoryEvent) (name string, n int64) {
	switch ev.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		return "starts", 1
	case enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
		return "children", 1
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
		return "activities", int64(ev.GetActivityTaskStartedEventAttributes().GetAttempt())
	case enumspb.EVENT_TYPE_TIMER_STARTED:
		return "timers", 1
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		return "signals", 1
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		return "updates", 1
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		return "markers", 1
	case enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
		return "upserts", 1
	}
	return "", 0
}

// counted reads the server's counters from its database, all hours and lanes together.
func (c *crash) counted() map[string]int64 {
	c.Helper()
	described, err := c.traffic.bank.Service().DescribeNamespace(c.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if err != nil {
		c.Fatal(err)
	}
	id := uuid.MustParse(described.NamespaceInfo.Id)
	db, key, err := c.database(id)
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	columns := strings.Join(counters, ", ")
	sums := "sum(" + strings.Join(counters, "), sum(") + ")"
	query := fmt.Sprintf("SELECT %s FROM (SELECT %s FROM usage_hour WHERE namespace = $1 UNION ALL SELECT %s FROM usage_lane WHERE namespace = $1) AS u", sums, columns, columns)
	values := make([]int64, len(counters))
	var into []any
	for i := range values {
		into = append(into, &values[i])
	}
	if err := db.QueryRowContext(c.Context(), query, key).Scan(into...); err != nil {
		c.Fatal(err)
	}
	out := map[string]int64{}
	for i, name := range counters {
		out[name] = values[i]
	}
	return out
}

// database opens the server's database for reading, and the namespace's id as it is a column there.
func (c *crash) database(id uuid.UUID) (db *sql.DB, key any, err error) {
	if url := c.servers[0].postgres; url != "" {
		db, err = sql.Open("pgx", url)
		return db, id.String(), err
	}
	db, err = sql.Open("sqlite", "file:"+c.servers[0].db+"?mode=ro")
	return db, id[:], err
}
