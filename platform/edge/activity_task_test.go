package edge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func TestActivityTaskIsFilled(t *testing.T) {
	w := newWorld(t)
	policy := &commonpb.RetryPolicy{MaximumAttempts: 5}
	w.engine.pollActivityTask = func(context.Context, engine.Poll) (*engine.ActivityTask, error) {
		return &engine.ActivityTask{
			StartedActivity: history.StartedActivity{
				ActivityID: "a-1", Attempt: 7, AttemptCount: 2, ScheduledTime: noon, AttemptScheduledTime: noon.Add(time.Second), StartedTime: noon.Add(2 * time.Second),
				HeartbeatDetails: payloads(4), RetryPolicy: policy, ScheduleToClose: time.Hour, StartToClose: time.Minute, HeartbeatTimeout: time.Second,
				Priority: &commonpb.Priority{PriorityKey: 1},
			},
			Token: []byte("token"), Run: orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}.Run(someRun),
			WorkflowType: "Transfer", Type: "Debit", Header: &commonpb.Header{}, Input: payloads(3), Behind: true,
		}, nil
	}
	got, err := w.workflows.PollActivityTaskQueue(t.Context(), &workflowservice.PollActivityTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "ledger"}})
	if err != nil {
		t.Fatal(err)
	}
	want := &workflowservice.PollActivityTaskQueueResponse{
		TaskToken:                   []byte("token"),
		WorkflowNamespace:           "bank",
		WorkflowType:                &commonpb.WorkflowType{Name: "Transfer"},
		WorkflowExecution:           &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: someRun.String()},
		ActivityType:                &commonpb.ActivityType{Name: "Debit"},
		ActivityId:                  "a-1",
		Header:                      &commonpb.Header{},
		Input:                       payloads(3),
		HeartbeatDetails:            payloads(4),
		ScheduledTime:               timestamppb.New(noon),
		CurrentAttemptScheduledTime: timestamppb.New(noon.Add(time.Second)),
		StartedTime:                 timestamppb.New(noon.Add(2 * time.Second)),
		Attempt:                     2,
		ScheduleToCloseTimeout:      durationpb.New(time.Hour),
		StartToCloseTimeout:         durationpb.New(time.Minute),
		HeartbeatTimeout:            durationpb.New(time.Second),
		RetryPolicy:                 policy,
		Priority:                    &commonpb.Priority{PriorityKey: 1},
		PollerScalingDecision:       &taskqueuepb.PollerScalingDecision{PollRequestDeltaSuggestion: 1},
	}
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// report is a report on an activity in its two forms.
type report struct {
	byToken, byID func(w *world, p *commonpb.Payloads) error
}

func (w *world) activityToken() []byte { return w.token(orchestration.ActivityTask) }

var reports = map[string]report{
	"complete": {
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RespondActivityTaskCompletedRequest{Namespace: "bank", TaskToken: w.activityToken(), Result: p, Identity: "me"})
		},
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RespondActivityTaskCompletedByIdRequest{Namespace: "bank", WorkflowId: "transfer-1", RunId: someRun.String(), ActivityId: "a-1", Result: p, Identity: "me"})
		},
	},
	"fail": {
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RespondActivityTaskFailedRequest{Namespace: "bank", TaskToken: w.activityToken(), Failure: &failurepb.Failure{Message: "no funds"}, LastHeartbeatDetails: p, Identity: "me"})
		},
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RespondActivityTaskFailedByIdRequest{Namespace: "bank", WorkflowId: "transfer-1", RunId: someRun.String(), ActivityId: "a-1", Failure: &failurepb.Failure{Message: "no funds"}, LastHeartbeatDetails: p, Identity: "me"})
		},
	},
	"cancel": {
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RespondActivityTaskCanceledRequest{Namespace: "bank", TaskToken: w.activityToken(), Details: p, Identity: "me"})
		},
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RespondActivityTaskCanceledByIdRequest{Namespace: "bank", WorkflowId: "transfer-1", RunId: someRun.String(), ActivityId: "a-1", Details: p, Identity: "me"})
		},
	},
	"heartbeat": {
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RecordActivityTaskHeartbeatRequest{Namespace: "bank", TaskToken: w.activityToken(), Details: p, Identity: "me"})
		},
		func(w *world, p *commonpb.Payloads) error {
			return w.invoke(context.Background(), &workflowservice.RecordActivityTaskHeartbeatByIdRequest{Namespace: "bank", WorkflowId: "transfer-1", RunId: someRun.String(), ActivityId: "a-1", Details: p, Identity: "me"})
		},
	},
}

