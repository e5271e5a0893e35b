package visibility_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

func compiled(t *testing.T, query string) visibility.Query {
	t.Helper()
	q, err := visibility.Compile(query, custom, store.SQLite)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Each order's token says where it stopped.
func TestPageToken(t *testing.T) {
	ns := orchestration.NamespaceID{1}
	at := time.Date(2024, 2, 29, 23, 59, 58, 123_456_789, time.FixedZone("x", 3600))
	micros := at.UTC().Truncate(time.Microsecond)
	attributes, err := proto.Marshal(&commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{
		"I": {Metadata: map[string][]byte{"encoding": []byte("json/plain"), "type": []byte("Int")}, Data: []byte("7")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	last := store.Visibility{StartTime: at, CloseTime: at, RunID: orchestration.RunID{7, 15: 9}, WorkflowID: "id", Type: "type", Search: attributes}
	for query, want := range map[string]visibility.Page{
		"":                      {Start: micros, Run: last.RunID},
		"ORDER BY StartTime":    {Start: micros, Run: last.RunID},
		"ORDER BY CloseTime":    {Start: micros, Run: last.RunID, Key: micros},
		"ORDER BY WorkflowId":   {Start: micros, Run: last.RunID, Key: "id"},
		"ORDER BY WorkflowType": {Start: micros, Run: last.RunID, Key: "type"},
		"ORDER BY I":            {Start: micros, Run: last.RunID, Key: []byte(search.Prefix("I", search.Int).With(search.Int, search.Value{Number: 7}))},
	} {
		q := compiled(t, query)
		got, err := visibility.ReadPage(visibility.NextPage(ns, query, q, 0, &last), ns, query, q)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v\nwant %#v", query, got, err, want)
		}
		if len(q.Parts) == 1 {
			continue
		}
		got, err = visibility.ReadPage(visibility.NextPage(ns, query, q, 1, &last), ns, query, q)
		if want := (visibility.Page{Part: 1, Start: micros, Run: last.RunID}); err != nil || got != want {
			t.Errorf("%s, those without a value: got %#v, %v\nwant %#v", query, got, err, want)
		}
	}
}

func TestPageTokenIsOfOneList(t *testing.T) {
	ns, other := orchestration.NamespaceID{1}, orchestration.NamespaceID{2}
	const query = "WorkflowId = 'a'"
	token := visibility.NextPage(ns, query, compiled(t, query), 0, &store.Visibility{StartTime: time.Unix(5, 0)})
	for name, c := range map[string]struct {
		token []byte
		ns    orchestration.NamespaceID
		query string
	}{
		"other namespace": {token, other, query},
		"other query":     {token, ns, query + " "},
		"no query":        {token, ns, ""},
		"other order":     {token, ns, query + " ORDER BY StartTime"},
		"cut off":         {token[:len(token)-1], ns, query},
		"longer":          {append(token[:len(token):len(token)], 0), ns, query},
		"garbage":         {[]byte("garbage"), ns, query},
		"much garbage":    {bytes.Repeat([]byte{2, 0}, 50), ns, query},
	} {
		refused(t, name, c.token, c.ns, c.query)
	}
	for i := range token {
		forged := bytes.Clone(token)
		forged[i] ^= 1
		refused(t, "a bit changed", forged, ns, query)
	}
	page, err := visibility.ReadPage(nil, ns, query, compiled(t, query))
	if err != nil || page != (visibility.Page{}) {
		t.Fatalf("no token: got %v, %v; want the first page", page, err)
	}
}

func refused(t *testing.T, name string, token []byte, ns orchestration.NamespaceID, query string) {
	t.Helper()
	page, err := visibility.ReadPage(token, ns, query, compiled(t, query))
	if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), "next page token") || page != (visibility.Page{}) {
		t.Errorf("%s: got %v, %v; want InvalidArgument", name, page, err)
	}
}

// A cursor at 1970 is not the zero time, which would be the first page.
func TestPageTokenOfEpoch(t *testing.T) {
	last := store.Visibility{StartTime: time.Unix(0, 0)}
	q := compiled(t, "")
	page, err := visibility.ReadPage(visibility.NextPage(orchestration.NamespaceID{}, "", q, 0, &last), orchestration.NamespaceID{}, "", q)
	if err != nil || page.Start.IsZero() || !page.Start.Equal(last.StartTime) {
		t.Fatalf("got %v, %v: a list may go on at 1970 too", page, err)
	}
}
