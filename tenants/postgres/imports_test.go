package postgres_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"modernc.org/sqlite/...":           "one driver does not link another's database",
		"github.com/pressly/goose/...":     "a driver brings its migrations as files; who opens the database applies them",
		module + "orchestration/store/...": "tenants keep their own tables; they do not read the engine's",
		module + "platform/...":            "a driver is handed its connections",
	})
}
