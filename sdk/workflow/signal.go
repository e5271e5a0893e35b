package workflow

import (
	"fmt"
	"math"

	commonpb "go.temporal.io/api/common/v1"
)

// signalKey finds the channel of a signal among a run's locals.
type signalKey struct{ name string }

// SignalChannel returns the channel of the signals of a name, the same at every call. It keeps signals that came before it was
// first asked for, and it is never closed. T is the type of the signal's first argument; a signal that does not fit it is logged
// and dropped. It panics if the name was used with another type before.
func SignalChannel[T any](ctx Context, name string) ReceiveChannel[T] {
	run := runOf(ctx)
	made := run.Local(signalKey{name}, func() any {
		run.Guard("SignalChannel")
		channel := newChannel[T](run, math.MaxInt)
		run.OnSignal(name, func(input *commonpb.Payloads) {
			var value T
			if err := run.Data().FromPayloads(input, &value); err != nil {
				run.Logger().Error("signal dropped: its input does not fit", "signal", name, "error", err)
				return
			}
			channel.put(value)
		})
		return channel
	})
	channel, ok := made.(*Channel[T])
	if !ok {
		panic(fmt.Sprintf("workflow: signal %q is received as a %T elsewhere", name, made))
	}
	return channel
}
