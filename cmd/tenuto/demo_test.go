package main

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
)

// The demo may run for weeks: nobody may run dry, and the failing transfers must stay a minority.
func TestDemoTransfersStayAffordable(t *testing.T) {
	balance := map[string]banktransfer.Cents{banktransfer.Alice: demoDeposit, banktransfer.Bob: demoDeposit}
	references := map[string]bool{}
	failing := 0
	const n = 100_000
	for i := 1; i <= n; i++ {
		x := demoTransfer("demo", i)
		if x.Amount <= 0 || x.From == x.To || references[x.Reference] {
			t.Fatalf("transfer %d is %+v", i, x)
		}
		references[x.Reference] = true
		if x.To == banktransfer.Closed {
			failing++
			continue // the money comes back
		}
		balance[x.From] -= x.Amount
		balance[x.To] += x.Amount
		if balance[x.From] < 0 {
			t.Fatalf("%s runs dry at transfer %d", x.From, i)
		}
	}
	if failing != n/11+1 {
		t.Errorf("%d of %d fail", failing, n)
	}
	if demoTransfer("demo", 1).To != banktransfer.Closed {
		t.Error("the first transfer does not show a failure")
	}
}

func TestDemoTransfersEndAndTheBooksBalance(t *testing.T) {
	db := filepath.Join(t.TempDir(), "dev.db")
	l := begin(t, "--db", db, "--demo")
	first := l.firstRun()
	second := strings.TrimSuffix(first, "0001") + "0002"
	if got := l.closing(first); got != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED {
		t.Errorf("the first transfer ended with %v", got)
	}
	if got := l.closing(second); got != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED {
		t.Errorf("the second transfer ended with %v", got)
	}
	if err := l.end(); err != nil {
		t.Fatalf("ended with %v", err)
	}
	ledger, err := banktransfer.OpenLedger(t.Context(), strings.TrimSuffix(db, ".db")+demoLedger)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ledger.Close() }()
	audit, err := ledger.Audit(t.Context())
	if err != nil || audit.Wrong != 0 || audit.Debits < 2 || audit.Refunds != 1 {
		t.Errorf("books: %v, %v", audit, err)
	}
}

// firstRun is the id of the first transfer, once it has been started.
func (l *life) firstRun() string {
	l.t.Helper()
	service := l.service()
	for {
		reply, err := service.ListWorkflowExecutions(l.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: "default", Query: `WorkflowType = "TransferFunds"`,
		})
		if err != nil {
			l.t.Fatal(err)
		}
		if n := len(reply.Executions); n > 0 {
			return reply.Executions[n-1].Execution.WorkflowId
		}
	}
}

// closing waits for a workflow to be started and to close, and returns its last event's type.
func (l *life) closing(id string) enumspb.EventType {
	l.t.Helper()
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: "default", Execution: &commonpb.WorkflowExecution{WorkflowId: id},
		WaitNewEvent: true, HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
	}
	service := l.service()
	for {
		reply, err := service.GetWorkflowExecutionHistory(l.t.Context(), request)
		if l.t.Context().Err() != nil {
			l.t.Fatalf("%s: %v", id, err)
		}
		if events := reply.GetHistory().GetEvents(); len(events) > 0 {
			return events[len(events)-1].EventType
		}
		request.NextPageToken = reply.GetNextPageToken()
	}
}

func TestReachable(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:7233": "127.0.0.1:7233", "[::1]:7233": "[::1]:7233", "0.0.0.0:7233": "localhost:7233", "[::]:7233": "localhost:7233",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(tcp); got != want {
			t.Errorf("%s is reached at %s, want %s", addr, got, want)
		}
	}
}
