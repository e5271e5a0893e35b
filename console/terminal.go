package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/tenants"
)

// cookieName is the session's cookie on plain HTTP. Cookies do not tell ports apart: two consoles on one machine sign each other out.
const cookieName = "tenuto-session"

// terminal is the way in without identity provider: whoever reads the terminal of the process is its one user, and may do everything.
type terminal struct {
	c        *Console
	addr     string
	newLink  func(string)
	hosts    map[string]bool
	links    *links
	sessions *sessions
}

func newTerminal(c *Console, cfg Config) (*terminal, error) {
	if cfg.NewLink == nil {
		return nil, errors.New("console: NewLink is required")
	}
	hosts, err := ownHosts(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("console: address %q: %w", cfg.Addr, err)
	}
	return &terminal{c: c, addr: cfg.Addr, newLink: cfg.NewLink, hosts: hosts, links: newLinks(c.now), sessions: newSessions(c.now)}, nil
}

func (t *terminal) linkTo(token string) string {
	return "http://" + t.addr + "/signin?token=" + url.QueryEscape(token)
}

func (t *terminal) routes() []route {
	return []route{
		{http.MethodGet, "/signin", open, t.signInPage},
		{http.MethodPost, "/signin", open, t.signIn},
		{http.MethodPost, "/signin/link", open, t.printLink},
		{http.MethodPost, "/signout", open, t.signOut},
	}
}

// refuse implements entrance: a console of one machine answers that machine, by its own names.
func (t *terminal) refuse(r *http.Request) error {
	switch {
	case !fromLoopback(r.RemoteAddr):
		return echo.NewHTTPError(http.StatusForbidden, "The console answers programs on its own machine only.")
	case !t.hosts[r.Host]:
		return echo.NewHTTPError(http.StatusMisdirectedRequest, "This address is not the console's. Open it by the address that tenuto dev printed.")
	}
	return nil
}

// headers implements entrance: on plain HTTP, nothing beside those of all.
func (t *terminal) headers(http.Header) {}

// who implements entrance.
func (t *terminal) who(ec echo.Context, _ bool) (*visitor, error) {
	if !t.hasSession(ec) {
		return nil, nil
	}
	return &visitor{Principal: tenants.Anybody}, nil
}

// nextEnd implements entrance.
func (t *terminal) nextEnd() <-chan struct{} { return t.sessions.nextEnd() }

// welcome implements entrance: the sign-in page in place, so that the address is kept.
func (t *terminal) welcome(ec echo.Context) error {
	return page(ec, http.StatusUnauthorized, view.SignIn(view.SignInNeeded, ec.Request().URL.RequestURI()))
}

// bar implements entrance.
func (t *terminal) bar(_ *visitor, stream string) view.Bar { return view.Bar{Stream: stream} }

func (t *terminal) hasSession(ec echo.Context) bool {
	cookie, err := ec.Cookie(cookieName)
	return err == nil && t.sessions.touch(cookie.Value)
}

// signInPage shows the button that redeems the link's token. It redeems nothing itself.
func (t *terminal) signInPage(ec echo.Context, _ place) error {
	token := ec.QueryParam("token")
	switch {
	case t.links.live(token):
		return page(ec, http.StatusOK, view.Redeem(token))
	case t.hasSession(ec):
		return ec.Redirect(http.StatusSeeOther, "/")
	case token == "":
		return page(ec, http.StatusUnauthorized, view.SignIn(view.SignInNeeded, "/"))
	}
	return page(ec, http.StatusUnauthorized, view.SignIn(view.LinkUsed, "/"))
}

// signIn redeems a token and opens a session, under a new id; a session that the browser had before ends.
func (t *terminal) signIn(ec echo.Context, _ place) error {
	if !t.links.redeem(ec.Request().PostFormValue("token")) { // from the body only: addresses end up in logs
		return page(ec, http.StatusUnauthorized, view.SignIn(view.LinkUsed, "/"))
	}
	t.endSession(ec)
	setCookie(ec, t.sessions.begin(), int(SessionAbsolute.Seconds()))
	t.c.log.Info("console: signed in", "peer", ec.Request().RemoteAddr)
	return ec.Redirect(http.StatusSeeOther, "/")
}

// printLink prints a new sign-in link in the terminal. The browser learns only that it was printed.
func (t *terminal) printLink(ec echo.Context, _ place) error {
	token, ok := t.links.ask()
	if !ok {
		return page(ec, http.StatusTooManyRequests, view.SignIn(view.LinkTooSoon, "/"))
	}
	t.newLink(t.linkTo(token))
	return page(ec, http.StatusOK, view.SignIn(view.LinkPrinted, "/"))
}

func (t *terminal) signOut(ec echo.Context, _ place) error {
	t.endSession(ec)
	setCookie(ec, "", -1)
	return ec.Redirect(http.StatusSeeOther, "/signin")
}

func (t *terminal) endSession(ec echo.Context) {
	if cookie, err := ec.Cookie(cookieName); err == nil {
		t.sessions.end(cookie.Value)
	}
}

// setCookie is not Secure, because the console of tenuto dev is plain HTTP on the loopback interface.
func setCookie(ec echo.Context, value string, maxAge int) {
	ec.SetCookie(&http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}
