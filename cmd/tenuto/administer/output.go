package administer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// printer prints answers in a format.
func printer(format string) (func(io.Writer, proto.Message) error, error) {
	switch format {
	case "table":
		return printTable, nil
	case "json":
		return printJSON, nil
	case "csv":
		return printCSV, nil
	}
	return nil, fmt.Errorf("--output %q: it is table or json", format)
}

func printJSON(w io.Writer, m proto.Message) error {
	if m == nil {
		return nil
	}
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return err
	}
	var even bytes.Buffer // protojson varies its spaces
	if err := json.Indent(&even, text, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, even.String())
	return err
}

// printTable prints one row for each thing of an answer. An answer that has none, like that to a deletion, prints nothing.
func printTable(w io.Writer, m proto.Message) error {
	if made, ok := m.(*adminv1.CreateKeyResponse); ok {
		_, err := fmt.Fprintln(w, made.GetSecret()) // alone, so that it can be piped
		return err
	}
	head, rows := table(m)
	if head == nil {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			row[i] = plain(cell)
		}
		if _, err := fmt.Fprintln(t, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return t.Flush()
}

// plain is a text that cannot steer the terminal. What people call their things is not to be trusted.
func plain(text string) string {
	if text == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return '\uFFFD'
	}, text)
}

// table is what a table shows of an answer.
func table(m proto.Message) (head []string, rows [][]string) {
	switch m := m.(type) {
	case *adminv1.Tenant:
		return tenantHead, [][]string{tenantRow(m)}
	case *adminv1.ListTenantsResponse:
		return tenantHead, rowsOf(m.GetTenants(), tenantRow)
	case *adminv1.Namespace:
		return namespaceHead, [][]string{namespaceRow(m)}
	case *adminv1.ListNamespacesResponse:
		return namespaceHead, rowsOf(m.GetNamespaces(), namespaceRow)
	case *adminv1.Member:
		return memberHead, [][]string{memberRow(m)}
	case *adminv1.ListMembersResponse:
		return memberHead, rowsOf(m.GetMembers(), memberRow)
	case *adminv1.ListSessionsResponse:
		return sessionHead, rowsOf(m.GetSessions(), sessionRow)
	case *adminv1.Group:
		return groupHead, [][]string{groupRow(m)}
	case *adminv1.ListGroupsResponse:
		return groupHead, rowsOf(m.GetGroups(), groupRow)
	case *adminv1.Account:
		return accountHead, [][]string{accountRow(m)}
	case *adminv1.ListAccountsResponse:
		return accountHead, rowsOf(m.GetAccounts(), accountRow)
	case *adminv1.Grant:
		return grantHead, [][]string{grantRow(m)}
	case *adminv1.ListGrantsResponse:
		return grantHead, rowsOf(m.GetGrants(), grantRow)
	case *adminv1.Key:
		return keyHead, [][]string{keyRow(m)}
	case *adminv1.ListKeysResponse:
		return keyHead, rowsOf(m.GetKeys(), keyRow)
	case *adminv1.Authority:
		return authorityHead, [][]string{authorityRow(m)}
	case *adminv1.ListAuthoritiesResponse:
		return authorityHead, rowsOf(m.GetAuthorities(), authorityRow)
	case *adminv1.Quota:
		return quotaHead, [][]string{quotaRow(m)}
	case *adminv1.GetUsageResponse:
		return usageHead, usageRows(m)
	case *adminv1.ListAuditRecordsResponse:
		return auditHead, rowsOf(m.GetRecords(), auditRow)
	case *adminv1.AuditLink:
		return linkHead, [][]string{linkRow(m)}
	case *adminv1.AuditStatus:
		return statusHead, [][]string{statusRow(m)}
	}
	return nil, nil
}

func rowsOf[M any](all []M, row func(M) []string) (rows [][]string) {
	for _, m := range all {
		rows = append(rows, row(m))
	}
	return rows
}

