package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// What a form has of an activity's options is asked for, and nothing else.
func TestActivityOptionsOfAForm(t *testing.T) {
	b := newBench(t).signIn()
	d := running()
	d.PendingActivities = []*workflowpb.PendingActivityInfo{{ActivityId: "7", ActivityType: &commonpb.ActivityType{Name: "Charge"}, ActivityOptions: &activitypb.ActivityOptions{
		TaskQueue: &taskqueuepb.TaskQueue{Name: "bank"}, StartToCloseTimeout: durationpb.New(time.Minute), RetryPolicy: &commonpb.RetryPolicy{MaximumAttempts: 9, BackoffCoefficient: 1.5},
	}}}
	b.runs.describe = d
	at := aRun("/activities/7/options")
	answered(t, b.get(at), http.StatusOK, "Options of activity Charge 7", `value="bank"`, `value="1m"`, `value="9"`, `value="1.5"`)
	answered(t, b.get(aRun("/activities/8/options")), http.StatusOK, "The activity is not pending")
	answered(t, b.get(aRun("")), http.StatusOK, `href="`+at+`"`)

	full := url.Values{
		"queue": {"vault"}, "schedule_to_close": {"1h30m"}, "start_to_close": {"90s"}, "schedule_to_start": {""}, "heartbeat": {"5s"},
		"attempts": {"3"}, "interval": {"2s"}, "coefficient": {"2.5"}, "maximum_interval": {"1m"},
	}
	w := b.post(at, full)
	leads(t, w, aRun("?done=activity-options"))
	r := b.runs.did[0].(*workflowservice.UpdateActivityOptionsRequest)
	o := r.GetActivityOptions()
	if r.GetId() != "7" || r.GetExecution().GetRunId() != someRun || r.GetIdentity() == "" || len(r.GetUpdateMask().GetPaths()) != 9 || o.GetTaskQueue().GetName() != "vault" ||
		o.GetScheduleToCloseTimeout().AsDuration() != 90*time.Minute || o.GetStartToCloseTimeout().AsDuration() != 90*time.Second || o.GetScheduleToStartTimeout() != nil ||
		o.GetHeartbeatTimeout().AsDuration() != 5*time.Second || o.GetRetryPolicy().GetMaximumAttempts() != 3 || o.GetRetryPolicy().GetInitialInterval().AsDuration() != 2*time.Second ||
		o.GetRetryPolicy().GetBackoffCoefficient() != 2.5 || o.GetRetryPolicy().GetMaximumInterval().AsDuration() != time.Minute {
		t.Errorf("asked %v", r)
	}
	b.runs.did = nil
	leads(t, b.post(at, url.Values{"attempts": {"4"}}), aRun("?done=activity-options"))
	if got := b.runs.did[0].(*workflowservice.UpdateActivityOptionsRequest).GetUpdateMask().GetPaths(); strings.Join(got, " ") != "retry_policy.maximum_attempts" {
		t.Errorf("changes %q", got)
	}
	b.runs.did = nil
	leads(t, b.post(at, url.Values{"restore": {"true"}}), aRun("?done=activity-restored"))
	if r := b.runs.did[0].(*workflowservice.UpdateActivityOptionsRequest); !r.GetRestoreOriginal() || r.GetActivityOptions() != nil || r.GetUpdateMask() != nil {
		t.Errorf("asked %v", r)
	}

	b.runs.did = nil
	for field, bad := range map[string]string{"start_to_close": "soon", "heartbeat": "-1s", "attempts": "-1", "coefficient": "NaN", "interval": "5"} {
		answered(t, b.post(at, url.Values{field: {bad}}), http.StatusBadRequest, `role="alert"`, `value="`+bad+`"`)
	}
	answered(t, b.post(at, url.Values{}), http.StatusBadRequest, "The form has no options.")
	if len(b.runs.did) > 0 {
		t.Errorf("refused, and done: %v", b.runs.did)
	}
	b.runs.refusal = orchestration.Errorf(orchestration.InvalidArgument, "ActivityOptions: a valid StartToClose or ScheduleToCloseTimeout is not set.")
	answered(t, b.post(at, full), http.StatusBadRequest, "a valid StartToClose", `value="vault"`)
}
