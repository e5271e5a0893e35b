// Package oidctest is an identity provider for tests: it says what a test has it say, also what no provider should. That a real one is understood is for
// other tests to show.
package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

// Provider is an identity provider that listens on the loopback interface. Change it by Set.
type Provider struct {
	*httptest.Server
	key *ecdsa.PrivateKey

	mu    sync.Mutex
	say   Saying
	codes map[string]url.Values // what a browser came with, by the code that it got
	live  map[string]string     // subject by refresh token
	made  int

	Revoked []string // refresh tokens that were given back
}

// Saying is what a provider says.
type Saying struct {
	Subject  string
	Claims   map[string]any // in the id token, over those that belong there
	UserInfo map[string]any // nil: the endpoint does not answer
	Discover map[string]any // over what the provider says of itself
	Key      *ecdsa.PrivateKey
	Gone     bool   // the token endpoint fails
	Slow     func() // called before the token endpoint answers
	Silent   bool   // no id token
	Lasting  bool   // with a refresh token
}

// New starts a provider that says good things of the person "ada".
func New(t testing.TB) *Provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{key: key, codes: map[string]url.Values{}, live: map[string]string{}, say: Saying{Subject: "ada", Lasting: true, Claims: map[string]any{"name": "Ada", "groups": []string{}}}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userInfo)
	mux.HandleFunc("POST /revoke", p.revoke)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// Set changes what the provider says.
func (p *Provider) Set(change func(*Saying)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say.Claims = maps.Clone(p.say.Claims)
	change(&p.say)
}

// Forget has the provider vouch for nobody any more.
func (p *Provider) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.live)
}

// Approve is what the provider would do if a browser came to that URL and the person agreed: it makes a code for what to send the browser back with.
func (p *Provider) Approve(t testing.TB, authURL string) (code, state string) {
	t.Helper()
	u, err := url.Parse(authURL)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made++
	code = fmt.Sprintf("code-%d", p.made)
	p.codes[code] = u.Query()
	return code, u.Query().Get("state")
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "userinfo_endpoint": p.URL + "/userinfo",
		"end_session_endpoint": p.URL + "/end", "revocation_endpoint": p.URL + "/revoke", "id_token_signing_alg_values_supported": []string{"ES256"},
	}
	maps.Copy(d, p.say.Discover)
	answer(w, http.StatusOK, d)
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "one", Algorithm: "ES256", Use: "sig"}}})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	slow := p.say.Slow
	p.mu.Unlock()
	if slow != nil {
		slow()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.say.Gone {
		answer(w, http.StatusServiceUnavailable, map[string]any{"error": "temporarily_unavailable"})
		return
	}
	subject, nonce, ok := p.asked(r)
	if !ok {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "a secret that is nobody's business"})
		return
	}
	p.made++
	a := map[string]any{"access_token": "access of " + subject, "token_type": "Bearer", "expires_in": 60}
	if p.say.Lasting {
		refresh := fmt.Sprintf("refresh-%d", p.made)
		p.live[refresh] = subject
		a["refresh_token"] = refresh
	}
	if !p.say.Silent {
		a["id_token"] = p.idToken(subject, nonce, r.Form.Get("client_id"))
	}
	answer(w, http.StatusOK, a)
}

// asked is whom a request to the token endpoint is about. A code counts once, and with the verifier of its challenge; a refresh token counts once.
func (p *Provider) asked(r *http.Request) (subject, nonce string, ok bool) {
	if r.ParseForm() != nil {
		return "", "", false
	}
	if r.Form.Get("client_id") == "" {
		id, _, _ := r.BasicAuth()
		r.Form.Set("client_id", id)
	}
	if old := r.Form.Get("refresh_token"); old != "" {
		subject, ok = p.live[old]
		delete(p.live, old)
		return subject, "", ok
	}
	came, ok := p.codes[r.Form.Get("code")]
	delete(p.codes, r.Form.Get("code"))
	proof := oauth2.S256ChallengeFromVerifier(r.Form.Get("code_verifier"))
	ok = ok && came.Get("code_challenge_method") == "S256" && came.Get("code_challenge") == proof && came.Get("redirect_uri") == r.Form.Get("redirect_uri")
	return p.say.Subject, came.Get("nonce"), ok
}

func (p *Provider) idToken(subject, nonce, client string) string {
	now := time.Now()
	c := map[string]any{"iss": p.URL, "sub": subject, "aud": client, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}
	if nonce != "" {
		c["nonce"] = nonce
	}
	maps.Copy(c, p.say.Claims)
	return p.sign(c, "JWT")
}

func (p *Provider) userInfo(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.say.UserInfo == nil {
		answer(w, http.StatusInternalServerError, nil)
		return
	}
	answer(w, http.StatusOK, p.say.UserInfo)
}

func (p *Provider) revoke(_ http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Revoked = append(p.Revoked, r.FormValue("token"))
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // to a client that may be gone
}
