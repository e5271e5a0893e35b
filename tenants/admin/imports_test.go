package admin_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                           "administration goes by way of Access and Directory",
		module + "platform/...":                  "rooms do not know the process they run in",
		module + "orchestration/engine/...":      "administration touches no workflow",
		"go.temporal.io/api/workflowservice/...": "the protocol is the edge's business",
	})
}