// reported is what reached the engine of a report.
type reported struct {
	verb    string
	target  engine.ActivityTarget
	failure *failurepb.Failure
	details *commonpb.Payloads
}

// recordReports makes the engine take every report, and fail with err.
func (w *world) recordReports(err error) *reported {
	r := &reported{}
	w.engine.completeActivity = func(_ context.Context, a engine.ActivityTarget, p *commonpb.Payloads) error {
		*r = reported{"complete", a, nil, p}
		return err
	}
	w.engine.failActivity = func(_ context.Context, a engine.ActivityTarget, f *failurepb.Failure, p *commonpb.Payloads) error {
		*r = reported{"fail", a, f, p}
		return err
	}
	w.engine.cancelActivity = func(_ context.Context, a engine.ActivityTarget, p *commonpb.Payloads) error {
		*r = reported{"cancel", a, nil, p}
		return err
	}
	w.engine.heartbeat = func(_ context.Context, a engine.ActivityTarget, p *commonpb.Payloads) (history.HeartbeatAnswer, error) {
		*r = reported{"heartbeat", a, nil, p}
		return history.HeartbeatAnswer{CancelRequested: true, Paused: true, Reset: true}, err
	}
	return r
}

func TestActivityReports(t *testing.T) {
	w := newWorld(t)
	got := w.recordReports(nil)
	run := orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}.Run(someRun)
	for verb, r := range reports {
		if err := r.byToken(w, payloads(7)); err != nil {
			t.Errorf("%s: %v", verb, err)
		}
		if want := (engine.ActivityTarget{Run: run, ScheduledEventID: 5, Attempt: 2, Identity: "me"}); got.verb != verb || got.target != want {
			t.Errorf("%s by token reached the engine as %s of %+v", verb, got.verb, got.target)
		}
		if !proto.Equal(got.details, payloads(7)) {
			t.Errorf("%s by token carries %v", verb, got.details)
		}
		if err := r.byID(w, payloads(8)); err != nil {
			t.Errorf("%s: %v", verb, err)
		}
		if want := (engine.ActivityTarget{Run: run, ActivityID: "a-1", Identity: "me"}); got.verb != verb || got.target != want {
			t.Errorf("%s by id reached the engine as %s of %+v", verb, got.verb, got.target)
		}
		if !proto.Equal(got.details, payloads(8)) {
			t.Errorf("%s by id carries %v", verb, got.details)
		}
	}
}

func TestActivityReportsOnAClosedOne(t *testing.T) {
	w := newWorld(t)
	w.recordReports(orchestration.Errorf(orchestration.NotFound, "Activity not found."))
	for _, r := range reports {
		wantError[*serviceerror.NotFound](t, r.byToken(w, nil), "Activity not found.")
		wantError[*serviceerror.NotFound](t, r.byID(w, nil), "Activity not found.")
	}
}

func TestTooLargeActivityReportsFailTheActivity(t *testing.T) {
	for verb, message := range map[string]string{
		"complete":  "Complete result exceeds size limit.",
		"cancel":    "Cancel details exceed size limit.",
		"heartbeat": "Heartbeat details exceed size limit.",
	} {
		for form, call := range map[string]func(*world, *commonpb.Payloads) error{"by token": reports[verb].byToken, "by id": reports[verb].byID} {
			t.Run(verb+" "+form, func(t *testing.T) {
				w := newWorld(t)
				got := w.recordReports(nil)
				if err := call(w, payloads(orchestration.MaxPayloadSize)); err != nil {
					t.Fatalf("the call must succeed: %v", err)
				}
				if got.verb != "fail" || got.failure.GetMessage() != message || !got.failure.GetServerFailureInfo().GetNonRetryable() || got.details != nil {
					t.Errorf("reached the engine as %s: %v", got.verb, got.failure)
				}
			})
		}
	}
}

