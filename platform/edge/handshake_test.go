package edge_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/test/bufconn"

	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
)

// TestPeersThatSayNothingAreCutOff holds connections without speaking HTTP/2 on them, or only half a greeting.
func TestPeersThatSayNothingAreCutOff(t *testing.T) {
	for name, said := range map[string]string{"nothing": "", "half a greeting": "PRI * HTTP/2.0\r\n"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := edge.New(edge.Config{Engine: &fakeEngine{}, Namespaces: tenants.NewDirectory(&namespaceStore{}, time.Now)})
				l := bufconn.Listen(1 << 10)
				served := make(chan error, 1)
				go func() { served <- server.Serve(l) }()
				conn, err := l.Dial()
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				go func() { _, _ = io.WriteString(conn, said) }()
				if _, err := io.Copy(io.Discard, conn); err != nil {
					t.Errorf("read: %v", err)
				}
				if took := time.Since(began); took > 15*time.Second { // in the bubble's time
					t.Errorf("cut off after %v", took)
				}
				_ = conn.Close()
				if err := server.Drain(t.Context()); err != nil {
					t.Error(err)
				}
				<-served
			})
		})
	}
}
