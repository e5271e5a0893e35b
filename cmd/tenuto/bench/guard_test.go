package bench

import (
	"bytes"
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/tenuto-io/tenuto/tenants/jwt"
)

// With --auth keys the servers want keys, and the driver gets one.
func TestSpawnGuarded(t *testing.T) {
	for how, want := range map[string]string{authOff: "", authKeys: "tnt_key_of_keys"} {
		c := config{postgres: "postgres:///x", nodes: 1, auth: how}
		stop, err := c.spawnServers(t.Context(), &bytes.Buffer{})
		must(t, err)
		stop()
		if c.credential != want {
			t.Errorf("--auth %s: calls bear %q, want %q", how, c.credential, want)
		}
	}
}

// The token of --auth jwt says what a server needs to know, and may do in its namespace what drivers do.
func TestToken(t *testing.T) {
	g, err := newGuard(authJWT)
	must(t, err)
	defer g.close()
	text, err := g.credential(t.Context(), &config{namespace: "bench"}, nil)
	must(t, err)
	v := jwt.NewVerifier(jwt.Config{Issuers: []string{g.issuer.url}, Audiences: []string{audience}, PermissionsClaim: "permissions", GroupsClaim: "groups"})
	token, err := v.Verify(t.Context(), text)
	must(t, err)
	if !slices.Equal(token.Permits, []string{"bench:read", "bench:write", "bench:worker"}) || time.Until(token.Expires) < time.Hour {
		t.Errorf("the token says %+v", token)
	}
}

// Calls bear their credential.
func TestCallsBearACredential(t *testing.T) {
	said := make(chan []string, 1)
	s := grpc.NewServer(grpc.UnaryInterceptor(func(ctx context.Context, _ any, _ *grpc.UnaryServerInfo, _ grpc.UnaryHandler) (any, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		said <- md.Get("authorization")
		return &workflowservice.GetSystemInfoResponse{}, nil
	}))
	workflowservice.RegisterWorkflowServiceServer(s, workflowservice.UnimplementedWorkflowServiceServer{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = s.Serve(l) }()
	defer s.Stop()
	for credential, want := range map[string]int{"": 0, "abc": 1} {
		conn, err := connect(l.Addr().String(), credential)
		must(t, err)
		_, err = workflowservice.NewWorkflowServiceClient(conn).GetSystemInfo(t.Context(), &workflowservice.GetSystemInfoRequest{})
		must(t, err)
		must(t, conn.Close())
		if got := <-said; len(got) != want || want > 0 && got[0] != "Bearer abc" {
			t.Errorf("credential %q came as %q", credential, got)
		}
	}
}
