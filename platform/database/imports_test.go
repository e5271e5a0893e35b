package database_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		module + "orchestration/...": "rooms bring their migrations along; whoever opens a database knows no table",
		module + "tenants/...":       "rooms bring their migrations along; whoever opens a database knows no table",
		"go.temporal.io/...":         "a database has nothing to do with the protocol",
	})
}
