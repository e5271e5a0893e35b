package console

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// The cookies of a console that people enter by identity providers. Their prefix has browsers accept them over TLS only, for this host only.
const (
	sessionCookie = "__Host-tenuto-session"
	attemptCookie = "__Host-tenuto-signin"
)

// providers is the way in by identity providers.
type providers struct {
	c    *Console
	desk *signin.Desk
	host string // as browsers say it
}

func newProviders(c *Console, desk *signin.Desk, address string) (*providers, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, errors.New("console: URL is not the address of a console")
	}
	return &providers{c: c, desk: desk, host: hostOf(u)}, nil
}

// hostOf is how browsers say the host of an address: in small letters, and without the port that they would use anyway.
func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if usual := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]; usual != "" {
		host = strings.TrimSuffix(host, usual)
	}
	return host
}

func (p *providers) routes() []route {
	return []route{
		{http.MethodGet, "/signin", open, p.choose},
		{http.MethodGet, "/setup", open, p.setUp},
		{http.MethodPost, "/signin/:provider", open, p.begin},
		{http.MethodGet, "/signin/:provider/return", open, p.finish},
		{http.MethodPost, "/signin/:provider/logout", open, p.loggedOut},
		{http.MethodPost, "/signout", open, p.signOut},
		{http.MethodGet, "/profile", signedIn, p.profile},
		{http.MethodPost, "/profile/sessions/end", signedIn, p.endSession},
		{http.MethodPost, "/profile/sessions/others", signedIn, p.endOthers},
	}
}

// refuse implements entrance.
func (p *providers) refuse(r *http.Request) error {
	if r.Host != p.host {
		return echo.NewHTTPError(http.StatusMisdirectedRequest, "This address is not the console's.")
	}
	return nil
}

// headers implements entrance.
func (p *providers) headers(h http.Header) {
	h.Set("Strict-Transport-Security", "max-age=31536000")
}

// who implements entrance.
func (p *providers) who(ec echo.Context, used bool) (*visitor, error) {
	cookie, err := ec.Cookie(sessionCookie)
	if err != nil {
		return nil, nil
	}
	ask := p.desk.Look
	if used {
		ask = p.desk.Who
	}
	v, err := ask(ec.Request().Context(), cookie.Value)
	switch {
	case errors.Is(err, signin.ErrNoSession):
		return nil, nil
	case errors.Is(err, signin.ErrUnvouched):
		return nil, echo.NewHTTPError(http.StatusServiceUnavailable, "The identity provider has to say first that you are still who you were, and does not answer. Try again in a minute.")
	case err != nil:
		return nil, err
	}
	return &visitor{Principal: v.Principal, in: v}, nil
}

// bar implements entrance.
func (p *providers) bar(v *visitor, stream string) view.Bar {
	return view.Bar{Name: v.Name, Stream: stream}
}

// nextEnd implements entrance: a session that ends is a change of what somebody may do.
func (p *providers) nextEnd() <-chan struct{} { return nil }

// welcome implements entrance.
func (p *providers) welcome(ec echo.Context) error {
	back := "/"
	if ec.Request().Method == http.MethodGet {
		back = ec.Request().URL.RequestURI()
	}
	return page(ec, http.StatusUnauthorized, view.WelcomeIn(view.WelcomePage{Providers: p.choices(), Return: back}))
}

func (p *providers) choices() (all []view.Provider) {
	for _, each := range p.desk.Providers() {
		title := each.Title
		if title == "" {
			title = each.Name
		}
		all = append(all, view.Provider{Name: each.Name, Title: title})
	}
	return all
}

// choose is the page to sign in at.
func (p *providers) choose(ec echo.Context, _ place) error {
	w := view.WelcomePage{Providers: p.choices(), Return: "/"}
	if ec.QueryParams().Has("out") {
		w.Reason = view.SignedOut
	}
	return page(ec, http.StatusOK, view.WelcomeIn(w))
}

// setUp is the page of a set-up link. It uses nothing up.
func (p *providers) setUp(ec echo.Context, _ place) error {
	token := ec.QueryParam("token")
	if err := p.desk.LinkCounts(ec.Request().Context(), token); err != nil {
		return p.failed(ec, err)
	}
	return page(ec, http.StatusOK, view.WelcomeIn(view.WelcomePage{Reason: view.SetUp, Providers: p.choices(), Return: "/", Link: token}))
}

