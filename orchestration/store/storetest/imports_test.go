package storetest_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql": "one suite for all drivers sees them through the contract alone",
		module + "orchestration/store/sqlite/...": "one suite for all drivers knows none of them",
		module + "platform/...":                   "drivers open their databases themselves",
	})
}
