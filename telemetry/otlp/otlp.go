package otlp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/telemetry"
)

// ErrRefused says that the collector will not take this, whenever it is sent.
var ErrRefused = errors.New("the collector refuses it")

// timeout bounds one call.
const timeout = 10 * time.Second

// Config says where a collector is.
type Config struct {
	// URL is http, https, grpc or grpcs, with a host, and for HTTP a path that /v1/traces is added to. Required.
	URL string
	// Headers come with each call; credentials, mostly. Names are as HTTP has them.
	Headers map[string]string
	// TLS is for https and grpcs; nil: the machine's certificate authorities.
	TLS *tls.Config
}

// Client sends to one collector. It is safe for concurrent use.
type Client struct {
	send  func(context.Context, *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error)
	close func() error
}

// Dial makes a client; nothing is connected before something is sent. Errors: a URL that is none of the four kinds.
func Dial(c Config) (*Client, error) {
	u, err := telemetry.ParseCollector(c.URL)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "grpc" || u.Scheme == "grpcs" {
		return dialGRPC(u, c)
	}
	return dialHTTP(u, c), nil
}

// Send sends spans. rejected is how many of them the collector did not take, for good, with a reason. Errors: ErrRefused, or any other to try again after.
func (c *Client) Send(ctx context.Context, in *collectorpb.ExportTraceServiceRequest) (rejected int64, why string, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := c.send(ctx, in)
	if err != nil {
		return 0, "", err
	}
	return out.GetPartialSuccess().GetRejectedSpans(), out.GetPartialSuccess().GetErrorMessage(), nil
}

// Close ends the client's connections.
func (c *Client) Close() error { return c.close() }

// encode writes a request as the same bytes each time.
func encode(in *collectorpb.ExportTraceServiceRequest) ([]byte, error) {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return b, nil
}
