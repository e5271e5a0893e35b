package exchange

import (
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// Present are the other nodes that have pollers of a queue, as far as they have told, by id.
func (x *Exchange) Present(key matching.Key) []orchestration.NodeID {
	customers := x.others.of(key)
	nodes := make([]orchestration.NodeID, len(customers))
	for i, c := range customers {
		nodes[i] = c.node
	}
	return nodes
}
