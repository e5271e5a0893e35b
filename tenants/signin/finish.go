package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
)

// Answer is what a browser brings back from a provider.
type Answer struct {
	Provider string // that it says it comes from
	Browser  string // the secret that it was sent with
	State    string
	Code     string
	Issuer   string // RFC 9207; "": not said
	Error    string // instead of a code
	Old      string // id of the session that the browser had; it ends
	Address  string // where the browser is
	Agent    string // what it is
}

// Entry is a browser that is signed in.
type Entry struct {
	ID     string // of the session: for the cookie, and nobody else
	Life   time.Duration
	Return string // path of the console to go on to
	Name   string // of the person
}

// Finish ends a sign-in with a session, under a new id. Of the answers with one state, one counts.
// Errors: ErrNoAttempt; oidc.ErrDenied, ErrUntrusted, ErrUnreachable; ErrNoLink; *tenants.Refused; else the database could not be asked.
func (d *Desk) Finish(ctx context.Context, r Answer) (Entry, error) {
	a, p, err := d.take(ctx, r)
	if err != nil {
		d.refused(ctx, signIn, r.Provider, tenants.HolderID{}, err)
		return Entry{}, err
	}
	login, err := d.exchange(ctx, a, p, r)
	if err != nil {
		d.refused(ctx, signIn, p.Name, tenants.HolderID{}, err)
		return Entry{}, err
	}
	person, err := d.access.Vouched(ctx, login.Identity, login.Name, login.Email, login.Groups)
	if err != nil {
		d.refused(ctx, signIn, p.Name, person.ID, err)
		return Entry{}, err
	}
	if a.Link != ([32]byte{}) {
		if err := d.redeem(ctx, a.Link, person.ID); err != nil {
			d.refused(ctx, useOf, p.Name, person.ID, err)
			return Entry{}, err
		}
	}
	return d.open(ctx, a, p, login, person, r)
}

// open begins a session for a person whom a provider has vouched for.
func (d *Desk) open(ctx context.Context, a tenants.Attempt, p *oidc.Provider, login oidc.Login, person tenants.Person, r Answer) (Entry, error) {
	e := Entry{Life: Absolute, Return: a.Return, Name: person.Name}
	now := d.now()
	s := tenants.Session{
		Person: person.ID, Created: now, Seen: now, Expires: now.Add(e.Life), Address: r.Address, Agent: clip(r.Agent), Provider: p.Name, Within: login.Session,
		Verified: now, Tried: now,
	}
	e.ID, s.Hash = newSecret()
	s.Refresh = d.seal.close(forSession, s.Hash, []byte(login.Refresh))
	err := d.access.InsertSession(ctx, s)
	if errors.Is(err, tenants.ErrMissing) {
		err = fmt.Errorf("%w: it has signed the person out meanwhile", oidc.ErrDenied)
		d.refused(ctx, signIn, p.Name, person.ID, err)
		return Entry{}, err
	}
	if err != nil {
		return Entry{}, fmt.Errorf("store a session: %w", err)
	}
	if r.Old != "" {
		d.drop(ctx, r.Old)
	}
	return e, nil
}

// take is the attempt that an answer belongs to, which is over with that, whatever comes of it.
func (d *Desk) take(ctx context.Context, r Answer) (tenants.Attempt, *oidc.Provider, error) {
	a, ok, err := d.access.TakeAttempt(ctx, digest(r.State))
	if err != nil {
		return a, nil, fmt.Errorf("read a sign-in: %w", err)
	}
	browser := digest(r.Browser)
	if !ok || !d.now().Before(a.Expires) || a.Provider != r.Provider || subtle.ConstantTimeCompare(a.Browser[:], browser[:]) != 1 {
		return a, nil, ErrNoAttempt
	}
	p, err := d.provider(a.Provider)
	return a, p, err
}

// exchange is what the provider says of the person.
func (d *Desk) exchange(ctx context.Context, a tenants.Attempt, p *oidc.Provider, r Answer) (oidc.Login, error) {
	if r.Error != "" || r.Code == "" {
		return oidc.Login{}, oidc.ErrDenied
	}
	text, err := d.seal.open(forAttempt, a.State, a.Secret)
	if err != nil {
		return oidc.Login{}, err
	}
	var s oidc.Secrets
	if err := json.Unmarshal(text, &s); err != nil {
		return oidc.Login{}, errSealed
	}
	return p.Exchange(ctx, r.Code, r.Issuer, s)
}

// drop ends the session that a browser had before. It is worth nothing any more in any case: the browser has another id.
func (d *Desk) drop(ctx context.Context, id string) {
	s, ok, err := d.access.SessionByHash(ctx, digest(id))
	if err == nil && ok {
		err = d.end(ctx, s, tenants.Replaced)
	}
	if err != nil {
		d.log.Warn("the session that a browser had before is not ended", "error", err)
	}
}

// longestAgent bounds what is kept of the name of a browser, in bytes.
const longestAgent = 255

func clip(s string) string {
	if len(s) > longestAgent {
		s = s[:longestAgent]
	}
	return strings.ToValidUTF8(s, "")
}
