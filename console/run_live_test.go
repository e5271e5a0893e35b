package console

import (
	"net/http"
	"net/http/httptest"
	"testing"

	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

// A stream of a run tells of new events once, with the last one's id, and goes on from where a browser was that connects again.
func TestStreamOfARun(t *testing.T) {
	l := newLobby(t)
	s := httptest.NewServer(l.console.Handler())
	t.Cleanup(s.Close)
	must(t, role(tenants.Auditor)(l, l.person("ada")))
	g := l.guest().enter("ada")
	run, err := orchestration.ParseRunID(someRun)
	must(t, err)
	for _, c := range []struct {
		from  int64
		query string
		head  string
	}{{6, "?after=5", ""}, {41, "?after=5", "40"}} {
		asked := make(chan string, 10)
		l.runs.waited = func(token []byte) []*historypb.HistoryEvent {
			asked <- string(token)
			return []*historypb.HistoryEvent{activityEvent(c.from), activityEvent(c.from + 1)}
		}
		lines := g.stream(s, "/t/acme/ns/bank.acme/workflows/a/"+someRun+"/live"+c.query, func(r *http.Request) { r.Header.Set("Last-Event-ID", c.head) })
		if token := <-asked; token != string(engine.PageFrom(run, c.from)) {
			t.Errorf("after %q it was read from another event than %d", c.head, c.from)
		}
		var got []string
		for lines.Scan() && lines.Text() != "data:" {
			got = append(got, lines.Text())
		}
		if want := []string{"", "id: " + activityID(c.from+1), "event: changed"}; len(got) != 3 || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("it says %q", got)
		}
	}
}
