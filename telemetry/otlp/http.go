package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 10

// sender speaks OTLP over HTTP.
type sender struct {
	client  *http.Client
	url     string
	headers map[string]string
}

func dialHTTP(u *url.URL, c Config) *Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: c.TLS, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: timeout}
	s := &sender{
		client:  &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		url:     strings.TrimSuffix(u.String(), "/") + "/v1/traces",
		headers: c.Headers,
	}
	return &Client{send: s.send, close: func() error { transport.CloseIdleConnections(); return nil }}
}

func (s *sender) send(ctx context.Context, in *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error) {
	b, err := encode(in)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, _ = z.Write(b) // to memory
	_ = z.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, &body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("Content-Encoding", "gzip")
	for name, value := range s.headers {
		req.Header.Set(name, value)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // only read
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return outcome(res.StatusCode, answer)
}

// outcome reads an answer as the protocol has it: what can be sent again is 429, 502, 503 and 504. Who is not let in may be so later, when credentials were
// put right, and neither is a collector that is not there yet a reason to throw spans away.
func outcome(status int, answer []byte) (*collectorpb.ExportTraceServiceResponse, error) {
	switch {
	case status/100 == 2:
		out := new(collectorpb.ExportTraceServiceResponse)
		_ = proto.Unmarshal(answer, out) // whatever it says, the status says that they were taken
		return out, nil
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity, status == http.StatusUnsupportedMediaType:
		return nil, fmt.Errorf("%w: HTTP status %d", ErrRefused, status)
	}
	return nil, fmt.Errorf("HTTP status %d", status)
}
