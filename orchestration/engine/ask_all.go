package engine

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// askWithin is how long all other nodes together may take to answer; who has not by then is left out.
const askWithin = time.Second

// askAll asks every other node at the same time, and returns the answers that came in time, in any order.
func (e *Engine) askAll(ctx context.Context, verb string, body []byte) (answers [][]byte) {
	if e.cluster == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	others := e.peers.Others()
	type reply struct {
		node orchestration.NodeID
		body []byte
		err  error
	}
	replies := make(chan reply, len(others))
	for _, node := range others {
		go func() {
			b, err := e.peers.Call(ctx, node, verb, body)
			replies <- reply{node, b, err}
		}()
	}
	for range others {
		if r := <-replies; r.err == nil {
			answers = append(answers, r.body)
		} else {
			e.log.Debug("another node did not answer", "node", r.node, "verb", verb, "error", r.err)
		}
	}
	return answers
}
