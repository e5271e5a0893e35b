package opentelemetry

import (
	"context"
	"encoding/json"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// headerKey is the header's field, as official SDKs name it.
const headerKey = "_tracer-data"

// tracerName names this package to tracer providers.
const tracerName = "github.com/tenuto-io/tenuto/sdk/opentelemetry"

// Options say how to trace. The zero value uses the global tracer provider.
type Options struct {
	// Tracer records the spans of calls and activities. Default: that of the global provider, at the time of New.
	Tracer trace.Tracer
	// Propagator writes and reads contexts. Default: W3C Trace Context and Baggage, as official SDKs do.
	Propagator propagation.TextMapPropagator
}

// Tracing makes interceptors. It is safe for concurrent use.
type Tracing struct {
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
}

// New makes a Tracing.
func New(o Options) *Tracing {
	if o.Tracer == nil {
		o.Tracer = otel.GetTracerProvider().Tracer(tracerName)
	}
	if o.Propagator == nil {
		o.Propagator = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	}
	return &Tracing{o.Tracer, o.Propagator}
}

// Client returns an interceptor that makes a span of each call of a workflow and sends its context along.
func (t *Tracing) Client() client.Interceptor {
	return func(ctx context.Context, call *client.Call, next func(context.Context) error) error {
		ctx, span := t.tracer.Start(ctx, operation(call.Kind)+":"+call.Name, trace.WithSpanKind(trace.SpanKindClient),
			trace.WithAttributes(attribute.String("tenuto.workflow.id", call.WorkflowID)))
		defer span.End()
		if err := t.inject(ctx, call.Header); err != nil {
			return err
		}
		return ended(span, next(ctx))
	}
}

// Activity returns an interceptor that makes a span of each attempt at an activity, below the span whose context the workflow carries.
func (t *Tracing) Activity() activity.Interceptor {
	return func(ctx context.Context, call activity.Call, next func(context.Context) error) error {
		info := activity.GetInfo(ctx)
		ctx, span := t.tracer.Start(t.extract(ctx, call.Header), "RunActivity:"+info.ActivityType, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("tenuto.workflow.id", info.WorkflowID), attribute.String("tenuto.run.id", info.RunID),
			attribute.String("tenuto.activity.id", info.ActivityID), attribute.Int("tenuto.attempts", int(info.Attempt))))
		defer span.End()
		return ended(span, next(ctx))
	}
}

// carried is the key of the payload that a workflow hands on.
type carried struct{}

// Workflow returns an interceptor that hands the caller's context on to activities, children, signals to other workflows and the next run.
func (t *Tracing) Workflow() workflow.Interceptor {
	return workflow.Interceptor{
		In: func(ctx workflow.Context, call *workflow.InCall, next func(workflow.Context) error) error {
			if p := call.Header[headerKey]; p != nil {
				ctx = workflow.WithValue(ctx, carried{}, p)
			}
			return next(ctx)
		},
		Out: func(ctx workflow.Context, call *workflow.OutCall) {
			if p, ok := ctx.Value(carried{}).(*commonpb.Payload); ok {
				call.Header[headerKey] = p
			}
		},
	}
}

// SpanContext returns the place in the trace that workflow code was called with: the caller's span. It is invalid when the caller sent none.
func (t *Tracing) SpanContext(ctx workflow.Context) trace.SpanContext {
	p, _ := ctx.Value(carried{}).(*commonpb.Payload)
	return trace.SpanContextFromContext(t.read(context.Background(), p))
}

// inject writes a context into a header, if there is anything to write.
func (t *Tracing) inject(ctx context.Context, header map[string]*commonpb.Payload) error {
	fields := propagation.MapCarrier{}
	t.propagator.Inject(ctx, fields)
	if len(fields) == 0 {
		return nil
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	header[headerKey] = &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data}
	return nil
}

// extract reads the context that a header carries; ctx as it is if there is none.
func (t *Tracing) extract(ctx context.Context, header map[string]*commonpb.Payload) context.Context {
	return t.read(ctx, header[headerKey])
}

func (t *Tracing) read(ctx context.Context, p *commonpb.Payload) context.Context {
	fields := propagation.MapCarrier{}
	if p == nil || json.Unmarshal(p.Data, &fields) != nil {
		return ctx
	}
	return t.propagator.Extract(ctx, fields)
}

// ended notes an error on the span of what returned it.
func ended(span trace.Span, err error) error {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

// operation names a kind of call as official SDKs do.
func operation(k client.Kind) string {
	switch k {
	case client.KindStart:
		return "StartWorkflow"
	case client.KindSignal:
		return "SignalWorkflow"
	case client.KindSignalWithStart:
		return "SignalWithStartWorkflow"
	case client.KindUpdate:
		return "UpdateWorkflow"
	case client.KindUpdateWithStart:
		return "UpdateWithStartWorkflow"
	case client.KindQuery:
		return "QueryWorkflow"
	}
	return "CallWorkflow"
}
