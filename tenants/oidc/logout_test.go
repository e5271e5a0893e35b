package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
)

func TestLogout(t *testing.T) {
	f := oidctest.New(t)
	p := client(f)
	for _, kind := range []string{"logout+jwt", "application/logout+jwt", "Logout+JWT"} {
		got, err := p.Logout(t.Context(), f.LogoutToken(kind, map[string]any{"sub": "ada", "sid": "s1", "jti": "m1", "iat": 1 + time.Now().Unix()}))
		if err != nil || got.ID != "m1" || got.Subject != "ada" || got.Session != "s1" || time.Until(got.Until) < time.Minute || time.Until(got.Until) > time.Hour {
			t.Fatalf("%q: %+v, %v", kind, got, err)
		}
	}
	for name, claims := range map[string]map[string]any{"who": {"sub": "ada"}, "a session": {"sid": "s1"}} {
		if _, err := p.Logout(t.Context(), f.LogoutToken("logout+jwt", claims)); err != nil {
			t.Errorf("a logout that says only %s: %v", name, err)
		}
	}
}

// What OpenID Connect Back-Channel Logout 1.0 has a client refuse, in the order of its section 2.6.
func TestLogoutsThatAreRefused(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	event := func(name string, value any) map[string]any {
		return map[string]any{"events": map[string]any{name: value}}
	}
	now := time.Now()
	for name, lie := range map[string]map[string]any{
		"wrong issuer":        {"iss": "https://another.example"},
		"no issuer":           {"iss": nil},
		"wrong audience":      {"aud": "another"},
		"two audiences":       {"aud": []string{"tenuto", "another"}},
		"no audience":         {"aud": nil},
		"expired":             {"exp": now.Add(-time.Second).Unix()},
		"without end":         {"exp": nil},
		"of no time":          {"iat": nil},
		"from the future":     {"iat": now.Add(time.Hour).Unix()},
		"old, without end":    {"iat": now.Add(-time.Hour).Unix(), "exp": now.Add(time.Hour).Unix()},
		"nobody's":            {"sub": nil, "sid": nil},
		"a long subject":      {"sub": strings.Repeat("a", 256)},
		"a long session":      {"sid": strings.Repeat("a", 256)},
		"no event":            {"events": nil},
		"another event":       event("https://another.example/event", map[string]any{}),
		"an event of a text":  event(oidctest.Logout, "yes"),
		"an event of nothing": event(oidctest.Logout, nil),
		"a nonce":             {"nonce": "n"},
		"an empty nonce":      {"nonce": ""},
		"no id":               {"jti": nil},
		"a long id":           {"jti": strings.Repeat("a", 256)},
	} {
		f := oidctest.New(t)
		claims := map[string]any{"sub": "ada", "sid": "s1"}
		for k, v := range lie {
			claims[k] = v
		}
		if _, err := client(f).Logout(t.Context(), f.LogoutToken("logout+jwt", claims)); !errors.Is(err, oidc.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := oidctest.New(t)
	good := f.LogoutToken("logout+jwt", map[string]any{"sub": "ada"})
	body := strings.Split(good, ".")[1]
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"logout+jwt"}`)) + "." + body + "."
	f.Set(func(s *oidctest.Saying) { s.Key = stranger })
	forged := f.LogoutToken("logout+jwt", map[string]any{"sub": "ada"})
	f.Set(func(s *oidctest.Saying) { s.Key = nil })
	for name, raw := range map[string]string{
		"nothing": "", "no token": "x.y.z", "too long": strings.Repeat("a", 20<<10), "unsigned": none, "another's key": forged, "altered": good[:len(good)-4] + "AAAA",
		"another kind": f.LogoutToken("at+jwt", map[string]any{"sub": "ada"}), "any kind": f.LogoutToken("JWT", map[string]any{"sub": "ada"}), "no kind": f.LogoutToken("", map[string]any{"sub": "ada"}),
	} {
		if _, err := client(f).Logout(t.Context(), raw); !errors.Is(err, oidc.ErrUntrusted) || raw != "" && strings.Contains(err.Error(), raw) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A provider that cannot be asked for its keys has said nothing wrong: nobody's session ends by that.
func TestKeysThatCannotBeRead(t *testing.T) {
	f := oidctest.New(t)
	f.Set(func(s *oidctest.Saying) { s.Discover = map[string]any{"jwks_uri": f.URL + "/nowhere"} })
	if _, err := client(f).Logout(t.Context(), f.LogoutToken("logout+jwt", map[string]any{"sub": "ada"})); !errors.Is(err, oidc.ErrUnreachable) {
		t.Error(err)
	}
	if _, err := signIn(t, f, client(f), nil); !errors.Is(err, oidc.ErrUnreachable) {
		t.Error(err)
	}
}
