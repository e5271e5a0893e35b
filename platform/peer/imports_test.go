package peer

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		module + "orchestration/engine/...": "messages are bytes here: who sends them knows what they mean",
		module + "orchestration/shard/...":  "messages are bytes here",
		module + "orchestration/store/...":  "messages are bytes here",
		module + "platform/edge/...":        "the edge sends through here, not the other way round",
		module + "tenants/...":              "nodes trust each other as a whole",
		module + "console/...":              "rooms do not know the console",
	})
}
