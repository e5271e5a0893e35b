package recent

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                           "what was done lately is memory",
		module + "orchestration/store/...":       "what was done lately is memory",
		module + "orchestration/engine/...":      "the engine is above everything in orchestration",
		module + "orchestration/shard/...":       "nothing of a workflow depends on what is counted of it",
		module + "platform/...":                  "rooms do not know the process they run in",
		module + "tenants/...":                   "the engine knows no tenants: a namespace is an id here",
		"go.temporal.io/api/workflowservice/...": "requests and responses of the service stop at the edge",
	})
}
