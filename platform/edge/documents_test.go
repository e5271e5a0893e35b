package edge_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
)

// root is the repository's root.
const root = "../.."

// tableRows are the cells of all rows of a page's tables whose header begins with this cell.
func tableRows(t *testing.T, page, header string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	in := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			in = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == header:
			in = true
		case in && cells[0] != "---":
			rows = append(rows, cells)
		}
	}
	return rows
}

// testsOfRepository are the names of all Go tests of the repository.
func testsOfRepository(t *testing.T) map[string]bool {
	t.Helper()
	names, function := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range function.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// wantTests demands that a cell names tests, and that each is there.
func wantTests(t *testing.T, have map[string]bool, row, cell string) {
	t.Helper()
	for name := range strings.SplitSeq(cell, ",") {
		if name = strings.TrimSpace(name); !have[name] {
			t.Errorf("%s: there is no test %q", row, name)
		}
	}
}

func TestCoverageDocument(t *testing.T) {
	w := newWorld(t)
	tests := testsOfRepository(t)
	stated := map[string]string{}
	for _, row := range tableRows(t, "docs/api-coverage.md", "Method") {
		if len(row) != 3 {
			continue // the table of parts
		}
		method, state := row[0], row[1]
		if stated[method] != "" {
			t.Errorf("%s has two rows", method)
		}
		stated[method] = state
		if state == "built" {
			wantTests(t, tests, method, row[2])
		} else if row[2] == "" {
			t.Errorf("%s: what is missing?", method)
		}
	}
	for _, service := range []grpc.ServiceDesc{workflowservice.WorkflowService_ServiceDesc, operatorservice.OperatorService_ServiceDesc} {
		for _, m := range service.Methods {
			name := service.ServiceName + "/" + m.MethodName
			err := w.conn.Invoke(t.Context(), "/"+name, &untyped{}, &untyped{})
			unimplemented := status.Code(err) == codes.Unimplemented
			switch state := stated[m.MethodName]; {
			case state == "":
				t.Errorf("%s has no row", m.MethodName)
			case state == "built" && unimplemented:
				t.Errorf("%s is said to be built, and answers %v", name, err)
			case state != "built" && !unimplemented:
				t.Errorf("%s is said to be %s, and answers %v", name, state, err)
			case unimplemented && status.Convert(err).Message() != "Method "+name+" is not implemented by this server.":
				t.Errorf("%s answers %q", name, status.Convert(err).Message())
			}
			delete(stated, m.MethodName)
		}
	}
	if len(stated) > 0 {
		t.Errorf("the page lists what no service has: %v", stated)
	}
}

func TestUnknownMethodsAreUnimplemented(t *testing.T) {
	w := newWorld(t)
	for _, method := range []string{"temporal.api.workflowservice.v1.WorkflowService/BrewCoffee", "temporal.api.cloud.v1.CloudService/GetUsers"} {
		err := w.conn.Invoke(t.Context(), "/"+method, &untyped{}, &untyped{})
		if status.Code(err) != codes.Unimplemented || status.Convert(err).Message() != "Method "+method+" is not implemented by this server." {
			t.Errorf("%v", err)
		}
	}
}

// limits are the constants that docs/limits.md lists.
var limits = map[string]any{
	"MaxMessageSize": orchestration.MaxMessageSize, "MaxIDLength": orchestration.MaxIDLength, "MaxPayloadSize": orchestration.MaxPayloadSize,
	"WarnPayloadSize": orchestration.WarnPayloadSize, "MaxMemoSize": orchestration.MaxMemoSize,
	"MaxSearchAttributeSize": orchestration.MaxSearchAttributeSize, "MaxTaskTimeout": orchestration.MaxTaskTimeout,
	"DefaultTaskTimeout": orchestration.DefaultTaskTimeout, "LongPoll": orchestration.LongPoll, "LongPollHistory": orchestration.LongPollHistory,
	"MaxHistoryEvents": orchestration.MaxHistoryEvents, "MaxHistoryBytes": orchestration.MaxHistoryBytes,
	"WarnHistoryEvents": orchestration.WarnHistoryEvents, "WarnHistoryBytes": orchestration.WarnHistoryBytes,
	"SuggestHistoryEvents": orchestration.SuggestHistoryEvents, "SuggestHistoryBytes": orchestration.SuggestHistoryBytes,
	"MaxPendingActivities": orchestration.MaxPendingActivities, "MaxPendingTimers": orchestration.MaxPendingTimers,
	"MaxPendingChildren": orchestration.MaxPendingChildren, "MaxPendingSignals": orchestration.MaxPendingSignals, "MaxPendingCancels": orchestration.MaxPendingCancels,
	"MaxBatches": orchestration.MaxBatches, "MaxBatchRuns": orchestration.MaxBatchRuns, "MaxBatchRate": orchestration.MaxBatchRate, "MaxBatchFailures": orchestration.MaxBatchFailures,
	"MaxSignalsPerRun": orchestration.MaxSignalsPerRun, "MaxSignalRequestIDs": orchestration.MaxSignalRequestIDs,
	"MaxUpdatesInFlight": orchestration.MaxUpdatesInFlight, "MaxUpdatesPerRun": orchestration.MaxUpdatesPerRun,
	"SuggestUpdates": orchestration.SuggestUpdates, "LongPollUpdate": orchestration.LongPollUpdate,
	"MaxBufferedEvents": orchestration.MaxBufferedEvents, "MaxBufferedBytes": orchestration.MaxBufferedBytes,
	"WorkflowTaskHeartbeats": orchestration.WorkflowTaskHeartbeats, "MaxKeptFailure": orchestration.MaxKeptFailure,

	"MaxDuration": edge.MaxDuration, "MinLongPoll": edge.MinLongPoll, "LongPollMargin": edge.LongPollMargin,
	"MaxSearchAttributes": edge.MaxSearchAttributes, "MaxSearchAttributeValue": orchestration.MaxSearchAttributeValue,
	"MaxFairnessKeyLength": edge.MaxFairnessKeyLength, "MaxSummarySize": edge.MaxSummarySize, "MaxDetailsSize": edge.MaxDetailsSize,
	"MaxReasonSize": orchestration.MaxReasonSize, "MaxWorkerHeartbeats": edge.MaxWorkerHeartbeats, "MaxWorkerHeartbeatSize": edge.MaxWorkerHeartbeatSize,
	"MaxLinks": edge.MaxLinks, "MaxLinkSize": edge.MaxLinkSize, "MaxPageSize": edge.MaxPageSize, "MaxSendSize": edge.MaxSendSize,

	"MaxAttributes": tenants.MaxAttributes, "MaxAttributeLength": tenants.MaxAttributeLength,
	"MaxNameLength": tenants.MaxNameLength, "MaxTextLength": tenants.MaxTextLength, "MaxCodecLength": tenants.MaxCodecLength,
	"MaxQuota":     tenants.MaxQuota,
	"MinRetention": time.Duration(tenants.MinRetention), "MaxRetention": time.Duration(tenants.MaxRetention),
}

// declared are the names of the constants of Go files. What is only logged (Warn…) is no limit.
func declared(t *testing.T, files ...string) (names []string) {
	t.Helper()
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if g, ok := n.(*ast.GenDecl); ok && g.Tok == token.CONST {
				for _, spec := range g.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						if id.IsExported() && !strings.HasPrefix(id.Name, "Warn") {
							names = append(names, id.Name)
						}
					}
				}
			}
			return true
		})
	}
	return names
}

func TestLimitsDocument(t *testing.T) {
	tests := testsOfRepository(t)
	var listed []string
	for _, row := range tableRows(t, "docs/limits.md", "Constant") {
		name, number := row[0], strings.TrimSuffix(row[1], " bytes")
		listed = append(listed, name)
		if value, ok := limits[name]; !ok || number != fmt.Sprint(value) {
			t.Errorf("%s is said to be %s, and is %v", name, number, value)
		}
		wantTests(t, tests, name, row[len(row)-1])
	}
	for _, name := range declared(t, "orchestration/limits.go", "platform/edge/limits.go") {
		if !slices.Contains(listed, name) {
			t.Errorf("%s has no row", name)
		}
	}
}
