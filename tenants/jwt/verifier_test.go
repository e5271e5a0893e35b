package jwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/jwt"
)

// provider is an identity provider that signs whatever it is told.
type provider struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	keys    []jose.JSONWebKey // published
	claimed string            // what it says its issuer is
	down    bool
	asked   int // for keys
}

func newProvider(t *testing.T) *provider {
	p := &provider{t: t}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{"issuer": p.claimed, "jwks_uri": p.URL + "/keys", "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		p.asked++
		p.mu.Unlock()
		p.answer(w, jose.JSONWebKeySet{Keys: p.keys})
	})
	p.Server = httptest.NewServer(mux)
	p.claimed = p.URL
	t.Cleanup(p.Close)
	return p
}

func (p *provider) answer(w http.ResponseWriter, v any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_ = json.NewEncoder(w).Encode(v)
}

func (p *provider) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// key makes a signing key; publish has the provider tell it.
func (p *provider) key(id string, publish bool) *rsa.PrivateKey {
	p.t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	if publish {
		p.set(func() {
			p.keys = append(p.keys, jose.JSONWebKey{Key: k.Public(), KeyID: id, Algorithm: "RS256", Use: "sig"})
		})
	}
	return k
}

func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	payload, _ := json.Marshal(claims)
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// clock is a time that only the test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func setUp(t *testing.T) (*provider, *jwt.Verifier, *clock, *rsa.PrivateKey, map[string]any) {
	t.Helper()
	p := newProvider(t)
	k := p.key("one", true)
	c := &clock{time.Unix(1_700_000_000, 0)}
	v := jwt.NewVerifier(jwt.Config{Issuers: []string{p.URL, "https://other.example"}, Audiences: []string{"tenuto"}, PermissionsClaim: "permissions", GroupsClaim: "realm.groups", Now: c.now})
	return p, v, c, k, map[string]any{
		"iss": p.URL, "sub": "ada", "aud": []string{"x", "tenuto"}, "exp": c.t.Add(time.Hour).Unix(), "iat": c.t.Unix(), "jti": "j1", "email": "ada@example.com",
		"permissions": []any{"bank:read", 5, "bank:payload:read"}, "realm": map[string]any{"groups": []string{"ops"}},
	}
}

