package edge

import (
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants/quota"
)

// TestEveryMethodOfANamespaceCounts: whoever builds a method says when it is refused. What begins work goes first, what completes it last.
func TestEveryMethodOfANamespaceCounts(t *testing.T) {
	for m, domain := range built {
		call, ok := costs[m]
		if ok != (domain == ofNamespace) {
			t.Errorf("%s counts for a quota: %v", m, ok)
		}
		name := m[strings.LastIndex(m, "/")+1:]
		switch {
		case strings.HasPrefix(name, "Respond"), strings.HasPrefix(name, "Record"), call.Poll:
			if call.Class != quota.Late {
				t.Errorf("%s completes running work, and is not refused last", name)
			}
		case strings.Contains(name, "Start"):
			if call.Class != quota.Early || !call.Start && name != "StartBatchOperation" {
				t.Errorf("%s begins work: %+v", name, call)
			}
		}
	}
	for m := range costs {
		if _, ok := built[m]; !ok {
			t.Errorf("%s counts, and is not built", m)
		}
	}
}
