package view

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// AuditPage is a page of the audit log of a tenant, or of the installation.
type AuditPage struct {
	TenantFrame
	Log     string // address of the log
	Records []*adminv1.AuditRecord
	Filter  *adminv1.AuditFilter
	Query   url.Values // of the address
	Refused string     // why the filter was; then there are no records
	Next    string     // token of the next page; "": this is the last
}

// with is the address of the log, or of its file, with the filter, from a page on.
func (p AuditPage) with(base, page string) string {
	q := url.Values{}
	for _, name := range auditFields {
		if v := p.Query.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	if page != "" {
		q.Set("page", page)
	}
	return withQuery(base, q)
}

// filtered tells whether the address asks for some records only.
func (p AuditPage) filtered() bool { return strings.Contains(p.with(p.Log, ""), "?") }

// auditFields are what the log can be filtered by, as the address names it.
var auditFields = []string{"since", "until", "plane", "namespace", "action", "resource", "run", "principal", "code", "refused"}

// planeChoices are the two kinds of records.
var planeChoices = []Choice{{"", "all"}, {"control", "changes of settings and rights"}, {"data", "calls in namespaces"}}

// who is whom a record is of.
func who(r *adminv1.AuditRecord) string {
	if r.GetPrincipalName() != "" {
		return r.GetPrincipalName()
	}
	return r.GetPrincipal()
}

// what is what a record's deed concerned.
func what(r *adminv1.AuditRecord) string {
	text := r.GetResource()
	if r.GetRunId() != "" {
		text += " run " + r.GetRunId()
	}
	return text
}

// changed is what a record's deed changed, in a line.
func changed(r *adminv1.AuditRecord) string {
	var all []string
	for _, c := range r.GetChanges() {
		all = append(all, c.GetField()+": "+orNothing(c.GetBefore())+" → "+orNothing(c.GetAfter()))
	}
	return strings.Join(all, "; ")
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// AuditColumns are the columns of an exported log.
var AuditColumns = []string{
	"sequence", "time", "plane", "namespace", "action", "resource", "run_id", "principal", "principal_name", "credential", "credential_id", "address", "request_id", "code",
	"changes", "hash",
}

// AuditLine is a record as a line of an exported log.
func AuditLine(r *adminv1.AuditRecord) []string {
	line := []string{
		strconv.FormatInt(r.GetSequence(), 10), r.GetTime().AsTime().Format(time.RFC3339Nano), r.GetPlane(), r.GetNamespace(), r.GetAction(), r.GetResource(), r.GetRunId(),
		r.GetPrincipal(), r.GetPrincipalName(), r.GetCredential(), r.GetCredentialId(), r.GetAddress(), r.GetRequestId(), r.GetCode(), changed(r), r.GetHash(),
	}
	for i, cell := range line {
		line[i] = inert(cell)
	}
	return line
}

// inert is a cell that no spreadsheet takes for a formula: names are chosen by whoever is audited.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// further is the address of the next page; "": this is the last.
func (p AuditPage) further() string {
	if p.Next == "" {
		return ""
	}
	return p.with(p.Log, p.Next)
}
