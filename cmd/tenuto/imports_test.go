package main

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"go.temporal.io/sdk/...":                                    "the official SDK is for tests; the demo runs on our own",
		"go.temporal.io/server/...":                                 "the code is ours",
		"github.com/tenuto-io/tenuto/orchestration/store/storetest": "suites are for tests",
		"github.com/tenuto-io/tenuto/tenants/tenantstest":           "suites are for tests",
		"github.com/tenuto-io/tenuto/platform/database/pgtest":      "private servers are for tests",
		"github.com/tenuto-io/tenuto/platform/importrules":          "rules are for tests",
		"testing":            "the binary tests nothing",
		"pgregory.net/rapid": "the binary tests nothing",
	})
}
