package console

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// callsOf is the method that each route of administration calls: of a form the one that changes something, of a page the one that it shows.
var callsOf = map[string]string{
	"GET /operator": "admin GetAuditStatus", "POST /operator/tenants": "admin CreateTenant",
	"GET /operator/audit": "admin ListInstallationAuditRecords", "GET /operator/audit.csv": "admin ListInstallationAuditRecords",

	"POST /t/:tenant/namespaces": "admin CreateNamespace", "GET /t/:tenant/removals/:name": "admin ListNamespaces",
	"GET /t/:tenant/settings": "admin GetTenant", "POST /t/:tenant/settings": "admin UpdateTenant", "POST /t/:tenant/delete": "admin DeleteTenant",

	"GET /t/:tenant/ns/:namespace/settings": "admin GetNamespace", "POST /t/:tenant/ns/:namespace/settings": "admin UpdateNamespace",
	"POST /t/:tenant/ns/:namespace/settings/suspension": "admin UpdateNamespace", "POST /t/:tenant/ns/:namespace/settings/quota": "admin SetQuota",
	"POST /t/:tenant/ns/:namespace/settings/deprecate":  "admin UpdateNamespace",
	"POST /t/:tenant/ns/:namespace/settings/attributes": "AddSearchAttributes", "POST /t/:tenant/ns/:namespace/settings/attributes/remove": "RemoveSearchAttributes",
	"POST /t/:tenant/ns/:namespace/settings/delete": "admin DeleteNamespace",
	"GET /t/:tenant/ns/:namespace/usage":            "admin GetUsage", "GET /t/:tenant/ns/:namespace/usage.csv": "admin GetUsage",

	"GET /t/:tenant/members": "admin ListMembers", "POST /t/:tenant/members": "admin InviteMember", "GET /t/:tenant/members/:member": "admin GetMember",
	"POST /t/:tenant/members/:member/disabled": "admin UpdatePerson", "POST /t/:tenant/members/:member/remove": "admin RemoveMember",
	"POST /t/:tenant/members/:member/sessions/end": "admin EndSession",

	"GET /t/:tenant/groups": "admin ListGroups", "POST /t/:tenant/groups": "admin CreateGroup", "GET /t/:tenant/groups/:group": "admin GetGroup",
	"POST /t/:tenant/groups/:group/members": "admin AddGroupMember", "POST /t/:tenant/groups/:group/members/remove": "admin RemoveGroupMember",
	"POST /t/:tenant/groups/:group/delete": "admin DeleteGroup",

	"GET /t/:tenant/accounts": "admin ListAccounts", "POST /t/:tenant/accounts": "admin CreateAccount", "GET /t/:tenant/accounts/:account": "admin GetAccount",
	"POST /t/:tenant/accounts/:account/disabled": "admin UpdateAccount", "POST /t/:tenant/accounts/:account/delete": "admin DeleteAccount",

	"POST /t/:tenant/grants": "admin CreateGrant", "POST /t/:tenant/grants/remove": "admin DeleteGrant",

	"GET /t/:tenant/audit": "admin ListAuditRecords", "GET /t/:tenant/audit.csv": "admin ListAuditRecords",

	"GET /t/:tenant/keys": "admin ListKeys", "POST /t/:tenant/keys": "admin CreateKey", "GET /t/:tenant/keys/:key": "admin GetKey",
	"POST /t/:tenant/keys/:key/rotate": "admin RotateKey", "POST /t/:tenant/keys/:key/disabled": "admin UpdateKey", "POST /t/:tenant/keys/:key/revoke": "admin RevokeKey",

	"GET /t/:tenant/authorities": "admin ListAuthorities", "POST /t/:tenant/authorities": "admin SetAuthority", "POST /t/:tenant/authorities/:authority/remove": "admin RemoveAuthority",
}

// columns are the standings of the matrix that have a column in the table of methods.
var columns = map[string]string{
	"owner": "owner", "admin": "admin", "developer": "developer", "auditor": "auditor", "member": "member by name", "operator": "operator", "ns:read": "may read",
	"ns:admin": "administers the namespace", "ns:write": "may write", "ns:worker": "may work", "ns:payload:read": "may see payloads",
}

// permitted is docs/permissions.md, which the edge's table is compared with: who may call what.
func permitted(t *testing.T) (of map[string]map[string]bool) {
	t.Helper()
	text, err := os.ReadFile("../docs/permissions.md")
	must(t, err)
	var head []string
	of = map[string]map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "method":
			head = cells
		case head != nil && len(cells) == len(head):
			of[cells[0]] = map[string]bool{}
			for i, who := range head[1:] {
				of[cells[0]][columns[who]] = cells[i+1] == "**yes**"
			}
		}
	}
	return of
}

// One may send a form who may make its call, and nobody else; and what a page shows, nobody sees who may not ask for it by a call. A page in a namespace takes the
// permission read beside, as all of them do.
func TestFormsTakeWhatTheirCallsTake(t *testing.T) {
	l, methods := newLobby(t), permitted(t)
	for _, r := range l.console.administrationTable() {
		if strings.HasSuffix(r.path, "/live") {
			continue // shows nothing
		}
		key := r.method + " " + r.path
		may, ok := methods[callsOf[key]]
		if !ok {
			t.Errorf("%s calls %q, which no table has", key, callsOf[key])
			continue
		}
		for _, s := range standings {
			allowed, has := may[s.name]
			if !has {
				continue
			}
			status := s.wants(r, false) // which TestMatrix holds the routes to
			served := status != http.StatusForbidden && (s.knows || s.all)
			if r.method == http.MethodPost && served != allowed || served && !allowed {
				t.Errorf("%s: %s is served: %v, and may call %s: %v", key, s.name, served, callsOf[key], allowed)
			}
		}
	}
}
