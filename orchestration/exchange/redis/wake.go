package redis

import (
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// listen hears which queues have something for this node, until Close. The client subscribes again by itself when the connection was lost; what was said
// meanwhile is lost, and nodes that are idle ask again after a while.
func (s *Shared) listen() {
	sub := s.client.Subscribe(s.ctx, s.prefix+"wake"+s.self)
	defer func() { _ = sub.Close() }() // nothing is expected of it any more
	heard := sub.Channel()
	for {
		select {
		case m, ok := <-heard:
			if !ok {
				return
			}
			if key, ok := parseQueue(m.Payload); ok {
				s.wake(key)
			}
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Shared) wake(key matching.Key) {
	select {
	case s.woken <- key:
	default:
	}
}
