package client

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"

	"github.com/tenuto-io/tenuto/sdk/converter"
)

// DefaultAddress is where a local server listens.
const DefaultAddress = "127.0.0.1:7233"

// DefaultNamespace is there on every new server.
const DefaultNamespace = "default"

// Options configure a [Client].
type Options struct {
	// Address is a host and port, or any target that gRPC resolves. Default: [DefaultAddress].
	Address string
	// Namespace is the one this client works in. Default: [DefaultNamespace].
	Namespace string
	// Identity names this process in histories. Default: pid@host.
	Identity string
	// DataConverter encodes inputs, results and details. Default: [converter.Default].
	DataConverter converter.DataConverter
	// FailureConverter represents errors. Default: one with DataConverter for the details and readable messages.
	FailureConverter converter.FailureConverter
	// Logger receives what the SDK has to say. Default: slog.Default().
	Logger *slog.Logger
	// TLS configures the transport. Default: none, or the system's roots if there is an APIKey.
	TLS *tls.Config
	// Plaintext permits sending an APIKey without TLS, to a server on the same machine.
	Plaintext bool
	// APIKey, if set, is sent with every call as a bearer token.
	APIKey string
	// Interceptors surround the calls of workflows, the first of them outermost.
	Interceptors []Interceptor
	// Lazy makes [Dial] return without reaching the server.
	Lazy bool
}

func (o Options) withDefaults() Options {
	if o.Address == "" {
		o.Address = DefaultAddress
	}
	if o.Namespace == "" {
		o.Namespace = DefaultNamespace
	}
	if o.Identity == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "unknown"
		}
		o.Identity = fmt.Sprintf("%d@%s", os.Getpid(), host)
	}
	if o.DataConverter == nil {
		o.DataConverter = converter.Default()
	}
	if o.FailureConverter == nil {
		o.FailureConverter = converter.NewFailureConverter(converter.FailureOptions{DataConverter: o.DataConverter})
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.TLS == nil && o.APIKey != "" && !o.Plaintext {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return o
}

// headers go with every call; the names are the protocol's.
func (o Options) headers() []string {
	headers := []string{
		"client-name", "tenuto-go",
		"client-version", Version,
		"temporal-namespace", o.Namespace,
	}
	if o.APIKey != "" {
		headers = append(headers, "authorization", "Bearer "+o.APIKey)
	}
	return headers
}
