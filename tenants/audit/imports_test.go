package audit_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":                     "records are kept by drivers",
		"google.golang.org/grpc/...":       "an event is an event, whatever it came with",
		module + "platform/...":            "rooms do not know the process they run in",
		module + "orchestration/engine":    "what is recorded of workflows is what the edge says",
		module + "orchestration/store/...": "tenants keep their own tables; they do not read the engine's",
	})
}
