package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Config is what to know of a provider beforehand.
type Config struct {
	Name         string   // in addresses of the console and in the configuration
	Title        string   // for people
	Issuer       string   // exactly as its tokens say it
	ClientID     string   // of this installation at the provider
	ClientSecret string   // "": a public client, which has none
	Scopes       []string // to ask for, beside openid
	GroupsClaim  string   // path of the claim that lists somebody's groups, its parts joined by dots; "": no groups
	Redirect     string   // URL that the provider sends the browser back to
	// Client makes the requests; nil: one with the system's authorities. Its timeout, its redirects and the size of its answers are this package's to say.
	Client *http.Client
	Now    func() time.Time // nil: time.Now
}

// Provider is an OpenID Connect provider. It is safe for concurrent use. What the provider says of itself is asked for at its first use.
type Provider struct {
	Config
	client *http.Client

	mu    sync.Mutex // held while the provider is asked about itself
	known *metadata
}

// metadata is what a provider says of itself.
type metadata struct {
	verifier *oidc.IDTokenVerifier
	provider *oidc.Provider
	oauth    oauth2.Config
	read     time.Time

	UserInfo   string   `json:"userinfo_endpoint"`
	EndSession string   `json:"end_session_endpoint"`
	Revocation string   `json:"revocation_endpoint"`
	JWKS       string   `json:"jwks_uri"`
	SaysIssuer bool     `json:"authorization_response_iss_parameter_supported"`
	AuthBy     []string `json:"token_endpoint_auth_methods_supported"`
}

// rediscover is how long what a provider says of itself counts. Its keys are another matter: an unknown one is looked up at once.
const rediscover = time.Hour

// algorithms are the signatures that are accepted: of public keys, and none without.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// New makes a provider. Nobody is asked yet.
func New(c Config) *Provider {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Provider{Config: c, client: careful(c.Client)}
}

// context makes the libraries use the provider's own client.
func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// discover is what the provider says of itself. While it does not answer, what it said before counts. Errors: ErrUnreachable.
func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil && p.Now().Sub(p.known.read) < rediscover {
		return p.known, nil
	}
	m, err := p.ask(ctx)
	switch {
	case err == nil:
		p.known = m
	case p.known == nil:
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return p.known, nil
}

func (p *Provider) ask(ctx context.Context) (*metadata, error) {
	found, err := oidc.NewProvider(p.context(ctx), p.Issuer)
	var mismatch *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &mismatch):
		return nil, errors.New("the provider says that its issuer is another one than the configured one")
	case err != nil:
		return nil, fmt.Errorf("its configuration cannot be read: %w", harmless(err))
	}
	m := &metadata{provider: found, read: p.Now()}
	if err := found.Claims(m); err != nil {
		return nil, errors.New("its configuration is not of the expected form")
	}
	endpoint := found.Endpoint()
	if err := p.trustworthy(endpoint.AuthURL, endpoint.TokenURL, m.JWKS); err != nil {
		return nil, err
	}
	for _, optional := range []*string{&m.UserInfo, &m.EndSession, &m.Revocation} {
		if *optional != "" && p.trustworthy(*optional) != nil {
			return nil, errors.New("one of its endpoints is not an https URL")
		}
	}
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // not found out by trying: a code can be tried once
	if p.ClientSecret == "" || len(m.AuthBy) > 0 && !slices.Contains(m.AuthBy, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	m.oauth = oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: endpoint, RedirectURL: p.Redirect, Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}
	// The keys outlive this request, and are fetched with the provider's own client.
	m.verifier = found.VerifierContext(p.context(context.Background()), &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: p.Now})
	return m, nil
}

// trustworthy refuses endpoints that anybody between here and there could read or answer for. A provider on this machine may do without TLS.
func (p *Provider) trustworthy(endpoints ...string) error {
	plain := false
	if u, err := url.Parse(p.Issuer); err == nil {
		plain = u.Scheme == "http" // which the configuration accepts on the loopback interface only
	}
	for _, e := range endpoints {
		u, err := url.Parse(e)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(plain && u.Scheme == "http") {
			return errors.New("one of its endpoints is missing, or is not an https URL")
		}
	}
	return nil
}
