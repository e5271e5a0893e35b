package acceptance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
)

// verdict is what the end of a crash run showed.
type verdict struct {
	transfers, events, replayed int
	outcomes                    map[fate]int
	minOpen                     int
	audit                       banktransfer.Audit
	actions                     int64 // counted as used
	clearings                   string
}

func (v verdict) String() string {
	return fmt.Sprintf("min_open=%d transfers=%d paid=%d refunded=%d aborted=%d events=%d replayed=%d replayed_official=%d "+
		"debits=%d credits=%d refunds=%d repeats_without_effect=%d balanced=%v actions=%d %s",
		v.minOpen, v.transfers, v.outcomes[paid], v.outcomes[refunded], v.outcomes[aborted], v.events, v.replayed, v.replayed,
		v.audit.Debits, v.audit.Credits, v.audit.Refunds, v.audit.Repeats, v.audit.Balanced(), v.actions, v.clearings)
}

// verify checks everything that must hold once all transfers have ended.
func (c *crash) verify() verdict {
	c.Helper()
	v := verdict{transfers: len(c.traffic.done), outcomes: map[fate]int{}}
	r := newReplayers()
	r.add("TransferFunds", banktransfer.TransferFunds, officialTransfer)
	lives := make([]life, len(c.traffic.done))
	var (
		mu      sync.Mutex
		readers sync.WaitGroup
		slots   = make(chan struct{}, 8)
	)
	for i, d := range c.traffic.done {
		readers.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			events, err := c.historyOf(d.id)
			if err == nil {
				err = errors.Join(checkTransfer(events, d), r.replay(events))
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				c.Errorf("%s: %v", d.id, err)
				return
			}
			lives[i] = life{events[0].EventTime.AsTime(), events[len(events)-1].EventTime.AsTime()}
			v.events += len(events)
			v.replayed++
			v.outcomes[d.outcome]++
		})
	}
	readers.Wait()
	v.clearings = c.finishClearings()
	c.checkNothingElse()
	v.minOpen = c.minOpen(lives)
	if v.minOpen < *crashOpen && len(c.kills) > 0 {
		c.Errorf("only %d transfers were open at some kill, want %d", v.minOpen, *crashOpen)
	}
	v.audit = c.auditLedger(v)
	v.actions = c.checkUsage()
	return v
}

// auditLedger checks the bank's books against the outcomes: balanced to the cent, and each step exactly as often as it should
// have taken effect.
func (c *crash) auditLedger(v verdict) banktransfer.Audit {
	c.Helper()
	a, err := openLedger(c, c.ledger).Audit(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	if !a.Balanced() || a.Total != 2*deposit {
		c.Errorf("the ledger: %v", a)
	}
	equal(c, "debits", a.Debits, v.transfers)
	equal(c, "credits", a.Credits, v.outcomes[paid])
	equal(c, "refunds", a.Refunds, v.outcomes[refunded]+v.outcomes[aborted])
	return a
}

// historyOf reads the only run of a workflow.
func (c *crash) historyOf(id string) (all []*historypb.HistoryEvent, err error) {
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	service := c.traffic.bank.Service()
	list, err := service.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, Query: fmt.Sprintf("WorkflowId = '%s'", id),
	})
	if err != nil {
		return nil, err
	}
	if len(list.Executions) != 1 {
		return nil, fmt.Errorf("%d runs, want one", len(list.Executions))
	}
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace: namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: list.Executions[0].Execution.RunId},
	}
	for {
		page, err := service.GetWorkflowExecutionHistory(ctx, request)
		if err != nil {
			return nil, err
		}
		all = append(all, page.History.GetEvents()...)
		if request.NextPageToken = page.NextPageToken; len(page.NextPageToken) == 0 {
			return all, nil
		}
	}
}

// checkTransfer checks one history: contiguous, one start, one end, and that end as its driver saw it.
func checkTransfer(events []*historypb.HistoryEvent, d transferred) error {
	if err := contiguous(events); err != nil {
		return err
	}
	ends := 0
	for _, e := range events {
		switch e.EventType {
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
			enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
			enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
			ends++
		}
	}
	last := events[len(events)-1]
	want := enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED
	if d.outcome == paid {
		want = enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
	}
	if ends != 1 || last.EventType != want {
		return fmt.Errorf("%d ends, the last event is %v, its client saw %q", ends, last.EventType, d.outcome)
	}
	if tooLate := d.fate == aborted && d.outcome == paid; d.outcome != d.fate && !tooLate {
		return fmt.Errorf("ended as %q, planned %q", d.outcome, d.fate)
	}
	return nil
}

// checkNothingElse checks that the server knows of no other workflow and of none that is open.
func (c *crash) checkNothingElse() {
	c.Helper()
	for query, want := range map[string]int{"WorkflowType = 'TransferFunds'": len(c.traffic.done), "ExecutionStatus = 'Running'": 0} {
		n, err := c.traffic.bank.Count(c.Context(), query)
		if err != nil {
			c.Error(err)
		} else if n != int64(want) {
			c.Errorf("count of %q: got %d, want %d", query, n, want)
		}
	}
}

// life is when a transfer was open, as its history has it.
type life struct{ from, to time.Time }

// minOpen is the least number of transfers that were open at a kill.
func (c *crash) minOpen(lives []life) int {
	least := 0
	for i, k := range c.kills {
		open := 0
		for _, l := range lives {
			if l.from.Before(k.at) && l.to.After(k.at) {
				open++
			}
		}
		if i == 0 || open < least {
			least = open
		}
	}
	return least
}
