package console

import (
	"net/http"
	"path"
	"slices"

	"github.com/tenuto-io/tenuto/console/view"
)

const (
	maxForm  = 64 << 10 // bytes of the body of a form
	maxInput = 7 << 20  // of one that takes payloads, of which a run takes 2 MB: browsers send up to three bytes for one
)

// withPayloads are the last parts of the addresses of forms that take payloads, or many runs.
var withPayloads = []string{"start", "again", "signal", "update", "bulk"}

// largest is how large the body of a request may be, in bytes.
func largest(r *http.Request) int64 {
	switch last := path.Base(r.URL.Path); {
	case "/"+last == view.HistoryFilePath:
		return maxFile + maxForm
	case slices.Contains(withPayloads, last):
		return maxInput
	}
	return maxForm
}
