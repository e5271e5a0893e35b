package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
)

// as is a browser of somebody who is that in acme.
func (l *lobby) as(name string, r tenants.Role) *guest {
	l.t.Helper()
	must(l.t, role(r)(l, l.person(name)))
	return l.guest().enter(name)
}

// found is what a pattern's first group matches on a page.
func found(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page lacks %s\n%s", pattern, body)
	}
	return m[1]
}

func TestMembersAreInvitedAndRemoved(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	answered(t, g.get("/t/acme/members"), http.StatusOK, "Dr. boss", ">admin<", "Invite somebody", l.provider.URL)

	form := url.Values{"issuer": {l.provider.URL}, "subject": {"u-1"}, "name": {"Grace <Hopper>"}}
	leads(t, g.post("/t/acme/members", form), "/t/acme/members?done=invited")
	body := g.get("/t/acme/members?done=invited").Body.String()
	id := found(t, body, `/t/acme/members/([0-9a-f-]{36})"><bdi>Grace &lt;Hopper&gt;`)
	if !strings.Contains(body, "never signed in") || !strings.Contains(body, "The member is invited.") {
		t.Error("the list does not tell that the member was invited and was never here")
	}

	one := "/t/acme/members/" + id
	leads(t, g.post("/t/acme/grants", url.Values{"holder": {"person:" + id}, "namespace": {"bank.acme"}, "permissions": {"read", "write"}}), one+"?done=given")
	body = g.get(one).Body.String()
	for _, want := range []string{"write, read in bank.acme", "given by hand", "u-1", "Take back"} {
		if !strings.Contains(body, want) {
			t.Errorf("the member's page lacks %q", want)
		}
	}

	w := g.post(one+"/remove", url.Values{"confirm": {"Grace"}})
	answered(t, w, http.StatusBadRequest, "Type the name Grace &lt;Hopper&gt; to confirm.", `value="Grace"`)
	leads(t, g.post(one+"/remove", url.Values{"confirm": {"Grace <Hopper>"}}), "/t/acme/members?done=removed")
	answered(t, g.get(one), http.StatusNotFound)
}

// What was typed into a refused form is still there, beside why it was refused; and who may only look sees no form.
func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	w := g.post("/t/acme/members", url.Values{"issuer": {l.provider.URL}, "name": {`Ada "the" <first>`}})
	answered(t, w, http.StatusBadRequest, `role="alert"`, `value="Ada &#34;the&#34; &lt;first&gt;"`, "<details class=\"disclosed\" open>")

	a := l.as("looker", tenants.Auditor)
	body := a.get("/t/acme/members").Body.String()
	if strings.Contains(body, "Invite somebody") || strings.Contains(a.get("/t/acme/groups").Body.String(), "New group") {
		t.Error("an auditor is offered a form that is refused")
	}
}

// What a form may not do for whom it concerns is refused where it was sent from, and recorded.
func TestAdminsMakeNoOwners(t *testing.T) {
	l := newLobby(t)
	c := &clerk{}
	l.console.auditor = c
	g := l.as("boss", tenants.Administrator)
	h := l.person("friend")
	c.take()
	w := g.post("/t/acme/grants", url.Values{"holder": {h.String()}, "role": {"owner"}})
	answered(t, w, http.StatusForbidden, "Only owners make somebody an owner.", "Give the role")
	noted := c.take()
	if len(noted) != 1 || noted[0].Code != "PermissionDenied" || noted[0].Action != "POST /t/:tenant/grants" || noted[0].Tenant != l.acme.ID {
		t.Errorf("recorded %+v", noted)
	}
	o := l.as("owner", tenants.Owner)
	leads(t, o.post("/t/acme/grants", url.Values{"holder": {h.String()}, "role": {"owner"}}), "/t/acme/members/"+h.ID.String()+"?done=given")
	answered(t, g.post("/t/acme/members/"+h.ID.String()+"/remove", url.Values{"confirm": {"friend"}}), http.StatusForbidden, "Only owners may do this")
}

func TestGroupsAreMappedAndFilled(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	mapped := url.Values{"name": {"developers"}, "claim": {"dev"}, "issuer": {l.provider.URL}}
	leads(t, g.post("/t/acme/groups", mapped), "/t/acme/groups/developers?done=group")
	leads(t, g.post("/t/acme/grants", url.Values{"holder": {"group:developers"}, "role": {"developer"}}), "/t/acme/groups/developers?done=given")
	l.clock.advance(tenants.CacheFor)
	dev := l.guest().enter("dev", "dev") // whoever the provider says is in it has what it holds
	answered(t, dev.get("/t/acme/ns/bank.acme/workflows"), http.StatusOK)
	body := g.get("/t/acme/members").Body.String()
	found(t, body, `(developer \(group developers\))`)

	h := l.person("hand")
	leads(t, g.post("/t/acme/groups", url.Values{"name": {"by hand/é"}, "issuer": {l.provider.URL}}), "/t/acme/groups/by%20hand%2F%C3%A9?done=group")
	const group = "/t/acme/groups/by%20hand%2F%C3%A9"
	leads(t, g.post(group+"/members", url.Values{"member": {h.ID.String()}}), group+"?done=joined")
	answered(t, g.get(group), http.StatusOK, "Take out", ">hand<")
	leads(t, g.post(group+"/members/remove", url.Values{"member": {h.ID.String()}}), group+"?done=left")
	answered(t, g.post("/t/acme/groups/developers/members", url.Values{"member": {h.ID.String()}}), http.StatusConflict, "Who is in the group developers is said by")

	grant := found(t, g.get("/t/acme/groups/developers").Body.String(), `name="grant" value="([^"]+)"`)
	leads(t, g.post("/t/acme/grants/remove", url.Values{"grant": {grant}, "holder": {"group:developers"}}), "/t/acme/groups/developers?done=taken")
	answered(t, g.get("/t/acme/groups/developers"), http.StatusOK, "Nothing yet")
	answered(t, g.post("/t/acme/groups/developers/delete", nil), http.StatusBadRequest, "Type the name developers to confirm.")
	leads(t, g.post("/t/acme/groups/developers/delete", url.Values{"confirm": {"developers"}}), "/t/acme/groups?done=ungrouped")
	answered(t, g.get("/t/acme/groups/developers"), http.StatusNotFound)
}

// In a tenant of more people than a page offers, a group tells all its members, and takes others by their ids.
func TestGroupsOfManyPeople(t *testing.T) {
	l := newLobby(t)
	g := l.as("boss", tenants.Administrator)
	leads(t, g.post("/t/acme/groups", url.Values{"name": {"crew"}}), "/t/acme/groups/crew?done=group")
	for n := range mostChoices + 2 {
		h := l.person("worker-" + strconv.Itoa(n))
		leads(t, g.post("/t/acme/groups/crew/members", url.Values{"member": {h.ID.String()}}), "/t/acme/groups/crew?done=joined")
	}
	body := g.get("/t/acme/groups/crew").Body.String()
	if got := strings.Count(body, "<bdi>worker-"); got != mostChoices || !strings.Contains(body, "and 2 more") {
		t.Errorf("%d are listed", got)
	}
	found(t, body, `(<input id="member-member" name="member" type="text")`)
}
