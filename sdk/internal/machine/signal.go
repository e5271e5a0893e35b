package machine

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
)

// signal is the receiving end of one signal name.
type signal struct {
	// pending are those that came before somebody listened, oldest first.
	pending []*commonpb.Payloads
	deliver func(*commonpb.Payloads)
}

func (r *Run) signalNamed(name string) *signal {
	s := r.signals[name]
	if s == nil {
		s = &signal{}
		r.signals[name] = s
	}
	return s
}

// OnSignal hands the signals of a name to deliver, those that wait at once and later ones as they come. There is one receiver
// for each name.
func (r *Run) OnSignal(name string, deliver func(*commonpb.Payloads)) {
	s := r.signalNamed(name)
	if s.deliver != nil {
		panic(fmt.Sprintf("signal %q has a receiver", name))
	}
	s.deliver = deliver
	for _, input := range s.pending {
		deliver(input)
	}
	s.pending = nil
}

func (r *Run) signaled(name string, input *commonpb.Payloads) {
	s := r.signalNamed(name)
	if s.deliver == nil {
		s.pending = append(s.pending, input)
		return
	}
	s.deliver(input)
}