func TestTooLargeFailureIsCut(t *testing.T) {
	w := newWorld(t)
	got := w.recordReports(nil)
	big := &failurepb.Failure{
		Message: strings.Repeat("ä", 1<<20), StackTrace: strings.Repeat("s", 1<<20), Source: "GoSDK",
		FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "NoFunds", Details: payloads(9)}},
	}
	resp, err := w.workflows.RespondActivityTaskFailed(t.Context(), &workflowservice.RespondActivityTaskFailedRequest{Namespace: "bank", TaskToken: w.activityToken(), Failure: big})
	if err != nil {
		t.Fatal(err)
	}
	f := got.failure
	if f.GetMessage() != "Failure exceeds size limit." || !f.GetServerFailureInfo().GetNonRetryable() || proto.Size(f) > 64<<10 {
		t.Errorf("failure %q of %d bytes", f.GetMessage(), proto.Size(f))
	}
	cause := f.GetCause()
	if !strings.HasPrefix(big.Message, cause.GetMessage()) || cause.GetMessage() == "" || cause.GetApplicationFailureInfo().GetType() != "NoFunds" || cause.GetSource() != "GoSDK" {
		t.Errorf("cause %q of %q", cause.GetSource(), cause.GetApplicationFailureInfo().GetType())
	}
	if len(resp.GetFailures()) != 1 || resp.GetFailures()[0].GetMessage() != "Failure exceeds size limit." {
		t.Errorf("the worker is told %v", resp.GetFailures())
	}
}

func TestTooLargeLastHeartbeatIsDropped(t *testing.T) {
	w := newWorld(t)
	got := w.recordReports(nil)
	resp, err := w.workflows.RespondActivityTaskFailedById(t.Context(), &workflowservice.RespondActivityTaskFailedByIdRequest{
		Namespace: "bank", WorkflowId: "transfer-1", ActivityId: "a-1", Failure: &failurepb.Failure{Message: "no funds"}, LastHeartbeatDetails: payloads(orchestration.MaxPayloadSize),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.failure.GetMessage() != "no funds" || got.details != nil || !got.target.Run.RunID.IsZero() {
		t.Errorf("%+v", got)
	}
	if len(resp.GetFailures()) != 1 || resp.GetFailures()[0].GetMessage() != "Heartbeat details exceed size limit." {
		t.Errorf("the worker is told %v", resp.GetFailures())
	}
}

func TestHeartbeatAnswer(t *testing.T) {
	w := newWorld(t)
	w.recordReports(nil)
	a, err := w.workflows.RecordActivityTaskHeartbeat(t.Context(), &workflowservice.RecordActivityTaskHeartbeatRequest{Namespace: "bank", TaskToken: w.activityToken()})
	if err != nil || !a.GetCancelRequested() || !a.GetActivityPaused() || !a.GetActivityReset() {
		t.Errorf("%v, %v", a, err)
	}
	b, err := w.workflows.RecordActivityTaskHeartbeatById(t.Context(), &workflowservice.RecordActivityTaskHeartbeatByIdRequest{Namespace: "bank", WorkflowId: "w", ActivityId: "a"})
	if err != nil || !b.GetCancelRequested() || !b.GetActivityPaused() || !b.GetActivityReset() {
		t.Errorf("%v, %v", b, err)
	}
	w.recordReports(nil)
	tooBig, err := w.workflows.RecordActivityTaskHeartbeat(t.Context(), &workflowservice.RecordActivityTaskHeartbeatRequest{
		Namespace: "bank", TaskToken: w.activityToken(), Details: payloads(orchestration.MaxPayloadSize),
	})
	if err != nil || !tooBig.GetCancelRequested() {
		t.Errorf("%v, %v: the worker must stop it", tooBig, err)
	}
}
