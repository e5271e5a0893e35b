package console

import (
	"net/http"
	"strings"

	"github.com/tenuto-io/tenuto/tenants"
)

// administrationExpected is, for each route of administration, the least role that may use it, and what it answers them in the matrix: forms are sent empty, and
// refused without changing anything.
var administrationExpected = map[string]struct {
	least  tenants.Role
	status int
}{
	"POST /t/:tenant/namespaces":    {tenants.Administrator, http.StatusBadRequest},
	"GET /t/:tenant/removals/:name": {tenants.NoRole, http.StatusOK},
	"GET /t/:tenant/settings":       {tenants.NoRole, http.StatusOK},
	"POST /t/:tenant/settings":      {tenants.Administrator, http.StatusBadRequest},
	"POST /t/:tenant/delete":        {tenants.Owner, http.StatusBadRequest},

	"GET /t/:tenant/ns/:namespace/settings":                    {tenants.NoRole, http.StatusOK},
	"POST /t/:tenant/ns/:namespace/settings":                   {tenants.Administrator, http.StatusBadRequest},
	"POST /t/:tenant/ns/:namespace/settings/suspension":        {tenants.Administrator, http.StatusBadRequest},
	"POST /t/:tenant/ns/:namespace/settings/quota":             {tenants.Operator, http.StatusBadRequest},
	"POST /t/:tenant/ns/:namespace/settings/attributes":        {tenants.Administrator, http.StatusBadRequest},
	"POST /t/:tenant/ns/:namespace/settings/attributes/remove": {tenants.Administrator, http.StatusNotFound},
	"POST /t/:tenant/ns/:namespace/settings/deprecate":         {tenants.Administrator, http.StatusBadRequest},
	"POST /t/:tenant/ns/:namespace/settings/delete":            {tenants.Administrator, http.StatusBadRequest},
	"GET /t/:tenant/ns/:namespace/usage":                       {tenants.NoRole, http.StatusOK},
	"GET /t/:tenant/ns/:namespace/usage.csv":                   {tenants.NoRole, http.StatusOK},

	"GET /t/:tenant/audit":     {tenants.Auditor, http.StatusOK},
	"GET /t/:tenant/audit.csv": {tenants.Auditor, http.StatusOK},

	"GET /t/:tenant/members":  {tenants.Auditor, http.StatusOK},
	"POST /t/:tenant/members": {tenants.Administrator, http.StatusBadRequest},
	"GET /operator":           {tenants.Operator, http.StatusOK},
	"POST /operator/tenants":  {tenants.Operator, http.StatusBadRequest},
	"GET /operator/audit":     {tenants.Operator, http.StatusOK},
	"GET /operator/audit.csv": {tenants.Operator, http.StatusOK},

	"POST /t/:tenant/members/:member/disabled":     {tenants.Operator, http.StatusBadRequest},
	"POST /t/:tenant/members/:member/sessions/end": {tenants.Operator, http.StatusBadRequest},
	"GET /t/:tenant/members/:member":               {tenants.Auditor, http.StatusBadRequest},
	"POST /t/:tenant/members/:member/remove":       {tenants.Administrator, http.StatusBadRequest},

	"GET /t/:tenant/groups":                        {tenants.Auditor, http.StatusOK},
	"POST /t/:tenant/groups":                       {tenants.Administrator, http.StatusBadRequest},
	"GET /t/:tenant/groups/:group":                 {tenants.Auditor, http.StatusNotFound},
	"POST /t/:tenant/groups/:group/members":        {tenants.Administrator, http.StatusNotFound},
	"POST /t/:tenant/groups/:group/members/remove": {tenants.Administrator, http.StatusNotFound},
	"POST /t/:tenant/groups/:group/delete":         {tenants.Administrator, http.StatusNotFound},

	"GET /t/:tenant/accounts":                    {tenants.Auditor, http.StatusOK},
	"POST /t/:tenant/accounts":                   {tenants.Administrator, http.StatusBadRequest},
	"GET /t/:tenant/accounts/:account":           {tenants.Auditor, http.StatusNotFound},
	"POST /t/:tenant/accounts/:account/disabled": {tenants.Administrator, http.StatusNotFound},
	"POST /t/:tenant/accounts/:account/delete":   {tenants.Administrator, http.StatusNotFound},

	"GET /t/:tenant/authorities":                    {tenants.Auditor, http.StatusOK},
	"POST /t/:tenant/authorities":                   {tenants.Administrator, http.StatusBadRequest},
	"POST /t/:tenant/authorities/:authority/remove": {tenants.Administrator, http.StatusBadRequest},

	"POST /t/:tenant/grants":        {tenants.Administrator, http.StatusBadRequest},
	"POST /t/:tenant/grants/remove": {tenants.Administrator, http.StatusBadRequest},

	"GET /t/:tenant/keys":                {tenants.Member, http.StatusOK},
	"POST /t/:tenant/keys":               {tenants.Member, http.StatusBadRequest},
	"GET /t/:tenant/keys/:key":           {tenants.Member, http.StatusNotFound},
	"POST /t/:tenant/keys/:key/rotate":   {tenants.Member, http.StatusNotFound},
	"POST /t/:tenant/keys/:key/disabled": {tenants.Member, http.StatusNotFound},
	"POST /t/:tenant/keys/:key/revoke":   {tenants.Member, http.StatusNotFound},
}

// rolesOfStandings are what those of the matrix are in their tenant. Who has only a permission in a namespace is a member.
var rolesOfStandings = map[string]tenants.Role{
	"nobody": tenants.NoRole, "auditor": tenants.Auditor, "developer": tenants.Developer, "admin": tenants.Administrator, "owner": tenants.Owner, "operator": tenants.Operator,
}

// administers is the status of a route of administration for somebody; 0: it is none.
func (s standing) administers(r route, foreign bool) int {
	want, ok := administrationExpected[r.method+" "+r.path]
	if !ok {
		return 0
	}
	is, special := rolesOfStandings[s.name]
	if !special {
		is = tenants.Member
	}
	if strings.HasPrefix(r.path, "/operator") {
		if s.all {
			return want.status
		}
		return http.StatusForbidden
	}
	if strings.Contains(r.path, ":namespace") { // there, permissions count; and who administers the namespace is in it what an admin is
		if s.name == "administers the namespace" {
			is = tenants.Administrator
		}
		return s.inTenant(foreign, s.reads && is >= want.least, want.status)
	}
	return s.inTenant(foreign, is >= want.least, want.status)
}
