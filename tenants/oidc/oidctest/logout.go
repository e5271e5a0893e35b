package oidctest

import (
	"fmt"
	"maps"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Logout is the event that a logout token has to have.
const Logout = "http://schemas.openid.net/event/backchannel-logout"

// LogoutToken is what the provider tells the client "tenuto" with that somebody has signed out. claims are over those that belong there, nil takes one away;
// kind is what the token says that it is, "" for nothing.
func (p *Provider) LogoutToken(kind string, claims map[string]any) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made++
	now := time.Now()
	c := map[string]any{
		"iss": p.URL, "aud": "tenuto", "iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": fmt.Sprintf("logout-%d", p.made), "events": map[string]any{Logout: map[string]any{}},
	}
	maps.Copy(c, claims)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return p.sign(c, kind)
}

// sign signs what the provider says.
func (p *Provider) sign(c map[string]any, kind string) string {
	key := p.key
	if p.say.Key != nil {
		key = p.say.Key
	}
	options := &jose.SignerOptions{}
	if kind != "" {
		options = options.WithType(jose.ContentType(kind))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "one"}}, options)
	if err != nil {
		return err.Error()
	}
	text, err := jwt.Signed(signer).Claims(c).Serialize()
	if err != nil {
		return err.Error()
	}
	return text
}
