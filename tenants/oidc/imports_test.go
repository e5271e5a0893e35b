package oidc

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"github.com/tenuto-io/tenuto/orchestration/engine": "who somebody is has nothing to do with workflows",
		"github.com/tenuto-io/tenuto/console/...":          "a provider does not know what asks it",
		"database/sql": "what providers say is kept by others",
	})
}
