package config

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"github.com/spf13/cobra":                              "a configuration is plain values; flags are the command's",
		"github.com/tenuto-io/tenuto/orchestration/engine":    "what is configured does not depend on what it configures",
		"github.com/tenuto-io/tenuto/orchestration/store/...": "what is configured does not depend on what it configures",
		"github.com/tenuto-io/tenuto/platform/edge":           "what is configured does not depend on what it configures",
		"github.com/tenuto-io/tenuto/console/...":             "what is configured does not depend on what it configures",
		"google.golang.org/grpc":                              "a configuration opens nothing",
		"github.com/jackc/pgx/...":                            "a configuration opens nothing",
		"modernc.org/sqlite":                                  "a configuration opens nothing",
	})
}
