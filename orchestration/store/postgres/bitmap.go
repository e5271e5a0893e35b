package postgres

import (
	"bytes"

	"github.com/tenuto-io/tenuto/orchestration"
)

// bitmap is a set of shards, or all of them for nil, as get_bit reads it: n's bit is the n%8-th lowest of byte n/8.
//
// Scans ask it for every row that they meet. An array (shard = ANY) would be searched from its beginning each time, and it could become a condition of the
// backlog's index, which gives up the order of the key. In both cases the planner guesses how much it lets pass from whatever shards the first few
// calls asked for; of an inequality it always expects a third, so there is one plan: the rows in order, until the page is full.
func bitmap(shards []orchestration.ShardID) []byte {
	const size = orchestration.Shards / 8
	if shards == nil {
		return bytes.Repeat([]byte{0xff}, size)
	}
	set := make([]byte, size)
	for _, s := range shards {
		set[s/8] |= 1 << (s % 8)
	}
	return set
}
