package tenants_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                           "the directory knows no driver",
		"modernc.org/sqlite/...":                 "the directory knows no driver",
		module + "orchestration/store/...":       "tenants keep their own tables; they do not read the engine's",
		module + "orchestration/engine/...":      "who asks for what is the edge's business; tenants only answer who is who",
		module + "platform/...":                  "rooms do not know the process they run in",
		module + "console/...":                   "pages show tenants, never the other way round",
		"go.temporal.io/api/workflowservice/...": "requests and responses of the service stop at the edge",
	})
}
