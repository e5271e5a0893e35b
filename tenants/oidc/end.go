package oidc

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// EndURL is where to send a browser so that the provider's session ends, too; it comes back to after. "": the provider has no such place, or cannot be asked.
//
// The id token is no part of it: tokens do not reach the browser. So the provider may ask the person whether that is what it wants.
func (p *Provider) EndURL(ctx context.Context, after string) string {
	m, err := p.discover(ctx)
	if err != nil || m.EndSession == "" {
		return ""
	}
	u, err := url.Parse(m.EndSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", after)
	u.RawQuery = q.Encode()
	return u.String()
}

// Revoke has the provider forget a refresh token, if it has a place for that. Errors: ErrUnreachable.
func (p *Provider) Revoke(ctx context.Context, refresh string) error {
	m, err := p.discover(ctx)
	if err != nil || m.Revocation == "" || refresh == "" {
		return err
	}
	form := url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}}
	if m.oauth.Endpoint.AuthStyle == oauth2.AuthStyleInParams {
		form.Set("client_id", p.ClientID)
		if p.ClientSecret != "" {
			form.Set("client_secret", p.ClientSecret)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Revocation, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, harmless(err))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if m.oauth.Endpoint.AuthStyle == oauth2.AuthStyleInHeader {
		r.SetBasicAuth(url.QueryEscape(p.ClientID), url.QueryEscape(p.ClientSecret))
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, harmless(err))
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: it answered %d to a revocation", ErrUnreachable, resp.StatusCode)
	}
	return nil
}
