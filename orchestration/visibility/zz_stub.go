package visibility

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func Compile(q string, d store.Dialect, first int) (store.Where, error) { return store.Where{}, nil }
func DecodePageToken(b []byte, ns orchestration.NamespaceID, q string) (time.Time, orchestration.RunID, error) {
	return time.Time{}, orchestration.RunID{}, nil
}
func EncodePageToken(t time.Time, r orchestration.RunID, ns orchestration.NamespaceID, q string) []byte {
	return nil
}