var (
	tenantHead    = []string{"TENANT", "TITLE", "STATE", "PROTECTED", "CREATED"}
	namespaceHead = []string{"NAMESPACE", "STATE", "RETENTION", "PROTECTED", "AUDIT", "DESCRIPTION", "LEFT"}
	memberHead    = []string{"MEMBER", "NAME", "IDENTITY", "RIGHTS", "STATE", "LAST SEEN"}
	groupHead     = []string{"GROUP", "MAPPED TO", "RIGHTS", "MEMBERS"}
	accountHead   = []string{"ACCOUNT", "RIGHTS", "STATE", "CREATED"}
	grantHead     = []string{"GRANT", "HOLDER", "RIGHT", "GIVEN", "BY"}
	keyHead       = []string{"KEY", "NAME", "HOLDER", "SCOPES", "STATE", "EXPIRES", "LAST USED"}
)

func tenantRow(t *adminv1.Tenant) []string {
	return []string{t.GetName(), t.GetTitle(), word(t.GetSuspended(), "suspended", "active"), word(t.GetProtected(), "yes", ""), day(t.GetCreateTime())}
}

func namespaceRow(n *adminv1.Namespace) []string {
	state, left := strings.ToLower(strings.TrimPrefix(n.GetState().String(), "NAMESPACE_STATE_")), ""
	if n.GetSuspended() {
		state += ", suspended"
	}
	if n.GetState() == adminv1.NamespaceState_NAMESPACE_STATE_DELETED {
		left = fmt.Sprint(n.GetRemaining())
	}
	return []string{n.GetName(), state, days(n.GetRetention().AsDuration()), word(n.GetProtected(), "yes", ""), n.GetAuditLevel(), n.GetDescription(), left}
}

func memberRow(m *adminv1.Member) []string {
	return []string{m.GetId(), m.GetName(), m.GetIssuer() + "#" + m.GetSubject(), rightsText(m.GetRights()), word(m.GetDisabled(), "disabled", "active"), day(m.GetLastSeenTime())}
}

func groupRow(g *adminv1.Group) []string {
	mapped := ""
	if g.GetClaim() != "" {
		mapped = g.GetClaim() + " of " + g.GetIssuer()
	}
	return []string{g.GetName(), mapped, rightsText(g.GetRights()), strings.Join(g.GetMembers(), ", ")}
}

func accountRow(a *adminv1.Account) []string {
	return []string{a.GetName(), rightsText(a.GetRights()), word(a.GetDisabled(), "disabled", "active"), day(a.GetCreateTime())}
}

func grantRow(g *adminv1.Grant) []string {
	return []string{g.GetId(), g.GetHolder(), rightText(g.GetRole(), g.GetNamespace(), g.GetPermissions()), day(g.GetCreateTime()), g.GetGrantedBy()}
}

func keyRow(k *adminv1.Key) []string {
	state := "active"
	switch {
	case k.GetRevokeTime() != nil:
		state = "revoked"
	case k.GetDisabled():
		state = "disabled"
	case k.GetExpireTime() != nil && k.GetExpireTime().AsTime().Before(time.Now()):
		state = "expired"
	}
	var scopes []string
	for _, s := range k.GetScopes() {
		scopes = append(scopes, rightText("", word(s.GetNamespace() != "", s.GetNamespace(), "*"), s.GetPermissions()))
	}
	return []string{k.GetId(), k.GetName(), k.GetHolder(), word(len(scopes) > 0, strings.Join(scopes, " "), "all"), state, day(k.GetExpireTime()), day(k.GetLastUsedTime())}
}

// rightsText lists rights, each with the group that it comes from.
func rightsText(all []*adminv1.Right) string {
	var texts []string
	for _, r := range all {
		text := rightText(r.GetRole(), r.GetNamespace(), r.GetPermissions())
		if r.GetVia() != "" {
			text += " (" + r.GetVia() + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// rightText is a role, or permissions in a namespace: "bank.acme:read+write".
func rightText(role, namespace string, permissions []string) string {
	if role != "" {
		return role
	}
	return namespace + ":" + strings.Join(permissions, "+")
}

func word(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func day(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().Format("2006-01-02 15:04")
}

// days is a duration in days when it is a number of them.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}
