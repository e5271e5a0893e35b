package oidc

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tenuto-io/tenuto/tenants"
)

// Limits of what is taken from claims.
const (
	maxText   = 255   // bytes of a name or an address
	maxGroups = 1_000 // more than that is no list of somebody's groups
)

// claims are what a token or an endpoint says.
type claims map[string]json.RawMessage

// login gathers what a provider says of a person: in the id token, and what is missing there at the endpoint for that.
func (p *Provider) login(ctx context.Context, m *metadata, token *oauth2.Token, id *oidc.IDToken, subject string) (Login, error) {
	l := Login{Identity: tenants.Identity{Issuer: p.Issuer, Subject: subject}, Refresh: token.RefreshToken}
	said := claims{}
	if id != nil {
		if err := id.Claims(&said); err != nil {
			return Login{}, fmt.Errorf("%w: its id token is not of the expected form", ErrUntrusted)
		}
	}
	l.Session = said.text("sid")
	groups, listed := said.list(p.GroupsClaim)
	if m.UserInfo != "" && (id == nil || said.text("name") == "" || p.GroupsClaim != "" && !listed) {
		more, err := p.userInfo(ctx, m, token, subject)
		if err != nil {
			return Login{}, err
		}
		for name, value := range more {
			if _, has := said[name]; !has {
				said[name] = value
			}
		}
		if !listed {
			groups, _ = more.list(p.GroupsClaim)
		}
	}
	if len(groups) > maxGroups {
		return Login{}, fmt.Errorf("%w: it lists more than %d groups", ErrUntrusted, maxGroups)
	}
	l.Groups, l.Email = groups, said.text("email")
	l.Name = cmp.Or(said.text("name"), said.text("preferred_username"), l.Email, subject)
	return l, nil
}

// userInfo asks the endpoint that tells more of whom an access token is for.
func (p *Provider) userInfo(ctx context.Context, m *metadata, token *oauth2.Token, subject string) (claims, error) {
	info, err := m.provider.UserInfo(p.context(ctx), oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("%w: its user info: %w", ErrUnreachable, harmless(err))
	}
	said := claims{}
	if err := info.Claims(&said); err != nil || info.Subject != subject {
		return nil, fmt.Errorf("%w: its user info is about somebody else", ErrUntrusted)
	}
	return said, nil
}

// text is a claim that is a text, cut to maxText; "" for none.
func (c claims) text(name string) string {
	var s string
	if json.Unmarshal(c[name], &s) != nil || !utf8.ValidString(s) {
		return ""
	}
	for len(s) > maxText {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// list is a claim that lists texts, or is one. A path leads into objects; a claim whose own name has dots is found by its name. ok: there is such a claim.
func (c claims) list(path string) (all []string, ok bool) {
	value, ok := c.find(path)
	if !ok {
		return nil, false
	}
	if json.Unmarshal(value, &all) == nil {
		return all, true
	}
	var single string
	if json.Unmarshal(value, &single) == nil && single != "" {
		return []string{single}, true
	}
	return nil, true
}

func (c claims) find(path string) (json.RawMessage, bool) {
	if value, ok := c[path]; ok && path != "" {
		return value, true
	}
	head, rest, ok := strings.Cut(path, ".")
	if !ok {
		return nil, false
	}
	var inner claims
	if json.Unmarshal(c[head], &inner) != nil {
		return nil, false
	}
	return inner.find(rest)
}