// begin sends a browser to a provider.
func (p *providers) begin(ec echo.Context, _ place) error {
	name, err := param(ec, "provider")
	if err != nil {
		return err
	}
	form := ec.Request().PostFormValue
	sent, err := p.desk.Begin(ec.Request().Context(), signin.Wish{Provider: name, Return: form("return"), Link: form("link"), Browser: cookieOf(ec, attemptCookie)})
	if err != nil {
		return p.failed(ec, err)
	}
	setHostCookie(ec, attemptCookie, sent.Browser, int(signin.AttemptLife.Seconds()))
	return page(ec, http.StatusOK, view.Going(sent.URL, p.title(name)))
}

// finish is where a provider sends a browser back to. It is the one GET that changes something: the protocol has it so. What it changes was begun by a post of the same
// browser, which has the secret of that; nobody else can have it done.
func (p *providers) finish(ec echo.Context, _ place) error {
	name, err := param(ec, "provider")
	if err != nil {
		return err
	}
	r, q := ec.Request(), ec.QueryParam
	e, err := p.desk.Finish(r.Context(), signin.Answer{
		Provider: name, Browser: cookieOf(ec, attemptCookie), State: q("state"), Code: q("code"), Issuer: q("iss"), Error: q("error"),
		Old: cookieOf(ec, sessionCookie), Address: addressOf(r), Agent: r.UserAgent(),
	})
	if err != nil {
		return p.failed(ec, err)
	}
	setHostCookie(ec, sessionCookie, e.ID, int(e.Life.Seconds()))
	p.c.log.Info("console: signed in", "provider", name, "peer", r.RemoteAddr)
	return ec.Redirect(http.StatusSeeOther, e.Return)
}

// signOut ends the session here, then leads to where the provider ends its own.
func (p *providers) signOut(ec echo.Context, _ place) error {
	next, err := p.desk.End(ec.Request().Context(), cookieOf(ec, sessionCookie))
	if err != nil {
		return err
	}
	setHostCookie(ec, sessionCookie, "", -1)
	if next == "" {
		return ec.Redirect(http.StatusSeeOther, "/signin?out")
	}
	return page(ec, http.StatusOK, view.Going(next, "your identity provider, to be signed out there, too"))
}

func (p *providers) title(name string) string {
	for _, each := range p.choices() {
		if each.Name == name {
			return each.Title
		}
	}
	return name
}

// failures are what somebody is told who could not sign in.
var failures = []struct {
	err    error
	status int
	why    string
}{
	{signin.ErrNoProvider, http.StatusNotFound, "There is no such identity provider."},
	{signin.ErrBusy, http.StatusTooManyRequests, "Too many people are signing in at this moment. Try again in a few seconds."},
	{signin.ErrNoLink, http.StatusForbidden, "This set-up link does not count any more: it was used, is older than half an hour, or there is an administrator already."},
	{signin.ErrNoAttempt, http.StatusBadRequest, "This sign-in is over. It took too long, was finished already, or was begun in another browser."},
	{oidc.ErrDenied, http.StatusForbidden, "The identity provider did not let you in."},
	{oidc.ErrUntrusted, http.StatusForbidden, "The answer of the identity provider cannot be trusted, so it does not count. The server's log says more."},
	{oidc.ErrUnreachable, http.StatusServiceUnavailable, "The identity provider cannot be reached. Try again in a minute."},
}

// failed tells somebody why there is no session. Who is disabled is told no more than that.
func (p *providers) failed(ec echo.Context, err error) error {
	for _, f := range failures {
		if errors.Is(err, f.err) {
			p.c.log.Warn("console: not signed in", "peer", ec.Request().RemoteAddr, "reason", err)
			return page(ec, f.status, view.SignInFailed(f.why))
		}
	}
	if refused(err) {
		p.c.log.Warn("console: not signed in", "peer", ec.Request().RemoteAddr, "reason", err)
		return page(ec, http.StatusForbidden, view.SignInFailed("An operator has disabled you here."))
	}
	return err
}

func cookieOf(ec echo.Context, name string) string {
	cookie, err := ec.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setHostCookie sets a cookie that comes along when somebody follows a link from elsewhere, as from the provider, but with no post.
func setHostCookie(ec echo.Context, name, value string, maxAge int) {
	ec.SetCookie(&http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// addressOf is where a request comes from, as far as this process knows: behind a proxy, that is the proxy.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
