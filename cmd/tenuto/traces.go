package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/telemetry/export"
	"github.com/tenuto-io/tenuto/telemetry/otlp"
	"github.com/tenuto-io/tenuto/telemetry/trace"
	"github.com/tenuto-io/tenuto/tenants"
)

// tracing sends the traces of workflows to a collector.
type tracing struct {
	room      *export.Room
	directory *tenants.Directory
	policy    export.Policy
	ratios    map[string]float64 // of namespaces that differ, by name
}

// openTraces makes what sends traces, if there is a collector; it sends nothing yet.
func (s *server) openTraces(context.Context) error {
	o := s.want.otlp
	if o.URL == "" {
		return nil
	}
	collector, err := dialCollector(o)
	if err != nil {
		return err
	}
	s.atClose("collector", func(context.Context) error { return collector.Close() })
	s.traces = &tracing{directory: s.directory, policy: export.Policy{Errors: o.Errors == "on"}}
	if s.traces.policy.Ratio, err = o.RatioOf(o.Ratio); err != nil {
		return err
	}
	if s.traces.policy.Slow, err = o.SlowAfter(); err != nil {
		return err
	}
	if s.traces.ratios, err = o.RatioByNamespace(); err != nil {
		return err
	}
	s.traces.room = export.New(export.Config{
		Traces: s.storage.engine, Histories: s.storage.engine, Collector: collector, Logger: s.log,
		Serves: func(shard orchestration.ShardID) bool { return s.engine.Serves(shard) },
		Name: func(ctx context.Context, id orchestration.NamespaceID) (string, error) {
			n, err := s.directory.ByID(ctx, id)
			return n.Name, err
		},
	})
	return nil
}

// sendTraces begins to send. It ends before the engine that it asks.
func (s *server) sendTraces() {
	if s.traces == nil {
		return
	}
	s.traces.room.Run()
	s.atClose("traces", func(context.Context) error {
		s.traces.room.Close()
		return nil
	})
}

// spansOf are the spans of a run for its page: what the collector gets.
func spansOf(key orchestration.RunKey, namespace string, place orchestration.TraceContext, events []*historypb.HistoryEvent) ([]*tracepb.Span, error) {
	return trace.Spans(trace.Run{Key: key, Namespace: namespace, Place: place}, events)
}

// dialCollector makes a client of the collector that the configuration names.
func dialCollector(o config.OTLP) (*otlp.Client, error) {
	headers, err := o.HeaderLines()
	if err != nil {
		return nil, fmt.Errorf("headers for the collector: %w", err)
	}
	c := otlp.Config{URL: o.URL, Headers: headers}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("certificate authorities of the collector: %w", err)
		}
		c.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
		if !c.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificate authorities of the collector: %w", errors.New("the file "+o.CAFile+" holds none"))
		}
	}
	return otlp.Dial(c)
}

// closed tells whether a run that has closed is sent. It asks the directory's cache only where namespaces differ.
func (t *tracing) closed(r *history.Run) bool { return t.policyOf(r.Key.Namespace).Closed(r) }

// moved tells the exporter of a run that goes on.
func (t *tracing) moved(r *history.Run) {
	if t.policyOf(r.Key.Namespace).Open(r) {
		t.room.Open(r.Key, r.Trace(), r.Header.StartTime)
	}
}

// policyOf is the policy of a namespace; the general one if its name is not known now.
func (t *tracing) policyOf(id orchestration.NamespaceID) export.Policy {
	p := t.policy
	if len(t.ratios) == 0 {
		return p
	}
	n, err := t.directory.ByID(context.Background(), id)
	if ratio, ok := t.ratios[n.Name]; ok && err == nil {
		p.Ratio = ratio
	}
	return p
}
