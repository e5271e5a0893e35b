package administer

import (
	"fmt"
	"strings"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

var (
	auditHead  = []string{"RECORD", "TIME", "WHO", "FROM", "ACTION", "WHAT", "NAMESPACE", "CODE", "CHANGES"}
	linkHead   = []string{"LINK"}
	statusHead = []string{"WAITING", "DROPPED"}
)

func auditRow(r *adminv1.AuditRecord) []string {
	who := r.GetPrincipal()
	if r.GetPrincipalName() != "" {
		who = r.GetPrincipalName() + " (" + who + ")"
	}
	return []string{
		fmt.Sprint(r.GetSequence()), r.GetTime().AsTime().Format("2006-01-02 15:04:05"), who, r.GetAddress(), r.GetAction(), r.GetResource(), r.GetNamespace(), r.GetCode(),
		changesText(r.GetChanges()),
	}
}

// changesText lists changes: "title: Acme → Acme Ltd".
func changesText(all []*adminv1.AuditChange) string {
	var texts []string
	for _, c := range all {
		texts = append(texts, c.GetField()+": "+word(c.GetBefore() != "", c.GetBefore(), "–")+" → "+word(c.GetAfter() != "", c.GetAfter(), "–"))
	}
	return strings.Join(texts, ", ")
}

// linkRow is a link as --kept takes it.
func linkRow(l *adminv1.AuditLink) []string {
	return []string{fmt.Sprintf("%d:%s", l.GetSequence(), l.GetHash())}
}

func statusRow(s *adminv1.AuditStatus) []string {
	return []string{fmt.Sprint(s.GetWaiting()), fmt.Sprint(s.GetDropped())}
}
