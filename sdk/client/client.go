package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// Version is this SDK's version, as servers see it.
const Version = "0.1.0"

// maxReceiveBytes admits a page of a history full of the largest payloads.
const maxReceiveBytes = 128 << 20

// Client is a connection to one namespace of a server. It is safe for concurrent use; a process needs one per namespace.
type Client struct {
	options Options
	service workflowservice.WorkflowServiceClient
	close   func() error
}

// Dial connects to a server, and unless options.Lazy checks that it answers, until ctx ends. It returns the last error of
// the connection, or one for an address that gRPC cannot parse.
func Dial(ctx context.Context, options Options) (*Client, error) {
	options = options.withDefaults()
	if !printable(options.APIKey) {
		return nil, errors.New("client: the API key holds something that no header can carry")
	}
	conn, err := grpc.NewClient(options.Address, dialOptions(options)...)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	c := FromConn(conn, options)
	c.close = conn.Close
	if options.Lazy {
		return c, nil
	}
	if _, err := c.service.GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{}); err != nil {
		return nil, fmt.Errorf("client: reach %s: %w", options.Address, joinClose(err, conn.Close()))
	}
	return c, nil
}

// FromConn returns a client over a connection of the caller's making, which Close leaves open. Address, TLS and Lazy do not
// matter.
func FromConn(conn grpc.ClientConnInterface, options Options) *Client {
	options = options.withDefaults()
	service := workflowservice.NewWorkflowServiceClient(rpc.New(conn, options.headers()...))
	options.APIKey = "" // it is in the headers, and a client that somebody prints shows none
	return &Client{options: options, service: service, close: func() error { return nil }}
}

func dialOptions(options Options) []grpc.DialOption {
	transport := insecure.NewCredentials()
	if options.TLS != nil {
		transport = credentials.NewTLS(options.TLS)
	}
	return []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReceiveBytes)),
		// A restarted server is found again within two seconds; gRPC's own ceiling is two minutes.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
		// Long polls are silent for a minute: without pings a vanished server would go unnoticed.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time: 30 * time.Second, Timeout: 15 * time.Second, PermitWithoutStream: true,
		}),
	}
}

// Close ends the connection. Calls in flight fail.
func (c *Client) Close() error { return c.close() }

// Service returns the protocol's own client, with this client's retries and typed errors, for what has no method here.
func (c *Client) Service() workflowservice.WorkflowServiceClient { return c.service }

// Namespace returns the namespace of this client.
func (c *Client) Namespace() string { return c.options.Namespace }

// Identity returns the identity of this client.
func (c *Client) Identity() string { return c.options.Identity }

// DataConverter returns the converter of this client.
func (c *Client) DataConverter() converter.DataConverter { return c.options.DataConverter }

// FailureConverter returns the failure converter of this client.
func (c *Client) FailureConverter() converter.FailureConverter { return c.options.FailureConverter }

// Logger returns the logger of this client.
func (c *Client) Logger() *slog.Logger { return c.options.Logger }

func joinClose(err, closeErr error) error {
	if closeErr == nil {
		return err
	}
	return fmt.Errorf("%w (closing: %w)", err, closeErr)
}