func TestVerify(t *testing.T) {
	p, v, c, k, claims := setUp(t)
	got, err := v.Verify(t.Context(), sign(t, jose.RS256, k, claims))
	want := tenants.Token{
		Identity: tenants.Identity{Issuer: p.URL, Subject: "ada"}, Name: "ada@example.com", ID: "j1", Groups: []string{"ops"},
		Permits: []string{"bank:read", "bank:payload:read"}, Expires: c.t.Add(time.Hour + jwt.Leeway),
	}
	if got.Expires = got.Expires.In(c.t.Location()); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestRefusals(t *testing.T) {
	p, v, c, k, claims := setUp(t)
	stranger := p.key("stranger", false)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) string {
		changed := maps.Clone(claims)
		if value == nil {
			delete(changed, name)
		} else {
			changed[name] = value
		}
		return sign(t, jose.RS256, k, changed)
	}
	good := sign(t, jose.RS256, k, claims)
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
	changed := maps.Clone(claims)
	changed["sub"] = "root"
	payload, _ := json.Marshal(changed)
	for name, c := range map[string]struct{ token, says string }{
		"nothing":             {"", "cannot"},
		"no token":            {"hello", "can be read"},
		"too long":            {strings.Repeat("a", 20<<10), "can be read"},
		"another issuer":      {with("iss", "https://evil.example"), "not trusted"},
		"a slash more":        {with("iss", p.URL+"/"), "not trusted"},
		"no issuer":           {with("iss", nil), "can be read"},
		"another audience":    {with("aud", "somebody"), "audience"},
		"no audience":         {with("aud", nil), "audience"},
		"expired":             {with("exp", c.t.Add(-jwt.Leeway).Unix()), "expired"},
		"no end":              {with("exp", nil), "no end"},
		"not yet":             {with("nbf", c.t.Add(jwt.Leeway+time.Second).Unix()), "not valid yet"},
		"of the future":       {with("iat", c.t.Add(jwt.Leeway+time.Second).Unix()), "future"},
		"no subject":          {with("sub", nil), "subject"},
		"an ID token":         {with("nonce", "n"), "ID token"},
		"an ID token of code": {with("at_hash", "h"), "ID token"},
		"a logout":            {with("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}), "logout"},
		"a stranger's key":    {sign(t, jose.RS256, stranger, claims), "not signed"},
		"another kind of key": {sign(t, jose.ES256, other, claims), "not signed"},
		"a shared secret":     {sign(t, jose.HS256, []byte(strings.Repeat("k", 32)), claims), "not signed"},
		"no signature":        {none, "not signed"},
		"changed claims":      {parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + parts[2], "not signed"},
	} {
		_, err := v.Verify(t.Context(), c.token)
		var r *tenants.Refused
		if !errors.As(err, &r) || name != "nothing" && !strings.Contains(r.Reason, c.says) {
			t.Errorf("%s: got %v, want a refusal that says %q", name, err, c.says)
		}
	}
	for name, token := range map[string]string{"within the leeway": with("exp", c.t.Add(-jwt.Leeway+time.Second).Unix()), "just begun": with("nbf", c.t.Add(jwt.Leeway).Unix())} {
		if _, err := v.Verify(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeyRotation: a new key counts at once, one that was withdrawn no more after a while, and made-up tokens do not make the provider's life hard.
func TestKeyRotation(t *testing.T) {
	p, v, c, k, claims := setUp(t)
	old := sign(t, jose.RS256, k, claims)
	if _, err := v.Verify(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(time.Minute)
	next := sign(t, jose.RS256, p.key("two", true), claims)
	if _, err := v.Verify(t.Context(), next); err != nil {
		t.Fatalf("a new key: %v", err)
	}
	p.set(func() { p.keys = p.keys[1:] })
	c.t = c.t.Add(5 * time.Minute)
	if _, err := v.Verify(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), old); !errors.As(err, new(*tenants.Refused)) {
		t.Errorf("a key that was withdrawn: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	before := p.asked
	for range 20 {
		_, _ = v.Verify(t.Context(), old)
	}
	if p.asked != before+1 {
		t.Errorf("twenty bad tokens asked for keys %d times", p.asked-before)
	}
}

// TestProviderIsAway: its keys are believed for a while; without keys, the token is not called wrong.
func TestProviderIsAway(t *testing.T) {
	p, v, c, k, claims := setUp(t)
	claims["exp"] = c.t.Add(24 * time.Hour).Unix()
	token := sign(t, jose.RS256, k, claims)
	p.set(func() { p.down = true })
	if _, err := v.Verify(t.Context(), token); err == nil || errors.As(err, new(*tenants.Refused)) {
		t.Fatalf("before the first answer: %v", err)
	}
	p.set(func() { p.down = false })
	c.t = c.t.Add(time.Minute)
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	p.set(func() { p.down = true })
	c.t = c.t.Add(59 * time.Minute)
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Errorf("within an hour: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	if _, err := v.Verify(t.Context(), token); err == nil || errors.As(err, new(*tenants.Refused)) {
		t.Errorf("after an hour: %v", err)
	}
}

// TestProviderThatSaysItIsAnother: discovery must be of the very issuer that is trusted.
func TestProviderThatSaysItIsAnother(t *testing.T) {
	p, v, _, k, claims := setUp(t)
	p.claimed = "https://evil.example"
	if _, err := v.Verify(t.Context(), sign(t, jose.RS256, k, claims)); err == nil {
		t.Error("it was believed")
	}
}
