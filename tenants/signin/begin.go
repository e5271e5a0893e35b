package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
)

// Wish is what a browser wants to sign in with.
type Wish struct {
	Provider string
	Return   string // path of the console to go on to; anything else is "/"
	Link     string // token of a set-up link; "": none
	Browser  string // secret that the browser has from an earlier attempt; "": it gets one
}

// Sent is a browser on its way to a provider.
type Sent struct {
	URL     string // where to
	Browser string // secret that the browser has to come back with
}

// Begin begins a sign-in. Errors: ErrNoProvider, ErrBusy, ErrNoLink, oidc.ErrUnreachable; else the database could not be asked.
func (d *Desk) Begin(ctx context.Context, w Wish) (Sent, error) {
	p, err := d.provider(w.Provider)
	if err != nil {
		return Sent{}, err
	}
	now := d.now()
	if !d.begun.begin(now) {
		return Sent{}, ErrBusy
	}
	a := tenants.Attempt{Provider: p.Name, Return: local(w.Return), Expires: now.Add(AttemptLife)}
	if w.Link != "" {
		if err := d.LinkCounts(ctx, w.Link); err != nil {
			return Sent{}, err
		}
		a.Link = digest(w.Link)
	}
	state, secrets := "", oidc.NewSecrets()
	state, a.State = newSecret()
	s := Sent{Browser: w.Browser}
	if len(s.Browser) != len(state) {
		s.Browser, _ = newSecret()
	}
	a.Browser = digest(s.Browser)
	if s.URL, err = p.AuthURL(ctx, state, secrets); err != nil {
		return Sent{}, err
	}
	text, err := json.Marshal(secrets)
	if err != nil {
		return Sent{}, err
	}
	a.Secret = d.seal.close(forAttempt, a.State, text)
	if err := d.access.InsertAttempt(ctx, a, now); err != nil {
		return Sent{}, fmt.Errorf("store a sign-in: %w", err)
	}
	return s, nil
}

// longestReturn bounds the path that an attempt goes on to, in bytes.
const longestReturn = 2_000

// local is a path of the console; "/" for what is none. What a browser would take for another site's address is none.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || len(path) > longestReturn || u.Scheme != "" || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") {
		return "/"
	}
	return path
}
