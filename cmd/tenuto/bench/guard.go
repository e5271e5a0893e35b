package bench

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// How callers prove who they are to servers that --spawn starts.
const (
	authOff  = "off"
	authKeys = "keys" // an operator's key
	authJWT  = "jwt"  // a token of an issuer in this process
)

// unreached are quotas that no measurement uses up: the point is that they are counted.
var unreached = []string{
	"TENUTO_QUOTA_REQUESTS=1000000000", "TENUTO_QUOTA_STARTS=1000000000", "TENUTO_QUOTA_POLLERS=1000000000", "TENUTO_QUOTA_OPEN_RUNS=1000000000",
	"TENUTO_QUOTA_RETAINED_BYTES=1000000000000000",
}

// guard is what started servers ask of their callers.
type guard struct {
	environment []string // of the servers
	how         string
	issuer      *issuer
}

func newGuard(how string) (*guard, error) {
	switch how {
	case authKeys:
		return &guard{how: how, environment: append([]string{"TENUTO_AUTH=keys"}, unreached...)}, nil
	case authJWT:
		i, err := newIssuer()
		if err != nil {
			return nil, err
		}
		return &guard{how: how, issuer: i, environment: append([]string{"TENUTO_AUTH_JWT_ISSUERS=" + i.url, "TENUTO_AUTH_JWT_AUDIENCES=" + audience}, unreached...)}, nil
	}
	return &guard{how: how, environment: []string{"TENUTO_AUTH=off"}}, nil
}

// credential is what every call bears: "" with --auth off.
func (g *guard) credential(ctx context.Context, c *config, environment []string) (string, error) {
	switch g.how {
	case authKeys:
		return breakGlass(ctx, environment)
	case authJWT:
		return g.issuer.token(c.namespace)
	}
	return "", nil
}

func (g *guard) close() {
	if g.issuer != nil {
		_ = g.issuer.server.Close() // the measurement is over, and nobody asks it for anything any more
	}
}

// breakGlass has the servers' database make a key.
func breakGlass(ctx context.Context, environment []string) (string, error) {
	binary, err := os.Executable()
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, binary, "key", "create", "--break-glass")
	command.Env = environment
	out, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return "", fmt.Errorf("tenuto key create: %w:\n%s", err, exit.Stderr)
		}
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

// audience is what the tokens of --auth jwt are meant for.
const audience = "tenuto-bench"

// issuer is an identity provider with one key, on this machine.
type issuer struct {
	url    string
	key    *ecdsa.PrivateKey
	server *http.Server
}

func newIssuer() (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i := &issuer{url: "http://" + l.Addr().String(), key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", answer(map[string]any{
		"issuer": i.url, "jwks_uri": i.url + "/keys", "id_token_signing_alg_values_supported": []string{string(jose.ES256)},
	}))
	mux.HandleFunc("/keys", answer(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Algorithm: string(jose.ES256), Use: "sig"}}}))
	i.server = &http.Server{Handler: mux, ReadHeaderTimeout: callTimeout}
	go func() { _ = i.server.Serve(l) }() // until close
	return i, nil
}

func answer(v any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v) // who has gone away needs no answer
	}
}

// token signs a token that may do in a namespace what drivers do, for as long as measurements last.
func (i *issuer) token(namespace string) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: "one"}}, nil)
	if err != nil {
		return "", err
	}
	now := time.Now()
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: i.url, Subject: "bench", Audience: jwt.Audience{audience}, IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(24 * time.Hour)),
	}).Claims(map[string]any{"permissions": []string{namespace + ":read", namespace + ":write", namespace + ":worker"}}).Serialize()
}

// connect opens a connection whose calls bear a credential; "": none.
func connect(address, credential string) (*grpc.ClientConn, error) {
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if credential != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearing(credential)))
	}
	return grpc.NewClient(address, options...)
}

// bearing is a credential as a header.
type bearing string

func (b bearing) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity is false: what is measured runs on this machine.
func (bearing) RequireTransportSecurity() bool { return false }
