package visibility

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// A page token is: version, start time in microseconds, run id, and a hash of the namespace and the query that it continues. It names no
// node and holds no secret: a token made by hand reads the lists that its namespace reads anyway.
const (
	tokenVersion = 1
	hashLength   = 16
	tokenLength  = 1 + 8 + 16 + hashLength
)

// EncodePageToken makes the token that continues the query's list after the row.
func EncodePageToken(ns orchestration.NamespaceID, query string, last store.Visibility) []byte {
	t := make([]byte, 0, tokenLength)
	t = append(t, tokenVersion)
	t = binary.BigEndian.AppendUint64(t, uint64(last.StartTime.UnixMicro()))
	t = append(t, last.RunID[:]...)
	return append(t, bind(ns, query)...)
}

// DecodePageToken reads where a list goes on: the cursor of store.ListQuery. An empty token is the first page, zero values.
//
// Errors: InvalidArgument for bytes that are no token, and for the token of another namespace or query.
func DecodePageToken(token []byte, ns orchestration.NamespaceID, query string) (afterStart time.Time, afterRun orchestration.RunID, err error) {
	if len(token) == 0 {
		return time.Time{}, orchestration.RunID{}, nil
	}
	if len(token) != tokenLength || token[0] != tokenVersion {
		return time.Time{}, orchestration.RunID{}, orchestration.Errorf(orchestration.InvalidArgument, "Invalid next page token.")
	}
	if !bytes.Equal(token[tokenLength-hashLength:], bind(ns, query)) {
		return time.Time{}, orchestration.RunID{}, orchestration.Errorf(orchestration.InvalidArgument,
			"The next page token belongs to another query: the query must stay the same from page to page.")
	}
	copy(afterRun[:], token[9:25])
	return time.UnixMicro(int64(binary.BigEndian.Uint64(token[1:9]))).UTC(), afterRun, nil
}

// bind is what ties a token to its list.
func bind(ns orchestration.NamespaceID, query string) []byte {
	h := sha256.New()
	h.Write(ns[:])
	h.Write([]byte(query))
	return h.Sum(nil)[:hashLength]
}
