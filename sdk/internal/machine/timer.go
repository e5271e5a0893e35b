package machine

import (
	"fmt"
	"strconv"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk"
)

// Timer is a timer that workflow code asked for.
type Timer struct {
	run     *Run
	id      string
	fire    func(error)
	settled bool
	// cancellation is the request to cancel it, nil before.
	cancellation *command
}

// StartTimer asks for a timer. It calls fire once, with nil or a [sdk.CanceledError].
func (r *Run) StartTimer(d time.Duration, metadata *sdkpb.UserMetadata, fire func(error)) *Timer {
	r.mutating("NewTimer")
	t := &Timer{run: r, id: strconv.FormatInt(r.nextEventID(), 10), fire: fire}
	r.timers[t.id] = t
	r.request(&commandpb.Command{
		CommandType:  enumspb.COMMAND_TYPE_START_TIMER,
		UserMetadata: metadata,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{
			TimerId: t.id, StartToFireTimeout: durationpb.New(d),
		}},
	})
	return t
}

// Cancel takes the timer back. It does nothing after the end.
func (t *Timer) Cancel() {
	if t.settled {
		return
	}
	t.cancellation = t.run.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_CANCEL_TIMER,
		Attributes: &commandpb.Command_CancelTimerCommandAttributes{
			CancelTimerCommandAttributes: &commandpb.CancelTimerCommandAttributes{TimerId: t.id},
		},
	})
	t.settle(sdk.NewCanceledError())
}

func (t *Timer) settle(err error) {
	if !t.settled {
		t.settled = true
		t.fire(err)
	}
}

// timerFired also comes for a timer whose cancellation is not sent yet. Once the server has that, it fires the timer no more.
func (r *Run) timerFired(event *historypb.HistoryEvent) error {
	id := event.GetTimerFiredEventAttributes().GetTimerId()
	t := r.timers[id]
	if t == nil {
		return fmt.Errorf("event %d (TimerFired) names timer %q, which is not open", event.EventId, id)
	}
	delete(r.timers, id)
	r.withdraw(t.cancellation)
	t.settle(nil)
	return nil
}
