package pages

import (
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

// A newcomer's worker gets in: a service account, what it may do, its key, the lines to connect, and its successor.
func TestAccountsAndKeysJourney(t *testing.T) {
	b := serve(t).browse()
	b.open("/t/default")
	b.follow("Service accounts")
	b.shows("No service account yet")
	b.follow("New service account")
	b.fill("#account-name", "settlement")
	b.follow("Make the account")
	b.shows("Give it a role or permissions")
	b.sound("account-new")
	b.follow("Give the role")
	b.shows("Given.")
	b.shows("Take back")
	b.sound("account")

	b.follow("Make a key")
	b.shows("A key can never do more than its holder.")
	b.sound("key-form")
	b.fill("#key-name", "nightly")
	b.follow("Make the key")
	b.shows("no page shows it again")
	b.shows("TLSDisabled: true")
	b.sound("key-revealed")
	b.follow("To the key")
	b.shows("all that its holder may")
	b.sound("key")
	b.follow("Rotate")
	b.shows("The new key nightly")

	b.follow("API keys")
	b.shows("settlement")
	b.sound("keys")
	if text := b.text(); strings.Count(text, "nightly") != 2 {
		t.Errorf("the list does not have the key and its successor:\n%s", text)
	}
}

// Workers with certificates of their own get in: an authority is set, and removed again.
func TestAuthoritiesJourney(t *testing.T) {
	b := serve(t).browse()
	b.open("/t/default")
	b.follow("Certificates")
	b.shows("No authority yet")
	b.follow("New authority")
	b.fill("#authority-name", "workers")
	b.write("#authority-certificate", "none")
	b.press(`input[name="permissions"][value="worker"]`)
	b.follow("Let its clients in")
	b.until("why not", `document.querySelector('[role="alert"]') !== null`)
	b.sound("authorities-refused")
	b.write("#authority-certificate", string(tenantstest.NewCA(t, "workers of the bank", time.Now()).PEM))
	b.write("#authority-filters", "cn=worker-*")
	b.follow("Let its clients in")
	b.shows("Clients of the authority are let in.")
	b.shows("CN=workers of the bank")
	b.sound("authorities")
	b.follow("Remove workers")
	b.fill(`input[name="confirm"]`, "workers")
	b.follow("Remove")
	b.shows("No authority yet")
}

// A namespace from its founding to its removal.
func TestNamespaceJourney(t *testing.T) {
	b := serve(t).browse()
	b.open("/t/default")
	b.sound("tenant")
	b.follow("New namespace")
	b.fill("#found-name", "loans")
	b.fill("#found-retention", "0")
	b.follow("Found the namespace")
	b.until("why not", `document.querySelector('[role="alert"]') !== null`)
	b.sound("namespace-refused")
	b.fill("#found-retention", "3")
	b.follow("Found the namespace")
	b.shows("The namespace is founded.")
	b.sound("settings")

	b.fill("#settings-retention", "5")
	b.follow("Save")
	b.shows("The settings are saved.")
	b.until("the new retention", `document.querySelector('#settings-retention').value === '5'`)
	b.fill("#attribute-name", "Branch")
	b.follow("Define")
	b.shows("The search attribute is defined.")

	b.fill("#delete-confirm", "loans")
	b.follow("Delete")
	b.shows("loans-deleted-")
	b.sound("removal")
	b.open("/t/default/settings")
	b.sound("tenant-settings")
}

// What a namespace uses, and what the log says of who changed it.
func TestUsageAndAuditJourney(t *testing.T) {
	b := serve(t, "--demo").browse()
	b.open("/t/default/ns/default/usage")
	b.shows("Actions by kind")
	b.sound("usage")
	b.follow("Last 7 days")
	b.shows("By day")

	b.open("/t/default/accounts")
	b.follow("New service account")
	b.fill("#account-name", "settlement")
	b.follow("Make the account")
	b.shows("The service account is made.")
	b.follow("Audit")
	b.shows("settlement")
	b.sound("audit")
	b.fill(`input[name="action"]`, "none.such")
	b.follow("Apply")
	b.shows("No record matches.")
	b.follow("Show all")
	b.shows("settlement")
}

// Who belongs to a tenant, and what groups hold.
func TestMembersAndGroupsJourney(t *testing.T) {
	b := serve(t).browse()
	b.open("/t/default/members")
	b.shows("Nobody belongs to this tenant yet.")
	b.follow("Invite somebody")
	b.fill("#invite-issuer", "https://id.example")
	b.fill("#invite-subject", "u-1")
	b.fill("#invite-name", "Grace Hopper")
	b.follow("Invite")
	b.shows("The member is invited.")
	b.sound("members")
	b.follow("Grace Hopper")
	b.shows("Remove from the tenant")
	b.sound("member")
	b.follow("Groups")
	b.follow("New group")
	b.fill("#group-name", "crew")
	b.follow("Make the group")
	b.shows("Nobody yet.")
	b.follow("Put in")
	b.shows("The member is in the group.")
	b.follow("Give the role")
	b.shows("Take back")
	b.sound("group")
	b.open("/t/default/groups")
	b.sound("groups")
	b.open("/t/default/members")
	b.shows("developer (group crew)")
}

// The installation: what it is, a tenant more, and what the log says of that.
func TestOperatorJourney(t *testing.T) {
	b := serve(t).browse()
	b.open("/t/default")
	b.follow("Installation")
	b.shows("made this page")
	b.sound("operator")
	b.fill("#tenant-name", "Acme Inc")
	b.follow("Found the tenant")
	b.shows("lower-case")
	b.fill("#tenant-name", "acme")
	b.follow("Found the tenant")
	b.shows("The tenant is founded.")
	b.open("/operator/audit")
	b.shows("Audit")
	b.sound("operator-audit")
}
