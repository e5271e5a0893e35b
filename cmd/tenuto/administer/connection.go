package administer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/tenuto-io/tenuto/sdk/client"
)

// connection is how to reach a server: from flags, and what these do not say from the environment. A key is never a flag: other users of the machine see those.
type connection struct {
	address   string
	ca        string
	plaintext bool
}

func (c *connection) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVar(&c.address, "address", "", "`HOST:PORT` of the server; default: $"+client.EnvAddress+", or "+client.DefaultAddress)
	f.StringVar(&c.ca, "tls-ca", "", "PEM `FILE` of the authorities to trust; default: $"+client.EnvTLSCA+", or the system's")
	f.BoolVar(&c.plaintext, "plaintext", false, "send the API key without TLS, to a server on this machine")
}

// options are what the flags say, over the environment.
func (c *connection) options() (client.Options, error) {
	o, err := client.FromEnvironment()
	if err != nil {
		return o, err
	}
	if c.address != "" {
		o.Address = c.address
	}
	if o.Address == "" {
		o.Address = client.DefaultAddress
	}
	switch {
	case c.plaintext && c.ca != "":
		return o, fmt.Errorf("--plaintext and --tls-ca contradict each other")
	case c.plaintext:
		o.TLS, o.Plaintext = nil, true
	case c.ca != "":
		pem, err := os.ReadFile(c.ca)
		if err != nil {
			return o, fmt.Errorf("--tls-ca: %w", err)
		}
		if o.TLS == nil {
			o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		o.TLS.RootCAs, o.Plaintext = x509.NewCertPool(), false
		if !o.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return o, fmt.Errorf("--tls-ca: %s has no certificate in PEM", c.ca)
		}
	case o.TLS == nil && o.APIKey != "" && !o.Plaintext:
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return o, nil
}

// dial opens the connection. Nothing is sent yet.
func (c *connection) dial() (*grpc.ClientConn, string, error) {
	o, err := c.options()
	if err != nil {
		return nil, "", err
	}
	transport := insecure.NewCredentials()
	if o.TLS != nil {
		transport = credentials.NewTLS(o.TLS)
	}
	conn, err := grpc.NewClient(o.Address, grpc.WithTransportCredentials(transport), grpc.WithUnaryInterceptor(bearer(o.APIKey)))
	return conn, o.Address, err
}

// bearer sends a key with every call.
func bearer(key string) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
		if key != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key)
		}
		return invoke(ctx, method, request, reply, conn, opts...)
	}
}
