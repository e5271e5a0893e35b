package replay_test

import (
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// same compares two replies.
func same(a, b replay.Reply) bool {
	return proto.Equal(a.Completed, b.Completed) && proto.Equal(a.Failed, b.Failed) && proto.Equal(a.Query, b.Query)
}
