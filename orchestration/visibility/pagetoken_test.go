package visibility_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

func TestPageToken(t *testing.T) {
	ns, other := orchestration.NamespaceID{1}, orchestration.NamespaceID{2}
	const query = "WorkflowId = 'a'"
	last := store.Visibility{StartTime: time.Date(2024, 2, 29, 23, 59, 58, 123_456_789, time.FixedZone("x", 3600)), RunID: orchestration.RunID{7, 15: 9}}
	token := visibility.EncodePageToken(ns, query, last)
	at, run, err := visibility.DecodePageToken(token, ns, query)
	if err != nil || !at.Equal(last.StartTime.Truncate(time.Microsecond)) || run != last.RunID {
		t.Fatalf("got %v, %v, %v", at, run, err)
	}
	cut, version := token[:len(token)-1], append([]byte{2}, token[1:]...)
	for name, c := range map[string]struct {
		token []byte
		ns    orchestration.NamespaceID
		query string
		says  string
	}{
		"other namespace": {token, other, query, "another query"},
		"other query":     {token, ns, query + " ", "another query"},
		"no query":        {token, ns, "", "another query"},
		"cut off":         {cut, ns, query, "Invalid"},
		"longer":          {append(token[:len(token):len(token)], 0), ns, query, "Invalid"},
		"other version":   {version, ns, query, "Invalid"},
		"garbage":         {[]byte("garbage"), ns, query, "Invalid"},
	} {
		at, run, err := visibility.DecodePageToken(c.token, c.ns, c.query)
		if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), c.says) || !at.IsZero() || !run.IsZero() {
			t.Errorf("%s: got %v, %v, %v; want InvalidArgument that says %q", name, at, run, err, c.says)
		}
	}
	at, run, err = visibility.DecodePageToken(nil, ns, query)
	if err != nil || !at.IsZero() || !run.IsZero() {
		t.Fatalf("no token: got %v, %v, %v; want the first page", at, run, err)
	}
}

// A cursor at 1970 is not the zero time, which would be the first page.
func TestPageTokenOfEpoch(t *testing.T) {
	last := store.Visibility{StartTime: time.Unix(0, 0)}
	at, _, err := visibility.DecodePageToken(visibility.EncodePageToken(orchestration.NamespaceID{}, "", last), orchestration.NamespaceID{}, "")
	if err != nil || at.IsZero() || !at.Equal(last.StartTime) {
		t.Fatalf("got %v, %v: a list may go on at 1970 too", at, err)
	}
}
