package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestOpeningTheLinkRedeemsNothing(t *testing.T) {
	b := newBench(t)
	link := b.console.SignInURL()
	if !strings.HasPrefix(link, "http://"+testAddr+"/signin?token=") {
		t.Fatalf("link is %q", link)
	}
	for range 3 { // a preview, a prefetch, the person
		w := b.get(strings.TrimPrefix(link, "http://"+testAddr))
		if w.Code != http.StatusOK || len(w.Result().Cookies()) != 0 {
			t.Fatalf("GET answered %d with cookies %v", w.Code, w.Result().Cookies())
		}
		if !strings.Contains(w.Body.String(), `<form method="post" action="/signin">`) {
			t.Fatal("no button on the page")
		}
	}
	w := b.post("/signin", url.Values{"token": {tokenOf(t, link)}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Fatalf("POST answered %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestSessionCookie(t *testing.T) {
	b := newBench(t).signIn()
	c := b.cookie
	if c.Name != "tenuto-session" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure {
		t.Fatalf("cookie is %+v", c)
	}
	if got := time.Duration(c.MaxAge) * time.Second; got != SessionAbsolute {
		t.Fatalf("cookie lives %v", got)
	}
	if len(c.Value) != 43 { // 256 bits in base64
		t.Fatalf("session id has %d characters", len(c.Value))
	}
}

func TestTokenWorksOnce(t *testing.T) {
	b := newBench(t)
	token := tokenOf(t, b.console.SignInURL())
	form := url.Values{"token": {token}}
	if w := b.post("/signin", form); w.Code != http.StatusSeeOther {
		t.Fatalf("first redeem: %d", w.Code)
	}
	b.cookie = nil
	w := b.post("/signin", form)
	if w.Code != http.StatusUnauthorized || b.cookie != nil {
		t.Fatalf("second redeem: %d, cookie %v", w.Code, b.cookie)
	}
	if !strings.Contains(w.Body.String(), "has been used or has expired") || !strings.Contains(w.Body.String(), "Print a new link") {
		t.Fatal("the page does not say how to get a new link")
	}
	if w := b.get("/signin?token=" + token); w.Code != http.StatusUnauthorized {
		t.Fatalf("opening a used link: %d", w.Code)
	}
}

func TestTokenExpires(t *testing.T) {
	b := newBench(t)
	token := tokenOf(t, b.console.SignInURL())
	b.clock.advance(LinkLifetime)
	if w := b.post("/signin", url.Values{"token": {token}}); w.Code != http.StatusUnauthorized {
		t.Fatalf("redeem at the end of its life: %d", w.Code)
	}
}

func TestWrongTokens(t *testing.T) {
	b := newBench(t)
	b.console.SignInURL()
	for _, token := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("é", 100000)} {
		if w := b.post("/signin", url.Values{"token": {token}}); w.Code != http.StatusUnauthorized {
			t.Errorf("token %.10q: %d", token, w.Code)
		}
	}
	if w := b.post("/signin?token="+tokenOf(t, b.console.SignInURL()), nil); w.Code != http.StatusUnauthorized {
		t.Errorf("token in the address of a post: %d", w.Code)
	}
}

func TestNewLinkGoesToTheTerminalOnly(t *testing.T) {
	b := newBench(t)
	first := tokenOf(t, b.console.SignInURL())
	w := b.post("/signin/link", nil)
	if w.Code != http.StatusOK || len(b.printed) != 1 {
		t.Fatalf("%d, printed %v", w.Code, b.printed)
	}
	second := tokenOf(t, b.printed[0])
	if strings.Contains(w.Body.String(), second) || strings.Contains(b.log.String(), second) {
		t.Fatal("the token left the terminal")
	}
	// Asking does not void the link that the owner may be about to open.
	if w := b.post("/signin", url.Values{"token": {first}}); w.Code != http.StatusSeeOther {
		t.Fatalf("the first link: %d", w.Code)
	}
	if w := b.post("/signin", url.Values{"token": {second}}); w.Code != http.StatusSeeOther {
		t.Fatalf("the second link: %d", w.Code)
	}
}

func TestNewLinksArePaced(t *testing.T) {
	b := newBench(t)
	b.post("/signin/link", nil)
	if w := b.post("/signin/link", nil); w.Code != http.StatusTooManyRequests || len(b.printed) != 1 {
		t.Fatalf("at once: %d, printed %d", w.Code, len(b.printed))
	}
	b.clock.advance(linkPause)
	if w := b.post("/signin/link", nil); w.Code != http.StatusOK || len(b.printed) != 2 {
		t.Fatalf("later: %d, printed %d", w.Code, len(b.printed))
	}
}

func TestSignOut(t *testing.T) {
	b := newBench(t).signIn()
	stolen := *b.cookie
	if w := b.post("/signout", nil); w.Code != http.StatusSeeOther || b.cookie.MaxAge >= 0 {
		t.Fatalf("%d, cookie %+v", w.Code, b.cookie)
	}
	b.cookie = &stolen
	if w := b.get("/"); w.Code != http.StatusUnauthorized {
		t.Fatalf("the old cookie still works: %d", w.Code)
	}
}

func TestSigningInAgainEndsTheOldSession(t *testing.T) {
	b := newBench(t).signIn()
	old := *b.cookie
	b.signIn()
	if b.cookie.Value == old.Value {
		t.Fatal("the session id was not rotated")
	}
	b.cookie = &old
	if w := b.get("/"); w.Code != http.StatusUnauthorized {
		t.Fatalf("the old session still works: %d", w.Code)
	}
}

func TestSignInPageLeadsOnWhenSignedIn(t *testing.T) {
	b := newBench(t).signIn()
	if w := b.get("/signin"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestOnlyDigestsAreKept(t *testing.T) {
	b := newBench(t)
	token := tokenOf(t, b.console.SignInURL())
	if _, ok := b.terminal().links.expiry[digestOf(token)]; !ok {
		t.Fatal("the link's digest is not kept")
	}
	b.signIn()
	if _, ok := b.terminal().sessions.open[digestOf(b.cookie.Value)]; !ok {
		t.Fatal("the session's digest is not kept")
	}
	if strings.Contains(b.log.String(), b.cookie.Value) || strings.Contains(b.log.String(), token) {
		t.Fatal("a secret is in the log")
	}
}
