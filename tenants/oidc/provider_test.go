package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
)

const back = "https://console.example/signin/corp/return"

func client(f *oidctest.Provider) *oidc.Provider {
	return oidc.New(oidc.Config{Name: "corp", Issuer: f.URL, ClientID: "tenuto", ClientSecret: "s3cret", Scopes: []string{"profile", "offline_access"}, GroupsClaim: "groups", Redirect: back})
}

// signIn is a whole sign-in; tamper changes the URL that the browser is sent to.
func signIn(t *testing.T, f *oidctest.Provider, p *oidc.Provider, tamper func(url.Values)) (oidc.Login, error) {
	t.Helper()
	s := oidc.NewSecrets()
	to, err := p.AuthURL(t.Context(), "some-state", s)
	if err != nil {
		return oidc.Login{}, err
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if tamper != nil {
		tamper(q)
	}
	u.RawQuery = q.Encode()
	code, state := f.Approve(t, u.String())
	if state != "some-state" || strings.Contains(to, s.Verifier) {
		t.Fatalf("sent to %s", to)
	}
	return p.Exchange(t.Context(), code, "", s)
}

func TestSignIn(t *testing.T) {
	f := oidctest.New(t)
	f.Set(func(s *oidctest.Saying) {
		s.Claims["groups"], s.Claims["email"] = []string{"dev", "ops"}, "ada@example.com"
	})
	got, err := signIn(t, f, client(f), nil)
	want := oidc.Login{Identity: tenants.Identity{Issuer: f.URL, Subject: "ada"}, Name: "Ada", Email: "ada@example.com", Groups: []string{"dev", "ops"}, Refresh: got.Refresh}
	if err != nil || !reflect.DeepEqual(got, want) || got.Refresh == "" {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestWhatIsAskedFor(t *testing.T) {
	f := oidctest.New(t)
	to, err := client(f).AuthURL(t.Context(), "some-state", oidc.NewSecrets())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "tenuto", "redirect_uri": back, "scope": "openid profile offline_access", "code_challenge_method": "S256", "prompt": "consent",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if len(q.Get("nonce")) != 43 || len(q.Get("code_challenge")) != 43 { // 256 bits
		t.Errorf("nonce %q, challenge %q", q.Get("nonce"), q.Get("code_challenge"))
	}
}

// Each of these is one lie, and each is found out.
func TestAnswersThatCannotBeTrusted(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]func(*oidctest.Saying){
		"wrong nonce":          func(s *oidctest.Saying) { s.Claims["nonce"] = "another" },
		"no nonce":             func(s *oidctest.Saying) { s.Claims["nonce"] = "" },
		"wrong audience":       func(s *oidctest.Saying) { s.Claims["aud"] = "another" },
		"two audiences":        func(s *oidctest.Saying) { s.Claims["aud"] = []string{"tenuto", "another"} },
		"wrong party":          func(s *oidctest.Saying) { s.Claims["azp"] = "another" },
		"wrong issuer":         func(s *oidctest.Saying) { s.Claims["iss"] = "https://another.example" },
		"issuer with a slash":  func(s *oidctest.Saying) { s.Claims["iss"] = s.Claims["iss"].(string) + "/" },
		"expired":              func(s *oidctest.Saying) { s.Claims["exp"] = time.Now().Add(-time.Minute).Unix() },
		"from the future":      func(s *oidctest.Saying) { s.Claims["iat"] = time.Now().Add(time.Hour).Unix() },
		"nobody":               func(s *oidctest.Saying) { s.Claims["sub"] = "" },
		"a long name":          func(s *oidctest.Saying) { s.Claims["sub"] = strings.Repeat("a", 256) },
		"a stranger's key":     func(s *oidctest.Saying) { s.Key = stranger },
		"no id token":          func(s *oidctest.Saying) { s.Silent = true },
		"too many groups":      func(s *oidctest.Saying) { s.Claims["groups"] = make([]string, 1001) },
		"another's user info":  func(s *oidctest.Saying) { delete(s.Claims, "groups"); s.UserInfo = map[string]any{"sub": "eve"} },
		"another access token": func(s *oidctest.Saying) { s.Claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
		"it does not say where": func(s *oidctest.Saying) {
			s.Discover = map[string]any{"authorization_response_iss_parameter_supported": true}
		},
	} {
		f := oidctest.New(t)
		f.Set(func(s *oidctest.Saying) { s.Claims["iss"] = f.URL; lie(s) })
		if _, err := signIn(t, f, client(f), nil); !errors.Is(err, oidc.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a browser changes on its way is found out, too.
func TestTamperedRequests(t *testing.T) {
	f := oidctest.New(t)
	if _, err := signIn(t, f, client(f), func(q url.Values) { q.Set("nonce", "stolen") }); !errors.Is(err, oidc.ErrUntrusted) {
		t.Errorf("nonce: %v", err)
	}
	for name, value := range map[string]string{"code_challenge": "stolen", "code_challenge_method": "plain", "redirect_uri": "https://evil.example"} {
		_, err := signIn(t, f, client(f), func(q url.Values) { q.Set(name, value) })
		if !errors.Is(err, oidc.ErrDenied) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACodeCountsOnce(t *testing.T) {
	f := oidctest.New(t)
	p, s := client(f), oidc.NewSecrets()
	to, err := p.AuthURL(t.Context(), "some-state", s)
	if err != nil {
		t.Fatal(err)
	}
	code, _ := f.Approve(t, to)
	if _, err := p.Exchange(t.Context(), code, "https://another.example", s); !errors.Is(err, oidc.ErrUntrusted) {
		t.Fatalf("from another issuer: %v", err)
	}
	if _, err := p.Exchange(t.Context(), code, f.URL, s); err != nil {
		t.Fatal(err)
	}
	_, err = p.Exchange(t.Context(), code, f.URL, s)
	if !errors.Is(err, oidc.ErrDenied) || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "invalid_grant") {
		t.Fatalf("again: %v", err)
	}
}

func TestGroups(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		claims map[string]any
		info   map[string]any
		want   []string
	}{
		"deep":         {path: "realm.roles", claims: map[string]any{"realm": map[string]any{"roles": []string{"dev"}}}, want: []string{"dev"}},
		"dotted":       {path: "https://x.example/groups", claims: map[string]any{"https://x.example/groups": []string{"dev"}}, want: []string{"dev"}},
		"one":          {path: "groups", claims: map[string]any{"groups": "dev"}, want: []string{"dev"}},
		"numbers":      {path: "groups", claims: map[string]any{"groups": []int{1}}, want: nil},
		"no such":      {path: "groups", info: map[string]any{"sub": "ada"}, want: nil},
		"asked for":    {path: "groups", info: map[string]any{"sub": "ada", "groups": []string{"dev"}}, want: []string{"dev"}},
		"token counts": {path: "groups", claims: map[string]any{"groups": []string{"dev"}}, info: map[string]any{"sub": "ada", "groups": []string{"ops"}}, want: []string{"dev"}},
	} {
		f := oidctest.New(t)
		f.Set(func(s *oidctest.Saying) {
			delete(s.Claims, "groups")
			maps.Copy(s.Claims, c.claims)
			s.UserInfo = c.info
		})
		p := oidc.New(oidc.Config{Issuer: f.URL, ClientID: "tenuto", GroupsClaim: c.path, Redirect: back})
		got, err := signIn(t, f, p, nil)
		if err != nil || !reflect.DeepEqual(got.Groups, c.want) {
			t.Errorf("%s: %q, %v", name, got.Groups, err)
		}
	}
}

func TestRefresh(t *testing.T) {
	f := oidctest.New(t)
	f.Set(func(s *oidctest.Saying) { s.Claims["groups"] = []string{"dev"} })
	p := client(f)
	first, err := signIn(t, f, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.Set(func(s *oidctest.Saying) { s.Claims["groups"] = []string{"ops"} })
	second, err := p.Refresh(t.Context(), first.Refresh, first.Identity)
	if err != nil || !reflect.DeepEqual(second.Groups, []string{"ops"}) || second.Identity != first.Identity || second.Refresh == first.Refresh {
		t.Fatalf("%+v, %v", second, err)
	}
	f.Set(func(s *oidctest.Saying) {
		s.Silent, s.UserInfo = true, map[string]any{"sub": "ada", "groups": []string{"third"}}
	})
	third, err := p.Refresh(t.Context(), second.Refresh, first.Identity)
	if err != nil || !reflect.DeepEqual(third.Groups, []string{"third"}) {
		t.Fatalf("without an id token: %+v, %v", third, err)
	}
	f.Set(func(s *oidctest.Saying) { s.Gone = true })
	if _, err := p.Refresh(t.Context(), "any", first.Identity); !errors.Is(err, oidc.ErrUnreachable) {
		t.Fatalf("away: %v", err)
	}
	f.Set(func(s *oidctest.Saying) { s.Gone = false })
	if _, err := p.Refresh(t.Context(), first.Refresh, first.Identity); !errors.Is(err, oidc.ErrDenied) {
		t.Fatalf("used: %v", err)
	}
	f.Set(func(s *oidctest.Saying) { s.Silent = false; s.Claims["sub"] = "eve" })
	other, err := signIn(t, f, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Refresh(t.Context(), other.Refresh, first.Identity); !errors.Is(err, oidc.ErrUntrusted) {
		t.Fatalf("about somebody else: %v", err)
	}
}

func TestEnd(t *testing.T) {
	f := oidctest.New(t)
	p := client(f)
	u, err := url.Parse(p.EndURL(t.Context(), "https://console.example/signin"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(u.String(), f.URL+"/end?") || u.Query().Get("client_id") != "tenuto" || u.Query().Get("post_logout_redirect_uri") != "https://console.example/signin" {
		t.Fatalf("sent to %s", u)
	}
	if err := p.Revoke(t.Context(), "refresh-1"); err != nil || !reflect.DeepEqual(f.Revoked, []string{"refresh-1"}) {
		t.Fatalf("%q, %v", f.Revoked, err)
	}
	if err := p.Revoke(t.Context(), ""); err != nil || len(f.Revoked) != 1 {
		t.Fatalf("nothing to revoke: %q, %v", f.Revoked, err)
	}
}

// A provider that cannot be asked at first can be later, and what it said of itself counts while it is away.
func TestProvidersThatAreAway(t *testing.T) {
	f := oidctest.New(t)
	now := time.Now()
	p := oidc.New(oidc.Config{Issuer: f.URL, ClientID: "tenuto", Redirect: back, Now: func() time.Time { return now }})
	f.Set(func(s *oidctest.Saying) { s.Discover = map[string]any{"issuer": "https://another.example"} })
	if _, err := p.AuthURL(t.Context(), "s", oidc.NewSecrets()); !errors.Is(err, oidc.ErrUnreachable) {
		t.Fatalf("another issuer: %v", err)
	}
	f.Set(func(s *oidctest.Saying) { s.Discover = nil })
	if _, err := p.AuthURL(t.Context(), "s", oidc.NewSecrets()); err != nil {
		t.Fatal(err)
	}
	f.Close()
	now = now.Add(2 * time.Hour)
	if _, err := p.AuthURL(t.Context(), "s", oidc.NewSecrets()); err != nil {
		t.Fatalf("away: %v", err)
	}
	if _, err := p.Exchange(t.Context(), "code", "", oidc.NewSecrets()); !errors.Is(err, oidc.ErrUnreachable) || strings.Contains(err.Error(), "/token") {
		t.Fatalf("away: %v", err)
	}
}

func TestEndpointsThatOthersCouldAnswerFor(t *testing.T) {
	for _, endpoint := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint", "revocation_endpoint"} {
		for _, bad := range []string{"ftp://127.0.0.1/x", "javascript:alert(1)", "https://user:secret@127.0.0.1/", "/relative"} {
			f := oidctest.New(t)
			f.Set(func(s *oidctest.Saying) { s.Discover = map[string]any{endpoint: bad} })
			if _, err := client(f).AuthURL(t.Context(), "s", oidc.NewSecrets()); !errors.Is(err, oidc.ErrUnreachable) {
				t.Errorf("%s %s: %v", endpoint, bad, err)
			}
		}
	}
}

// A redirect could carry a secret to somebody else, and an answer without end fill the memory.
func TestRedirectsAndFloodsAreRefused(t *testing.T) {
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer elsewhere.Close()
	for name, handle := range map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
		"flood": func(w http.ResponseWriter, _ *http.Request) {
			for range 3 << 10 {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<10))); err != nil {
					return
				}
			}
		},
	} {
		s := httptest.NewServer(handle)
		p := oidc.New(oidc.Config{Issuer: s.URL, ClientID: "tenuto", Redirect: back})
		if _, err := p.AuthURL(t.Context(), "s", oidc.NewSecrets()); !errors.Is(err, oidc.ErrUnreachable) || asked {
			t.Errorf("%s: %v, followed: %v", name, err, asked)
		}
		s.Close()
	}
}
