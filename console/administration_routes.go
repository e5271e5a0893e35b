package console

import "net/http"

// administrationTable is every route of administration. Who may use one is as with the method of tenuto.admin.v1 that it calls.
func (c *Console) administrationTable() []route {
	const t = "/t/:tenant"
	const n = t + "/ns/:namespace"
	return []route{
		{http.MethodGet, t + "/live", inTenant, c.live(inTenant)},
		{http.MethodGet, t + "/audit/live", auditing, c.live(auditing)},
		{http.MethodGet, "/operator/live", operating, c.live(operating)},

		{http.MethodGet, "/operator", operating, c.operator},
		{http.MethodPost, "/operator/tenants", operating, c.foundTenant},
		{http.MethodGet, "/operator/audit", operating, c.installationLog},
		{http.MethodGet, "/operator/audit.csv", operating, c.installationExport},

		{http.MethodPost, t + "/namespaces", managing, c.foundNamespace},
		{http.MethodGet, t + "/removals/:name", inTenant, c.removal},
		{http.MethodGet, t + "/settings", inTenant, c.tenantSettings},
		{http.MethodPost, t + "/settings", managing, c.saveTenant},
		{http.MethodPost, t + "/delete", owning, c.deleteTenant},

		{http.MethodGet, n + "/settings", reading, c.settings},
		{http.MethodPost, n + "/settings", administering, c.saveSettings},
		{http.MethodPost, n + "/settings/suspension", administering, c.suspend},
		{http.MethodPost, n + "/settings/deprecate", administering, c.deprecate},
		{http.MethodPost, n + "/settings/quota", bounding, c.setQuota},
		{http.MethodPost, n + "/settings/attributes", administering, c.defineAttribute},
		{http.MethodPost, n + "/settings/attributes/remove", administering, c.undefineAttribute},
		{http.MethodPost, n + "/settings/delete", administering, c.deleteNamespace},
		{http.MethodGet, n + "/usage", reading, c.usage},
		{http.MethodGet, n + "/usage.csv", reading, c.usageTable},

		{http.MethodGet, t + "/members", auditing, c.members},
		{http.MethodPost, t + "/members", managing, c.invite},
		{http.MethodGet, t + "/members/:member", auditing, c.member},
		{http.MethodPost, t + "/members/:member/disabled", operatingOn, c.switchPerson},
		{http.MethodPost, t + "/members/:member/sessions/end", operatingOn, c.signMemberOut},
		{http.MethodPost, t + "/members/:member/remove", managing, c.removeMember},

		{http.MethodGet, t + "/groups", auditing, c.groups},
		{http.MethodPost, t + "/groups", managing, c.makeGroup},
		{http.MethodGet, t + "/groups/:group", auditing, c.group},
		{http.MethodPost, t + "/groups/:group/members", managing, c.putIntoGroup},
		{http.MethodPost, t + "/groups/:group/members/remove", managing, c.takeOutOfGroup},
		{http.MethodPost, t + "/groups/:group/delete", managing, c.deleteGroup},

		{http.MethodGet, t + "/accounts", auditing, c.accounts},
		{http.MethodPost, t + "/accounts", managing, c.makeAccount},
		{http.MethodGet, t + "/accounts/:account", auditing, c.account},
		{http.MethodPost, t + "/accounts/:account/disabled", managing, c.switchAccount},
		{http.MethodPost, t + "/accounts/:account/delete", managing, c.deleteAccount},

		{http.MethodPost, t + "/grants", managing, c.give},
		{http.MethodPost, t + "/grants/remove", managing, c.take},

		{http.MethodGet, t + "/audit", auditing, c.auditLog},
		{http.MethodGet, t + "/audit.csv", auditing, c.auditExport},

		{http.MethodGet, t + "/keys", belonging, c.keys},
		{http.MethodPost, t + "/keys", belonging, c.makeKey},
		{http.MethodGet, t + "/keys/:key", belonging, c.key},
		{http.MethodPost, t + "/keys/:key/rotate", belonging, c.rotateKey},
		{http.MethodPost, t + "/keys/:key/disabled", belonging, c.switchKey},
		{http.MethodPost, t + "/keys/:key/revoke", belonging, c.revokeKey},

		{http.MethodGet, t + "/authorities", auditing, c.authorities},
		{http.MethodPost, t + "/authorities", managing, c.setAuthority},
		{http.MethodPost, t + "/authorities/:authority/remove", managing, c.removeAuthority},
	}
}
