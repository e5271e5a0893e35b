package declare_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"github.com/tenuto-io/tenuto/tenants/...":       "a plan is made of what a server says",
		"github.com/tenuto-io/tenuto/orchestration/...": "likewise",
		"github.com/spf13/cobra":                        "how a plan is asked for is the command's business",
	})
}
