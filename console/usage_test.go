package console

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestUsageIsShownAndExported(t *testing.T) {
	l := newLobby(t)
	hour := store.UsageHour{Hour: store.HourOf(l.clock.now)}
	hour.Actions[0] = 1234
	l.used.hours, l.used.held = []store.UsageHour{hour}, store.Stock{OpenRuns: 50, RetainedBytes: 2_500_000}
	_, err := l.directory.Update(t.Context(), "bank.acme", tenants.Change{Quota: &tenants.Quota{OpenRuns: 200}})
	must(t, err)
	g := l.as("looker", tenants.Auditor)
	answered(t, g.get("/t/acme/ns/bank.acme/usage"), http.StatusOK, "1\u202f234", "25 % of its quota", "2.5 MB", "Last 7 days")

	answered(t, g.get("/t/acme"), http.StatusOK, "1\u202f234", "25 % of its quota")

	answered(t, g.get("/t/acme/ns/bank.acme/overview"), http.StatusOK, ">50<", "25 % of its quota", "2.5 MB")

	w := g.get("/t/acme/ns/bank.acme/usage.csv?days=7")
	answered(t, w, http.StatusOK)
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="usage-bank.acme-7-days.csv"` || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
		t.Errorf("%q", got)
	}
	lines, err := csv.NewReader(w.Body).ReadAll()
	must(t, err)
	if len(lines) != 7*24+2 || lines[0][2] != "actions" || lines[len(lines)-1][1] != "bank.acme" || lines[len(lines)-1][2] != "1234" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestAuditIsFilteredAndExported(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	leads(t, g.post("/t/acme/accounts", url.Values{"name": {"=cmd()"}}), "/t/acme/accounts/=cmd%28%29?done=account")
	leads(t, g.post("/t/acme/groups", url.Values{"name": {"crew"}}), "/t/acme/groups/crew?done=group")
	a := l.as("looker", tenants.Auditor)
	answered(t, a.get("/t/acme"), http.StatusOK, "Latest changes", "crew")
	body := a.get("/t/acme/audit").Body.String()
	for _, want := range []string{"Dr. boss", "session", "192.0.2.7", "=cmd()", "crew"} {
		if !strings.Contains(body, want) {
			t.Errorf("the log lacks %q\n%s", want, body)
		}
	}
	action := found(t, body, `<td class="mono">([a-z.]*group[a-z.]*)</td>`)
	filtered := a.get("/t/acme/audit?" + url.Values{"action": {action}}.Encode()).Body.String()
	if !strings.Contains(filtered, "crew") || strings.Contains(filtered, "=cmd()") {
		t.Errorf("filtered by %q:\n%s", action, filtered)
	}
	answered(t, a.get("/t/acme/audit?action=none.such"), http.StatusOK, "No record matches.")
	answered(t, a.get("/t/acme/audit?since=yesterday"), http.StatusBadRequest, "cannot be read", `value="yesterday"`)
	answered(t, a.get("/t/acme/audit.csv?until=soon"), http.StatusBadRequest, "cannot be read")
	answered(t, a.get("/t/acme/audit?plane=astral"), http.StatusBadRequest, "it is control or data", "astral")

	w := a.get("/t/acme/audit.csv")
	answered(t, w, http.StatusOK)
	lines, err := csv.NewReader(w.Body).ReadAll()
	must(t, err)
	if lines[0][0] != "sequence" || lines[1][0] != "1" || len(lines) < 4 {
		t.Errorf("exported %q", lines)
	}
	for _, line := range lines {
		for _, cell := range line {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a spreadsheet would calculate %q", cell)
			}
		}
	}
}
