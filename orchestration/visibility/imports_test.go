package visibility

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                            "filters are compiled here and run by the store",
		"modernc.org/sqlite/...":                  "filters are compiled here and run by the store",
		module + "orchestration/store/sqlite/...": "dialects are named by the contract, not by a driver",
		module + "orchestration/engine/...":       "the engine is above everything in orchestration",
		module + "orchestration/shard/...":        "lists read committed rows, never an owner's memory",
		module + "orchestration/history/...":      "lists read rows, not histories",
		module + "platform/...":                   "rooms do not know the process they run in",
		module + "tenants/...":                    "the engine knows no tenants: a namespace is an id here",
		"go.temporal.io/api/workflowservice/...":  "requests and responses of the service stop at the edge",
	})
}
