package visibility

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// A page token is: version, part of the list, start time in microseconds, run id, what the list is ordered by, and a hash of all of it with the namespace and
// the query that it continues. It names no node and holds no secret: a token made by hand reads the lists that its namespace reads anyway.
const (
	tokenVersion = 2
	hashLength   = 16
	keyAt        = 1 + 1 + 8 + 16 // where the order's value stands
)

// Page is where a list goes on: after a row of one of its parts. The zero Page is the first.
type Page struct {
	Part  int
	Start time.Time
	Run   orchestration.RunID
	Key   any // as store.ListQuery.AfterKey
}

// NextPage makes the token that continues the query's list after a row of a part.
func NextPage(ns orchestration.NamespaceID, query string, q Query, part int, last *store.Visibility) []byte {
	t := make([]byte, 0, keyAt+hashLength)
	t = append(t, tokenVersion, byte(part))
	t = binary.BigEndian.AppendUint64(t, uint64(last.StartTime.UnixMicro()))
	t = append(t, last.RunID[:]...)
	t = append(t, q.key(part, last)...)
	return append(t, bind(ns, query, t)...)
}

// key is the row's value of what the part is ordered by.
func (q Query) key(part int, v *store.Visibility) []byte {
	switch q.Parts[part].Order.By {
	case store.ByWorkflowID:
		return []byte(v.WorkflowID)
	case store.ByWorkflowType:
		return []byte(v.Type)
	case store.ByCloseTime:
		return binary.BigEndian.AppendUint64(nil, uint64(v.CloseTime.UnixMicro()))
	case store.ByTerm:
		return q.term(v)
	}
	return nil
}

// term is the row's term of the attribute that the list is ordered by. A row that came by it has it.
func (q Query) term(v *store.Visibility) []byte {
	var a commonpb.SearchAttributes
	if err := proto.Unmarshal(v.Search, &a); err != nil {
		return nil
	}
	value, _, err := search.Decode(a.IndexedFields[q.attribute.name], q.attribute.typed)
	if err != nil {
		return nil
	}
	return q.attribute.prefix().With(q.attribute.typed, value)
}

// ReadPage reads where a list goes on. An empty token is the first page.
//
// Errors: InvalidArgument for bytes that are no token, and for the token of another namespace or query.
func ReadPage(token []byte, ns orchestration.NamespaceID, query string, q Query) (Page, error) {
	if len(token) == 0 {
		return Page{}, nil
	}
	if len(token) < keyAt+hashLength || token[0] != tokenVersion || int(token[1]) >= len(q.Parts) {
		return Page{}, orchestration.Errorf(orchestration.InvalidArgument, "Invalid next page token.")
	}
	body, hash := token[:len(token)-hashLength], token[len(token)-hashLength:]
	if !bytes.Equal(hash, bind(ns, query, body)) {
		return Page{}, orchestration.Errorf(orchestration.InvalidArgument,
			"The next page token is not of this list: the query must stay the same from page to page.")
	}
	p := Page{Part: int(body[1]), Start: time.UnixMicro(int64(binary.BigEndian.Uint64(body[2:10]))).UTC()}
	copy(p.Run[:], body[10:keyAt])
	p.Key = keyOf(q.Parts[p.Part].Order.By, body[keyAt:])
	return p, nil
}

func keyOf(by store.SortKey, b []byte) any {
	switch by {
	case store.ByWorkflowID, store.ByWorkflowType:
		return string(b)
	case store.ByCloseTime:
		var micros [8]byte
		copy(micros[:], b)
		return time.UnixMicro(int64(binary.BigEndian.Uint64(micros[:]))).UTC()
	case store.ByTerm:
		return b
	}
	return nil
}

// bind is what ties a token to its list.
func bind(ns orchestration.NamespaceID, query string, body []byte) []byte {
	h := sha256.New()
	h.Write(ns[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(body))))
	h.Write(body)
	h.Write([]byte(query))
	return h.Sum(nil)[:hashLength]
}
