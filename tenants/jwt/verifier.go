package jwt

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/tenuto-io/tenuto/tenants"
)

// Config is whom a Verifier trusts, and what it reads.
type Config struct {
	Issuers   []string // URLs, exactly as tokens say them; required
	Audiences []string // one of these must be among a token's; required
	// PermissionsClaim and GroupsClaim are where a token lists "<namespace>:<permission>" and the bearer's groups: a claim's name, or a path of names with dots.
	PermissionsClaim, GroupsClaim string
	Client                        *http.Client     // nil: one that is patient for some seconds
	Now                           func() time.Time // nil: time.Now
}

const (
	maxToken = 16 << 10 // bytes; headers of calls have no room for more
	// Leeway is how far the clocks of a provider and this machine may be apart.
	Leeway = 30 * time.Second
)

// algorithms are those by which a token may be signed: with a key that only the provider has.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// Verifier verifies tokens. It is safe for concurrent use.
type Verifier struct {
	config  Config
	issuers map[string]*issuer
}

// NewVerifier makes a verifier. It asks no provider yet: one that is away must not keep a server from starting.
func NewVerifier(c Config) *Verifier {
	if c.Client == nil {
		c.Client = &http.Client{Timeout: fetchTime}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	v := &Verifier{config: c, issuers: map[string]*issuer{}}
	for _, url := range c.Issuers {
		v.issuers[url] = &issuer{url: url, client: c.Client, now: c.Now}
	}
	return v
}

func refused(format string, args ...any) error {
	return &tenants.Refused{Reason: fmt.Sprintf(format, args...)}
}

// Verify is what a token says. Errors: *tenants.Refused, without a word of the token; else its provider could not be asked.
func (v *Verifier) Verify(ctx context.Context, text string) (tenants.Token, error) {
	url, ok := issuerOf(text)
	if !ok {
		return tenants.Token{}, refused("The credential is neither an API key nor a token that can be read.")
	}
	from := v.issuers[url]
	if from == nil {
		return tenants.Token{}, refused("The token's issuer is not trusted here.")
	}
	token, err := from.verify(ctx, text)
	if err != nil {
		return tenants.Token{}, err
	}
	var c map[string]any
	if err := token.Claims(&c); err != nil {
		return tenants.Token{}, refused("The claims of the token cannot be read.")
	}
	if err := v.check(token, c); err != nil {
		return tenants.Token{}, err
	}
	return tenants.Token{
		Identity: tenants.Identity{Issuer: token.Issuer, Subject: token.Subject},
		Name:     nameIn(c, token.Subject),
		ID:       text1(c["jti"]),
		Groups:   texts(claim(c, v.config.GroupsClaim)),
		Permits:  texts(claim(c, v.config.PermissionsClaim)),
		Expires:  token.Expiry.Add(Leeway),
	}, nil
}

// check looks at everything but issuer and signature.
func (v *Verifier) check(t *oidc.IDToken, c map[string]any) error {
	now := v.config.Now()
	switch {
	case t.Subject == "":
		return refused("The token names no subject.")
	case c["nonce"] != nil || c["at_hash"] != nil:
		return refused("The token is an ID token: it says who has signed in to somebody else, and lets nobody in here.")
	case c["events"] != nil:
		return refused("The token is a message about an event, a logout say, and lets nobody in.")
	case !slices.ContainsFunc(t.Audience, func(a string) bool { return slices.Contains(v.config.Audiences, a) }):
		return refused("The token is for another audience.")
	case t.Expiry.Unix() <= 0:
		return refused("The token has no end.")
	case !now.Before(t.Expiry.Add(Leeway)):
		return refused("The token has expired.")
	case t.IssuedAt.After(now.Add(Leeway)):
		return refused("The token is of the future.")
	}
	if begin, ok := c["nbf"].(float64); ok && time.Unix(int64(begin), 0).After(now.Add(Leeway)) {
		return refused("The token is not valid yet.")
	}
	return nil
}

// issuerOf reads which issuer a token claims to be of. Nothing else of it is looked at.
func issuerOf(text string) (string, bool) {
	parts := strings.Split(text, ".")
	if len(text) > maxToken || len(parts) != 3 {
		return "", false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", false
	}
	var c struct {
		Issuer string `json:"iss"`
	}
	return c.Issuer, json.Unmarshal(payload, &c) == nil && c.Issuer != ""
}
