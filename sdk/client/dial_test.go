package client_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
)

func TestDialReachesTheServer(t *testing.T) {
	headers := make(chan metadata.MD, 1)
	look := grpc.UnaryInterceptor(func(
		ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
	) (any, error) {
		got, _ := metadata.FromIncomingContext(ctx)
		headers <- got
		return handle(ctx, request)
	})
	address := wiretest.Listen(t, wiretest.NewEngine(), look)
	c, err := client.Dial(t.Context(), client.Options{Address: address, Namespace: "bank", APIKey: "secret", Plaintext: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	got := <-headers
	for name, want := range map[string]string{
		"authorization": "Bearer secret", "client-name": "tenuto-go", "client-version": client.Version, "temporal-namespace": "bank",
	} {
		if values := got.Get(name); len(values) != 1 || values[0] != want {
			t.Errorf("%s: %v", name, values)
		}
	}
}

func TestDialSaysWhatItCouldNotReach(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := client.Dial(ctx, client.Options{Address: "127.0.0.1:1"})
	var unavailable *serviceerror.Unavailable
	if !errors.As(err, &unavailable) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v", err)
	}
	if _, err := client.Dial(ctx, client.Options{Address: "\x00"}); err == nil {
		t.Error("an address that is none")
	}
}

func TestAnAPIKeyIsNotSentInTheClear(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	address := wiretest.Listen(t, wiretest.NewEngine()) // speaks no TLS
	if _, err := client.Dial(ctx, client.Options{Address: address, APIKey: "secret"}); err == nil {
		t.Error("it was")
	}
}

func TestALazyClientConnectsWhenItIsUsed(t *testing.T) {
	c, err := client.Dial(t.Context(), client.Options{Address: "127.0.0.1:1", Lazy: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := c.DescribeNamespace(ctx, "x"); err == nil {
		t.Error("nobody answered")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestDefaults(t *testing.T) {
	c := client.FromConn(wiretest.Serve(t, workflowservice.UnimplementedWorkflowServiceServer{}), client.Options{})
	if c.Namespace() != "default" || !strings.Contains(c.Identity(), "@") || c.Logger() == nil {
		t.Errorf("namespace %q, identity %q", c.Namespace(), c.Identity())
	}
	if c.DataConverter() != converter.Default() || c.FailureConverter() == nil {
		t.Error("no converters")
	}
	var missing *serviceerror.Unimplemented
	if _, err := c.Count(t.Context(), ""); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
