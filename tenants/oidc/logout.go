package oidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Logout is what a provider tells when somebody has signed out there.
type Logout struct {
	ID      string    // of this message; one counts once
	Subject string    // whose sessions end; "": whoever's Session is
	Session string    // the one of the provider's sessions (sid) that has ended; "": all of Subject's
	Until   time.Time // from when on the message counts no more, whoever sends it again
}

const (
	maxLogout = 16 << 10        // bytes of a logout token
	logoutAge = 5 * time.Minute // how long after it was issued one counts; the specification recommends that it expires after two
)

// logoutKinds are what a logout token says that it is. The specification only recommends it; ASVS 10.5.5 demands it, so that no other token of the provider is
// ever taken for one.
var logoutKinds = []string{"logout+jwt", "application/logout+jwt"}

// Logout verifies a logout token as OpenID Connect Back-Channel Logout 1.0, section 2.6, demands; that none counts twice is for who keeps what has counted.
// Errors: ErrUntrusted; ErrUnreachable when the provider's keys cannot be read.
func (p *Provider) Logout(ctx context.Context, raw string) (Logout, error) {
	if len(raw) > maxLogout {
		return Logout{}, notLogout("it is too long")
	}
	m, err := p.discover(ctx)
	if err != nil {
		return Logout{}, err
	}
	// The library checks the signature first, then issuer, audience, expiry, and that there are an id, an event and somebody, and no nonce.
	t, err := m.verifier.VerifyLogout(p.context(ctx), raw)
	if err != nil {
		return Logout{}, unverified(err, "the logout token is not valid")
	}
	var c struct {
		Events map[string]json.RawMessage `json:"events"`
	}
	var event map[string]json.RawMessage
	if t.Claims(&c) != nil || json.Unmarshal(c.Events[logoutEvent], &event) != nil || event == nil {
		return Logout{}, notLogout("its event is not that of a logout")
	}
	now := p.Now()
	switch {
	case !slices.Contains(logoutKinds, kindOf(raw)):
		return Logout{}, notLogout("it says that it is something else")
	case t.Issuer != p.Issuer:
		return Logout{}, notLogout("it has another issuer")
	case len(t.Audience) != 1 || t.Audience[0] != p.ClientID:
		return Logout{}, notLogout("it is meant for somebody else, too")
	case t.IssuedAt.Unix() <= 0 || t.IssuedAt.After(now.Add(clockSkew)):
		return Logout{}, notLogout("it does not say when it was made, or is from the future")
	case !now.Before(t.IssuedAt.Add(logoutAge + clockSkew)):
		return Logout{}, notLogout("it is too old")
	case len(t.Subject) > maxSubject || len(t.SessionID) > maxSession || len(t.TokenID) > maxSession:
		return Logout{}, notLogout("a name in it is too long")
	}
	return Logout{ID: t.TokenID, Subject: t.Subject, Session: t.SessionID, Until: t.IssuedAt.Add(logoutAge + clockSkew)}, nil
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// maxSession is how long a provider's name of a session, or of a message, may be, in bytes.
const maxSession = 255

func notLogout(why string) error {
	return fmt.Errorf("%w: the logout token: %w", ErrUntrusted, errors.New(why))
}

// kindOf is the type that the header of a verified token says, in small letters; "": none.
func kindOf(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	var h struct {
		Type string `json:"typ"`
	}
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil || json.Unmarshal(text, &h) != nil {
		return "none that can be read"
	}
	return strings.ToLower(h.Type)
}
