package history

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

func TestDescribe(t *testing.T) {
	s := newStage(t)
	s.playAll("start memo=purpose:1 summary=monthly priority=2 delay=10s run-timeout=1m execution-timeout=1h\nadvance 10s\npoll")
	info := s.run.Info()
	if info.Execution.WorkflowId != "w" || info.Type.Name != "Transfer" || info.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || info.CloseTime != nil {
		t.Errorf("info is %v", info)
	}
	if got := info.ExecutionTime.AsTime().Sub(info.StartTime.AsTime()); got != 10*time.Second {
		t.Errorf("execution begins after %v", got)
	}
	if info.HistoryLength != 3 { // Started is not stored yet, but everyone sees it
		t.Errorf("history has %d events", info.HistoryLength)
	}
	if info.Priority.PriorityKey != 2 || string(info.Memo.Fields["purpose"].Data) != "1" || info.StateTransitionCount != 3 || info.HistorySizeBytes == 0 {
		t.Errorf("info is %v", info)
	}
	config := s.run.Config()
	if config.WorkflowRunTimeout.AsDuration() != time.Minute || config.WorkflowExecutionTimeout.AsDuration() != time.Hour ||
		config.DefaultWorkflowTaskTimeout.AsDuration() != 10*time.Second || string(config.UserMetadata.Summary.Data) != "monthly" {
		t.Errorf("config is %v", config)
	}
	s.play("cancel stop")
	extended := s.run.Extended()
	if want := epoch.Add(70 * time.Second); !extended.RunExpirationTime.AsTime().Equal(want) || !s.run.Expires().Equal(want) || !extended.CancelRequested {
		t.Errorf("extended is %v, expires %v", extended, s.run.Expires())
	}
	if started := extended.RequestIdInfos["r0"]; started.GetEventId() != 1 {
		t.Errorf("request ids are %v", extended.RequestIdInfos)
	}

	s.playAll("advance 5s\nterminate enough")
	info = s.run.Info()
	if info.ExecutionDuration.AsDuration() != 5*time.Second || !info.CloseTime.AsTime().Equal(epoch.Add(15*time.Second)) || info.HistoryLength != 6 {
		t.Errorf("closed: %v", info)
	}
	if s.run.PendingWorkflowTask() != nil || len(s.run.PendingActivities()) != 0 {
		t.Error("a closed run has something pending")
	}
}
