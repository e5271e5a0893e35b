package jwt_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"database/sql":               "who is verified here is looked up elsewhere",
		module + "platform/...":      "rooms do not know the process they run in",
		"google.golang.org/grpc/...": "a token is a token, whatever it came with",
	})
}
