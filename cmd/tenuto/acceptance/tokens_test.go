package acceptance

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc/codes"

	"github.com/tenuto-io/tenuto/tenants"
)

// issuer is an identity provider that signs what the test wants.
type issuer struct {
	*httptest.Server
	testing.TB
	key *rsa.PrivateKey
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{TB: t, key: key}
	mux := http.NewServeMux()
	answer := func(path string, v func() any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(v()) })
	}
	answer("/.well-known/openid-configuration", func() any {
		return map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/a", "token_endpoint": i.URL + "/t"}
	})
	answer("/keys", func() any {
		return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}}
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// token is one for this subject with these permissions, and further claims.
func (i *issuer) token(subject string, life time.Duration, claims map[string]any, permits ...string) string {
	i.Helper()
	all := map[string]any{"iss": i.URL, "sub": subject, "aud": "tenuto", "iat": time.Now().Unix(), "exp": time.Now().Add(life).Unix(), "permissions": permits}
	for k, v := range claims {
		all[k] = v
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, (&jose.SignerOptions{}).WithHeader("kid", "one"))
	if err != nil {
		i.Fatal(err)
	}
	payload, err := json.Marshal(all)
	if err != nil {
		i.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		i.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		i.Fatal(err)
	}
	return text
}

// TestTokensWithTheOfficialSDK: tokens of an identity provider do what keys do, by what they permit, by the grants of whom they name, and by their groups.
func TestTokensWithTheOfficialSDK(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	s := describeGuarded(t, "TENUTO_AUTH_JWT_ISSUERS="+i.URL, "TENUTO_AUTH_JWT_AUDIENCES=tenuto")
	s.start(t)
	o := newBureau(t, s.postgres)
	n := o.tenant("acme", nil)
	employ(t, bearer(t, s.grpc, n.Name, i.token("w", time.Hour, nil, n.Name+":worker")), "bank", code{"flow": func(workflow.Context) (string, error) { return "moved", nil }})
	starter := bearer(t, s.grpc, n.Name, i.token("s", time.Hour, nil, n.Name+":write", n.Name+":read", n.Name+":payload:read"))
	run, err := begin(t.Context(), starter, "bank-there", "bank", "flow")
	o.must(err)
	var out string
	o.must(run.Get(t.Context(), &out))
	equal(t, "result", out, "moved")
	wantRoles(t, s, n, "bank", func(p tenants.Permission) string {
		for _, word := range []string{"write", "worker", "read", "payload:read", "admin"} {
			if one, err := tenants.ParsePermission(word); err == nil && one == p {
				return i.token("x", time.Hour, nil, n.Name+":"+word)
			}
		}
		return ""
	})
	person, err := o.access.Invite(t.Context(), n.Tenant, tenants.Identity{Issuer: i.URL, Subject: "ada"}, "Ada")
	o.must(err)
	_, err = o.access.Permit(t.Context(), n, tenants.Holder{Kind: tenants.HolderPerson, ID: person.ID}, tenants.Read, "test")
	o.must(err)
	describe := func(token string) codes.Code {
		_, err := bearer(t, s.grpc, n.Name, token).DescribeWorkflowExecution(t.Context(), "bank-there", "")
		return codeOf(err)
	}
	for name, c := range map[string]struct {
		token string
		want  codes.Code
	}{
		"whom it names has a grant":   {i.token("ada", time.Hour, nil), codes.OK},
		"nobody knows whom it names":  {i.token("eve", time.Hour, nil), codes.NotFound},
		"another namespace":           {i.token("eve", time.Hour, nil, "work.globex:admin"), codes.NotFound},
		"everywhere":                  {i.token("ops", time.Hour, nil, "system:read"), codes.OK},
		"another audience":            {i.token("ada", time.Hour, map[string]any{"aud": "other"}), codes.Unauthenticated},
		"expired":                     {i.token("ada", -time.Hour, nil), codes.Unauthenticated},
		"another issuer":              {i.token("ada", time.Hour, map[string]any{"iss": "https://id.example"}), codes.Unauthenticated},
		"of another signer, the same": {newIssuer(t).token("ada", time.Hour, map[string]any{"iss": i.URL}), codes.Unauthenticated},
	} {
		if got := describe(c.token); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
