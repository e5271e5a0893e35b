package workers

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                           "what workers say of themselves is memory",
		module + "orchestration/store/...":       "what workers say of themselves is memory",
		module + "orchestration/engine/...":      "the engine is above everything in orchestration",
		module + "orchestration/shard/...":       "nothing of a workflow depends on what a worker says of itself",
		module + "orchestration/matching/...":    "who polls is known there; who says so, here",
		module + "platform/...":                  "rooms do not know the process they run in",
		module + "tenants/...":                   "the engine knows no tenants: a namespace is an id here",
		"go.temporal.io/api/workflowservice/...": "requests and responses of the service stop at the edge",
	})
}
