package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tenuto-io/tenuto/tenants"
)

// Login is what a provider says of a person.
type Login struct {
	tenants.Identity
	Name    string   // for people
	Email   string   // likewise; nothing is decided by it
	Groups  []string // as the provider calls them
	Refresh string   // token to ask again with; "": it cannot be asked again
	Session string   // what the provider calls its own session (sid), when it tells of its end by that name; "": it says none
}

// Secrets are what the answer to one sign-in is checked with. Only the provider learns them, and of the verifier only a hash before the end.
type Secrets struct {
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // of PKCE
}

// NewSecrets makes the secrets of one sign-in, 256 random bits each.
func NewSecrets() Secrets {
	return Secrets{Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
}

// AuthURL is where to send a browser. Errors: ErrUnreachable.
func (p *Provider) AuthURL(ctx context.Context, state string, s Secrets) (string, error) {
	m, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)}
	if slices.Contains(p.Scopes, oidc.ScopeOfflineAccess) {
		options = append(options, oauth2.SetAuthURLParam("prompt", "consent")) // without which providers may leave the refresh token out
	}
	return m.oauth.AuthCodeURL(state, options...), nil
}

// Exchange turns the code that a browser has brought into what the provider says of the person. issuer is what the browser says about who sent it, "" for
// nothing. Errors: ErrUnreachable, ErrDenied, ErrUntrusted.
func (p *Provider) Exchange(ctx context.Context, code, issuer string, s Secrets) (Login, error) {
	m, err := p.discover(ctx)
	if err != nil {
		return Login{}, err
	}
	if issuer != "" && issuer != p.Issuer || issuer == "" && m.SaysIssuer {
		return Login{}, fmt.Errorf("%w: it comes from another issuer (RFC 9207)", ErrUntrusted)
	}
	token, err := m.oauth.Exchange(p.context(ctx), code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		return Login{}, failed(err)
	}
	id, err := p.verified(ctx, m, token)
	switch {
	case err != nil:
		return Login{}, err
	case id == nil:
		return Login{}, fmt.Errorf("%w: it has no id token", ErrUntrusted)
	case id.Nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(s.Nonce)) != 1:
		return Login{}, fmt.Errorf("%w: the nonce is that of another sign-in", ErrUntrusted)
	}
	return p.login(ctx, m, token, id, id.Subject)
}

// Refresh is what the provider says of a person now. Errors: ErrUnreachable; ErrDenied when it does not vouch for the person any more; ErrUntrusted.
func (p *Provider) Refresh(ctx context.Context, refresh string, who tenants.Identity) (Login, error) {
	m, err := p.discover(ctx)
	if err != nil {
		return Login{}, err
	}
	token, err := m.oauth.TokenSource(p.context(ctx), &oauth2.Token{RefreshToken: refresh}).Token()
	if err != nil {
		return Login{}, failed(err)
	}
	id, err := p.verified(ctx, m, token)
	switch {
	case err != nil:
		return Login{}, err
	case id != nil && id.Subject != who.Subject:
		return Login{}, fmt.Errorf("%w: it is about somebody else", ErrUntrusted)
	}
	return p.login(ctx, m, token, id, who.Subject) // which keeps the old refresh token unless there is a new one
}

// failed is the error of a token endpoint.
func failed(err error) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.ErrorCode == "invalid_grant" {
		return fmt.Errorf("%w: %w", ErrDenied, harmless(err))
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, harmless(err))
}

// clockSkew is how far the provider's clock may be ahead.
const clockSkew = 5 * time.Minute

// verified is the id token of an answer; nil: there is none. The library checks signature, expiry, and that the client is among the audience.
func (p *Provider) verified(ctx context.Context, m *metadata, token *oauth2.Token) (*oidc.IDToken, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return nil, nil
	}
	id, err := m.verifier.Verify(p.context(ctx), raw)
	if err != nil {
		return nil, unverified(err, "its id token is not valid: its signature, issuer or audience is another's")
	}
	var also struct {
		Party   string `json:"azp"`
		Session string `json:"sid"`
	}
	if err := id.Claims(&also); err != nil {
		return nil, fmt.Errorf("%w: its id token is not of the expected form", ErrUntrusted)
	}
	switch {
	case id.Issuer != p.Issuer: // the library has an exception for one issuer
		err = errors.New("it has another issuer")
	case len(id.Audience) != 1 || id.Audience[0] != p.ClientID || also.Party != "" && also.Party != p.ClientID:
		err = errors.New("it is meant for somebody else, too")
	case id.Subject == "" || len(id.Subject) > maxSubject:
		err = errors.New("it names nobody")
	case len(also.Session) > maxSession:
		err = errors.New("the name of its session is too long")
	case id.IssuedAt.After(p.Now().Add(clockSkew)):
		err = errors.New("it is from the future")
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		err = errors.New("it belongs to another access token")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return id, nil
}

// maxSubject is the longest subject that the standard allows, in bytes.
const maxSubject = 255

// noKeys is how the library begins the error for keys that it cannot fetch, which it does not wrap.
const noKeys = "failed to verify signature: fetching keys"

// unverified is why a token does not count, without anything of it. A provider whose keys cannot be read has said nothing wrong.
func unverified(err error, otherwise string) error {
	var expired *oidc.TokenExpiredError
	switch {
	case strings.HasPrefix(err.Error(), noKeys):
		return fmt.Errorf("%w: its keys cannot be read", ErrUnreachable)
	case errors.As(err, &expired):
		return fmt.Errorf("%w: its token has expired", ErrUntrusted)
	}
	return fmt.Errorf("%w: %s", ErrUntrusted, otherwise)
}
