package quota

import (
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

const module = "github.com/tenuto-io/tenuto/"

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"google.golang.org/grpc/...":            "which call is what is the edge's business",
		"github.com/redis/...":                  "Redis is behind Shared",
		"database/sql":                          "what is held is behind Config.Stock",
		module + "orchestration/store/...":      "what is held is behind Config.Stock",
		module + "orchestration/engine/...":     "quotas need no engine",
		module + "platform/...":                 "rooms do not know the process they run in",
		"go.temporal.io/api/workflowservice/v1": "requests and responses of the service stop at the edge",
	})
}
