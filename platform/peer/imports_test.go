package peer_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	insides := "messages are carried as they are; what they mean is their ends' business"
	importrules.Deny(t, ".", map[string]string{
		module + "orchestration/engine/...":   insides,
		module + "orchestration/shard/...":    insides,
		module + "orchestration/matching/...": insides,
		module + "orchestration/exchange/...": insides,
		module + "orchestration/history/...":  insides,
		module + "orchestration/store/...":    "a transport stores nothing",
		module + "platform/edge":              "the edge serves clients, this serves nodes",
		module + "platform/config":            "what is configured does not depend on its configuration",
		module + "tenants/...":                "nodes are of no tenant",
		module + "console/...":                "a transport shows nothing",
	})
}
