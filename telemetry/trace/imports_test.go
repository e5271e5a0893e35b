package trace

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"go.opentelemetry.io/otel/...":      "spans are derived, not recorded: nothing here has a clock or a random id",
		"database/sql":                      "histories come as arguments",
		module + "orchestration/engine/...": "histories come as arguments",
		module + "orchestration/store/...":  "histories come as arguments",
		module + "platform/...":             "rooms do not know the process they run in",
		module + "tenants/...":              "the engine knows no tenants, and neither do spans",
	})
}
