package workers

import (
	"strings"
	"testing"
	"time"

	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

var told = Worker{Heartbeat: &workerpb.WorkerHeartbeat{
	WorkerInstanceKey: "k-1", WorkerIdentity: "O'Hara@host", HostInfo: &workerpb.WorkerHostInfo{HostName: "host-7"}, TaskQueue: "bank",
	DeploymentVersion: &deploymentpb.WorkerDeploymentVersion{DeploymentName: "ledger", BuildId: "b2"},
	SdkName:           "temporal-go", SdkVersion: "1.50.0", StartTime: timestamppb.New(epoch), Status: enumspb.WORKER_STATUS_SHUTTING_DOWN,
}}

func TestQueries(t *testing.T) {
	for query, want := range map[string]bool{
		"": true, "  \n": true,
		"WorkerInstanceKey = 'k-1'": true, `WorkerInstanceKey = "k-1"`: true, "WorkerInstanceKey = 'K-1'": false, "WorkerInstanceKey='k-1'": true,
		"WorkerIdentity = 'O''Hara@host'": true, `WorkerIdentity = "O'Hara@host"`: true,
		"HostName STARTS_WITH 'host'": true, "HostName NOT STARTS_WITH 'host'": false, "HostName starts_with 'x'": false,
		"TaskQueue != 'bank'": false, "TaskQueue <> 'shop'": true,
		"DeploymentName = 'ledger' AND BuildId = 'b2'": true, "BuildId = ''": false,
		"SdkName IN ('temporal-java', 'temporal-go')": true, "SdkName NOT IN ('temporal-java', 'temporal-go')": false, "SdkName in ('x')": false,
		"SdkVersion >= '1.50' AND SdkVersion < '2'": true,
		"Status = 'ShuttingDown'":                   true, "Status = 'WORKER_STATUS_SHUTTING_DOWN'": true, "Status = 'Running'": false, "Status IN ('Running','Shutdown')": false,
		"StartTime = '2026-03-01T12:00:00Z'": true, "StartTime > '2026-03-01T12:00:00Z'": false, "StartTime >= '2026-03-01T13:00:00+01:00'": true,
		"StartTime BETWEEN '2026-03-01T11:00:00Z' AND '2026-03-01T12:00:00Z'":     true,
		"StartTime NOT BETWEEN '2026-03-01T11:00:00Z' AND '2026-03-01T12:00:00Z'": false,
		"StartTime BETWEEN '2026-03-01T12:00:01Z' AND '2026-03-02T00:00:00Z'":     false,
		"TaskQueue = 'shop' OR TaskQueue = 'bank' AND Status = 'ShuttingDown'":    true,
		"(TaskQueue = 'bank' OR TaskQueue = 'shop') AND Status = 'Running'":       false,
		"NOT TaskQueue = 'bank' OR NOT (Status = 'Running')":                      true,
		"not not TaskQueue = 'bank'":                                              true,
		"TaskQueue BETWEEN 'a' AND 'c' AND HostName = 'host-7'":                   true,
	} {
		q, err := Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if got := q.Matches(told); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}

// TestQueriesOfWhatIsNotTold: text is empty then, and no comparison with a time holds.
func TestQueriesOfWhatIsNotTold(t *testing.T) {
	silent := Worker{Heartbeat: &workerpb.WorkerHeartbeat{WorkerInstanceKey: "k"}, Heard: time.Time{}}
	for query, want := range map[string]bool{
		"BuildId = ''": true, "StartTime != '2026-03-01T12:00:00Z'": false, "StartTime < '2026-03-01T12:00:00Z'": false,
		"NOT StartTime < '2026-03-01T12:00:00Z'": true, "Status != 'Running'": true, "StartTime IN ('1970-01-01T00:00:00Z')": false,
		"StartTime BETWEEN '1960-01-01T00:00:00Z' AND '2026-03-01T12:00:00Z'": false,
	} {
		q, err := Parse(query)
		if err != nil || q.Matches(silent) != want {
			t.Errorf("%s: %v, %v", query, !want, err)
		}
	}
}

func TestBadQueries(t *testing.T) {
	for query, words := range map[string]string{
		"TaskQueue":                          `it ends at position 10 where an operator is expected`,
		"TaskQueue =":                        `it ends at position 12 where a value in quotes`,
		"TaskQueue = bank":                   `"bank" stands at position 13 where a value in quotes`,
		"TaskQueue = 'bank":                  `the quote at position 13 is not closed`,
		"TaskQueue = 'bank' Status":          `"Status" stands at position 20 where AND, OR or the end`,
		"TaskQueue ! 'bank'":                 `"!" stands at position 11 where an operator`,
		"= 'bank'":                           `"=" stands at position 1 where an attribute`,
		"'TaskQueue' = 'bank'":               `"TaskQueue" stands at position 1 where an attribute`,
		"taskqueue = 'bank'":                 `"taskqueue" is not an attribute of workers; these are: WorkerInstanceKey, `,
		"TaskQueue NOT = 'bank'":             `"=" stands at position 15 where IN, BETWEEN or STARTS_WITH`,
		"(TaskQueue = 'bank'":                `it ends at position 20 where a closing parenthesis`,
		"TaskQueue = 'bank')":                `")" stands at position 19`,
		"TaskQueue IN 'bank'":                `where a list in parentheses`,
		"TaskQueue IN ('bank' 'shop')":       `where a comma or a closing parenthesis`,
		"TaskQueue IN ()":                    `")" stands at position 15`,
		"TaskQueue BETWEEN 'a'":              `where AND is expected`,
		"TaskQueue BETWEEN 'a' AND":          `where a value in quotes`,
		"Status = 'Tired'":                   `"Tired" at position 10 is no value of Status`,
		"Status STARTS_WITH 'Run'":           `Status cannot be compared with STARTS_WITH`,
		"TaskQueue STARTS_WITH":              `it ends`,
		"StartTime > 'yesterday'":            `"yesterday" at position 13 is no time for StartTime`,
		"StartTime STARTS_WITH '2026'":       `StartTime cannot be compared with STARTS_WITH`,
		"TaskQueue = 'ä' AND Foo = 'x'":      `"Foo" is not an attribute`,
		"TaskQueue = 'ä' AND = 'x'":          `"=" stands at position 21`,
		strings.Repeat("(", 60) + "Status":   `nested more than 50 deep`,
		strings.Repeat("NOT ", 60) + "x":     `nested more than 50 deep`,
		strings.Repeat(" ", maxLength) + "x": `at most 16384 are allowed`,
		strings.Repeat("TaskQueue = '' OR ", maxConditions) + "TaskQueue = ''": `more than 100 conditions`,
	} {
		_, err := Parse(query)
		if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "Invalid query") {
			t.Errorf("%.60q: got %v, want %q", query, err, words)
		}
	}
}

// FuzzParse: no text makes it panic, or be read as something that cannot be asked.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"TaskQueue = 'bank' AND NOT (Status IN ('Running'))", "''''", "StartTime BETWEEN '' AND ''", "ä=\xff'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err == nil {
			q.Matches(told)
		} else if orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%v", err)
		}
	})
}
