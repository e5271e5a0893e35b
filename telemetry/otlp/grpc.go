package otlp

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func dialGRPC(u *url.URL, c Config) (*Client, error) {
	creds := insecure.NewCredentials()
	if u.Scheme == "grpcs" {
		t := c.TLS
		if t == nil {
			t = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		creds = credentials.NewTLS(t)
	}
	conn, err := grpc.NewClient(u.Host, grpc.WithTransportCredentials(creds), grpc.WithDefaultCallOptions(grpc.UseCompressor(gzip.Name)))
	if err != nil {
		return nil, fmt.Errorf("cannot address the collector: %w", err)
	}
	var headers []string
	for name, value := range c.Headers {
		headers = append(headers, strings.ToLower(name), value)
	}
	client := collectorpb.NewTraceServiceClient(conn)
	return &Client{close: conn.Close, send: func(ctx context.Context, in *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error) {
		out, err := client.Export(metadata.AppendToOutgoingContext(ctx, headers...), in)
		if refusal(status.Code(err)) {
			err = fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return out, err
	}}, nil
}

// refusal tells the codes after which sending the same again is of no use; who is not let in may be so later.
func refusal(c codes.Code) bool {
	switch c {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.DataLoss, codes.Internal:
		return true
	}
	return false
}
