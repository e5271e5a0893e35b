package signin

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

const bank = "/t/acme/ns/bank.acme/workflows"

// TestPeople is what happens to people, in the order in which it does.
func TestPeople(t *testing.T) {
	h := openHouse(t)
	t.Run("first administrator", h.firstAdministrator)
	t.Run("nothing mapped", h.nothingMapped)
	t.Run("member", h.member)
	t.Run("lies", h.lies)
	t.Run("disabled", h.disabled)
	t.Run("logout", h.logout)
	t.Run("logout at the provider", h.logoutAtTheProvider)
	t.Run("several providers", h.severalProviders)
}

func (h *house) firstAdministrator(t *testing.T) {
	token, err := h.desk.SetupLink(t.Context(), false)
	must(t, err)
	b := h.browse(t)
	b.open("/setup?token=" + url.QueryEscape(token))
	b.shows("administrator of the whole installation")
	b.press()
	b.login("ada")
	b.shows("Dr. ada")
	if at := b.at(); !strings.HasSuffix(at, "/t/default/ns/default/workflows") {
		t.Errorf("she is at %s", at)
	}
	b.open("/tenants")
	b.shows("operator")
	c := b.session()
	if !c.Secure || !c.HTTPOnly || c.SameSite != network.CookieSameSiteLax || c.Path != "/" || len(c.Value) != 43 {
		t.Errorf("her cookie is %+v", c)
	}
	script, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)`))
	if err != nil || script != "{}{}" {
		t.Errorf("a script sees %q", script)
	}
	b.open("/setup?token=" + url.QueryEscape(token))
	b.shows("does not count any more")
}

func (h *house) nothingMapped(t *testing.T) {
	b := h.browse(t)
	b.enter("eve", "/")
	b.shows("nobody has given you anything")
	b.open(bank)
	b.shows("no such page")
}

// member signs in by a deep link, loses the group at a refresh, gets it back, is idle for too long, and loses the role while looking at the page.
func (h *house) member(t *testing.T) {
	h.provider.groups("bob", "dev")
	b := h.browse(t)
	b.enter("bob", bank+"?query=WorkflowType+%3D+%22A%22")
	b.shows("Dr. bob")
	if at := b.at(); at != h.url+bank+"?query=WorkflowType+%3D+%22A%22" {
		t.Errorf("he is at %s", at)
	}
	first := b.session().Value

	h.provider.groups("bob")
	h.clock.advance(signin.RefreshEvery)
	b.open(bank)
	b.shows("no such page")
	h.provider.groups("bob", "dev")
	h.clock.advance(signin.RefreshEvery)
	b.open(bank)
	b.shows("No workflow has run")

	b.open(strings.TrimPrefix(b.returned, h.url)) // the same state and code again
	b.shows("You are not signed in")
	b.keep(first[:42] + "x")
	b.open(bank)
	b.shows("Sign in with Corporate login")
	b.keep(first)
	b.open(bank)
	b.shows("Dr. bob") // neither the replay nor the wrong cookie has ended his session

	h.clock.advance(signin.Idle)
	b.open(bank)
	b.shows("Sign in with Corporate login")
	b.press()
	b.agree() // the provider's own session goes on
	b.shows("Dr. bob")
	if again := b.session().Value; again == first {
		t.Error("the id of the session was not rotated")
	}
	must(t, h.access.Expel(t.Context(), h.acme.ID, h.person("bob").ID))
	b.shows("no such page") // nobody has pressed anything
}

// lies are found out: nobody is signed in.
func (h *house) lies(t *testing.T) {
	for claim, value := range map[string]any{"nonce": "another", "aud": "another", "iss": "https://evil.example", "exp": 1} {
		h.provider.says(map[string]any{"lies": map[string]any{claim: value}})
		b := h.browse(t)
		b.enter("bob", bank)
		b.shows("cannot be trusted")
		if b.session() != nil {
			t.Errorf("wrong %s: there is a session", claim)
		}
	}
	h.provider.says(map[string]any{"lies": map[string]any{}})
}

// disabled: the page in front of somebody goes as soon as an operator says so.
func (h *house) disabled(t *testing.T) {
	h.provider.groups("mallory", "dev")
	b := h.browse(t)
	b.enter("mallory", bank)
	b.shows("Dr. mallory")
	must(t, h.access.Disable(t.Context(), h.person("mallory"), true))
	b.shows("Sign in with Corporate login")
	b.press()
	b.agree()
	b.shows("An operator has disabled you")
}

// logout ends both sessions: the provider asks again who somebody is.
func (h *house) logout(t *testing.T) {
	h.provider.groups("carol", "dev")
	b := h.browse(t)
	b.enter("carol", bank)
	b.shows("Dr. carol")
	id := b.session().Value
	b.do("sign out", chromedp.Click(chromedp.CSS(`form[action="/signout"] button`)))
	b.do("sign out at the provider", chromedp.Click(chromedp.CSS(`button[name="logout"]`)))
	b.shows("You are signed out")
	b.keep(id)
	b.open(bank)
	b.shows("Sign in with Corporate login")
	b.press()
	b.do("be asked by the provider", chromedp.WaitVisible(chromedp.CSS(`input[name="login"]`)))
	all, err := h.desk.Sessions(t.Context(), h.person("carol").ID)
	must(t, err)
	if len(all) != 0 {
		t.Errorf("%d sessions are left", len(all))
	}
}

// logoutAtTheProvider ends the session here, too: the provider says so by itself, and the browser has no part in it.
func (h *house) logoutAtTheProvider(t *testing.T) {
	h.provider.groups("dora", "dev")
	b, other := h.browse(t), h.browse(t)
	b.enter("dora", bank)
	b.shows("Dr. dora")
	other.enter("dora", bank)
	other.shows("Dr. dora")
	b.do("go to the provider", chromedp.Navigate(h.provider.issuer+"/session/end"), chromedp.Click(chromedp.CSS(`button[name="logout"]`)))
	b.until("the provider's word", `document.body.innerText.includes("Sign-out Success")`)
	all, err := h.desk.Sessions(t.Context(), h.person("dora").ID)
	must(t, err)
	if len(all) != 1 {
		t.Errorf("%d sessions are left, want that of the other browser", len(all))
	}
	b.open(bank)
	b.shows("Sign in with Corporate login")
	other.open(bank)
	other.shows("Dr. dora")
}

// severalProviders: who is called the same at another provider is somebody else, and what one provider has answered is worth nothing as another's.
func (h *house) severalProviders(t *testing.T) {
	h.partner.groups("ada", "dev")
	b := h.browse(t)
	b.open(bank)
	b.shows("Sign in with Corporate login")
	b.shows("Sign in with Partners")
	b.choose("partner")
	b.login("ada")          // who operates the installation, but not this one
	b.shows("no such page") // nor does the tenant map the partner's group of that name
	p, ok, err := h.access.PersonByIdentity(t.Context(), tenants.Identity{Issuer: h.partner.issuer, Subject: "ada"})
	must(t, err)
	if !ok || p.ID == h.person("ada").ID {
		t.Error("two people are one")
	}
	must(t, h.access.Disable(t.Context(), p, true))
	b.open(bank)
	b.shows("Sign in with Corporate login")
	b.choose("corp")
	b.login("ada") // the other one goes on
	b.shows("Dr. ada")
	mixed := h.browse(t)
	mixed.open(bank)
	mixed.choose("corp")
	mixed.do("be asked by the provider", chromedp.WaitVisible(chromedp.CSS(`input[name="login"]`)))
	answer := url.Values{"state": {mixed.state()}, "code": {"of-the-partner"}, "iss": {h.partner.issuer}}
	mixed.open("/signin/partner/return?" + answer.Encode())
	mixed.shows("was begun in another browser")
	mixed.open("/signin/corp/return?" + answer.Encode()) // it is over with that
	mixed.shows("was begun in another browser")
	if mixed.session() != nil {
		t.Error("an answer of one provider has counted as another's")
	}
}
