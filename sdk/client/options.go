package client

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"github.com/tenuto-io/tenuto/sdk/converter"
)

// DefaultAddress is where a local server listens.
const DefaultAddress = "127.0.0.1:7233"

// DefaultNamespace is there on every new server.
const DefaultNamespace = "default"

// Options configure a [Client]. [FromEnvironment] reads some of them where the program runs.
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
	// APIKey, if set, is sent with every call as a bearer token. Nothing prints it: neither errors nor logs nor the Options themselves.
	APIKey string
	// Interceptors surround the calls of workflows, the first of them outermost.
	Interceptors []Interceptor
	// Lazy makes [Dial] return without reaching the server.
	Lazy bool
}

// String says where the client goes and who it says that it is, without secrets.
func (o Options) String() string {
	key := "none"
	if o.APIKey != "" {
		key = "set"
	}
	return fmt.Sprintf("{Address:%s Namespace:%s Identity:%s TLS:%t Plaintext:%t APIKey:%s}", o.Address, o.Namespace, o.Identity, o.TLS != nil, o.Plaintext, key)
}

// GoString is String: %#v shows no secrets either.
func (o Options) GoString() string { return "client.Options" + o.String() }

// LogValue is String, for package slog in any format.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalJSON is String as JSON: what is meant for memory alone does not get into a file.
func (o Options) MarshalJSON() ([]byte, error) { return json.Marshal(o.String()) }

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
