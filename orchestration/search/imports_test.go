package search

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                           "terms are made here and kept by the store",
		module + "orchestration/store/...":       "the store keeps terms as bytes",
		module + "orchestration/history/...":     "the state machine asks this room, not the other way round",
		module + "platform/...":                  "rooms do not know the process they run in",
		module + "tenants/...":                   "what a namespace has defined is an argument",
		"go.temporal.io/api/workflowservice/...": "requests and responses of the service stop at the edge",
	})
}
