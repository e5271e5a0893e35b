package acceptance

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk"
	ouractivity "github.com/tenuto-io/tenuto/sdk/activity"
	ourtracing "github.com/tenuto-io/tenuto/sdk/opentelemetry"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
	ourworkflow "github.com/tenuto-io/tenuto/sdk/workflow"
	"github.com/tenuto-io/tenuto/telemetry/otlp/otlptest"
)

// TestTraces: a transfer with a retry, a child, a signal and a reset comes to a collector span by span, whoever's worker ran it, with a context that the
// client carried and without.
func TestTraces(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(*lab, bool){"official worker": officialTraced, "our worker": ourTraced} {
		for _, carried := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, context carried: %v", name, carried), func(t *testing.T) {
				t.Parallel()
				collector := otlptest.New(t)
				url := collector.HTTP
				if carried {
					url = collector.GRPC
				}
				tracesOfATransfer(labAt(t, newDev(t, "--otlp", url).grpc), collector, serve, carried)
			})
		}
	}
}

// caller is a span of whoever starts the transfer.
var caller = trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 2, 3}, SpanID: trace.SpanID{4, 5, 6}, TraceFlags: trace.FlagsSampled, Remote: true})

func tracesOfATransfer(l *lab, collector *otlptest.Collector, serve func(*lab, bool), carried bool) {
	serve(l, carried)
	ctx, starter := l.ctx, l.client
	if carried {
		ctx, starter = trace.ContextWithSpanContext(ctx, caller), tracedClient(l)
	}
	run, err := starter.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: l.newID(), TaskQueue: l.queue}, "transfer")
	l.must(err)
	l.awaitEvent(run, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED)
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "approve", "yes"))
	equal(l.T, "result", result[string](l, run), "yes")
	again := l.reset(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
	equal(l.T, "result after the reset", result[string](l, again), "yes")

	names := map[string]string{run.GetRunID(): "first", again.GetRunID(): "reset"}
	spans := collector.Wait(l.ctx, l, "both runs and their children", func(spans []*tracepb.Span) bool {
		n := 0
		for _, s := range spans {
			if strings.HasPrefix(s.Name, "workflow ") && s.Name != "workflow task" {
				n++
			}
		}
		return n == 4
	})
	got := shapeOfSpans(spans, names)
	for _, of := range []string{"first", "reset", "child"} {
		want := transferSpans(of, carried)
		if !slices.Equal(got[of], want) {
			l.Errorf("%s:\n%s\nwant\n%s", of, strings.Join(got[of], "\n"), strings.Join(want, "\n"))
		}
	}
	wantTrace := strings.ReplaceAll(run.GetRunID(), "-", "")
	if carried {
		wantTrace = caller.TraceID().String()
	}
	for _, s := range spans {
		if hex.EncodeToString(s.TraceId) != wantTrace {
			l.Errorf("%s is in trace %x, want %s", s.Name, s.TraceId, wantTrace)
		}
	}
}

// transferSpans are the spans of a run: name, parent, outcome and attempts; sorted.
func transferSpans(of string, carried bool) []string {
	root := ""
	if carried {
		root = "caller"
	}
	var out []string
	add := func(lines ...string) { out = append(out, lines...) }
	switch of {
	case "child":
		for range 2 { // the child of the reset run is like that of the first
			add("workflow receipt in child receipt: completed", "workflow task in workflow receipt: completed 1", "wait for a worker in workflow task:")
		}
	default:
		if of == "reset" && !carried {
			root = "workflow transfer"
		}
		add("workflow transfer in "+root+": completed", "activity debit in workflow transfer: completed 2", "attempt debit in activity debit: completed 2",
			"child receipt in workflow transfer: completed", "signal approve in workflow transfer:")
		for range map[string]int{"first": 4, "reset": 4}[of] {
			add("workflow task in workflow transfer: completed 1", "wait for a worker in workflow task:")
		}
	}
	slices.Sort(out)
	return out
}

// shapeOfSpans are the spans of each run, each span once, as lines of what does not depend on when it happened; runs that are not named are the child's.
// Workflow tasks are counted up to four: how many there are depends on who is fast.
func shapeOfSpans(spans []*tracepb.Span, runs map[string]string) map[string][]string {
	callerID := caller.SpanID()
	name := map[string]string{string(callerID[:]): "caller"}
	for _, s := range spans {
		name[string(s.SpanId)] = s.Name
	}
	out := map[string][]string{}
	seen := map[string]bool{}
	tasks := map[string]int{}
	for _, s := range spans {
		if seen[string(s.SpanId)] {
			continue
		}
		seen[string(s.SpanId)] = true
		attrs := map[string]string{}
		for _, a := range s.Attributes {
			attrs[a.Key] = a.Value.GetStringValue()
			if a.Key == "tenuto.attempts" {
				attrs[a.Key] = fmt.Sprint(" ", a.Value.GetIntValue())
			}
		}
		of, ok := runs[attrs["tenuto.run.id"]]
		if !ok {
			of = "child"
		}
		line := fmt.Sprintf("%s in %s:", s.Name, name[string(s.ParentSpanId)])
		if outcome := attrs["tenuto.outcome"]; outcome != "" {
			line += " " + outcome + attrs["tenuto.attempts"]
		}
		if tasks[of+line]++; of != "child" && tasks[of+line] > 4 {
			continue
		}
		out[of] = append(out[of], line)
	}
	for _, lines := range out {
		slices.Sort(lines)
	}
	return out
}

// officialTracing carries contexts, and records nothing.
func officialTracing(l *lab) interceptor.Interceptor {
	i, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{Tracer: noop.NewTracerProvider().Tracer("")})
	l.must(err)
	return i
}

func tracedClient(l *lab) client.Client {
	c, err := client.Dial(client.Options{HostPort: l.address, Namespace: namespace, Logger: quiet(), Interceptors: []interceptor.ClientInterceptor{officialTracing(l)}})
	l.must(err)
	l.Cleanup(c.Close)
	return c
}

func officialTraced(l *lab, carried bool) {
	o := worker.Options{}
	if carried {
		o.Interceptors = []interceptor.WorkerInterceptor{officialTracing(l)}
	}
	l.workWith(o, code{
		"transfer": func(ctx workflow.Context) (word string, err error) {
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond}})
			if err := workflow.ExecuteActivity(ctx, "debit").Get(ctx, nil); err != nil {
				return "", err
			}
			if err := workflow.ExecuteChildWorkflow(ctx, "receipt").Get(ctx, nil); err != nil {
				return "", err
			}
			workflow.GetSignalChannel(ctx, "approve").Receive(ctx, &word)
			return word, nil
		},
		"receipt": func(workflow.Context) error { return nil },
	}, code{"debit": func(ctx context.Context) error {
		if activity.GetInfo(ctx).Attempt == 1 {
			return errors.New("the ledger is busy")
		}
		return nil
	}})
}

func ourTraced(l *lab, carried bool) {
	c := dialOurs(l, l.address)
	o := ourworker.Options{GracefulStopTimeout: time.Second}
	if carried {
		tracing := ourtracing.New(ourtracing.Options{Tracer: noop.NewTracerProvider().Tracer("")})
		o.WorkflowInterceptors, o.ActivityInterceptors = []ourworkflow.Interceptor{tracing.Workflow()}, []ouractivity.Interceptor{tracing.Activity()}
	}
	w := ourworker.New(c, l.queue, o)
	w.RegisterWorkflowAs("transfer", func(ctx ourworkflow.Context) (string, error) {
		steps := ourworkflow.WithActivityOptions(ctx, ourworkflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, RetryPolicy: &sdk.RetryPolicy{InitialInterval: 10 * time.Millisecond}})
		if _, err := ourworkflow.ExecuteActivityByName[any](steps, "debit").Get(ctx); err != nil {
			return "", err
		}
		if _, err := ourworkflow.ExecuteChildWorkflowByName[any](ctx, "receipt").Get(ctx); err != nil {
			return "", err
		}
		word, _ := ourworkflow.SignalChannel[string](ctx, "approve").Receive(ctx)
		return word, nil
	})
	w.RegisterWorkflowAs("receipt", func(ourworkflow.Context) error { return nil })
	w.RegisterActivityAs("debit", func(ctx context.Context) error {
		if ouractivity.GetInfo(ctx).Attempt == 1 {
			return errors.New("the ledger is busy")
		}
		return nil
	})
	l.must(w.Start(l.ctx))
	l.Cleanup(w.Stop)
}

// TestTracesSurviveARestart: a server that is killed while its collector is away sends everything when both are back, and what it sent before as it was.
func TestTracesSurviveARestart(t *testing.T) {
	t.Parallel()
	collector := otlptest.New(t)
	s := newDev(t, "--otlp", collector.HTTP)
	l := labAt(t, s.grpc)
	collector.Answer(503)
	const runs = 10
	for range runs {
		run := l.start("nobody runs it")
		l.must(l.client.TerminateWorkflow(l.ctx, run.GetID(), "", "enough"))
	}
	collector.Called(l.ctx, t, len(collector.Headers()))
	s.kill()
	collector.Answer(0)
	s.start(t)
	spans := collector.Wait(l.ctx, t, "every run", func(spans []*tracepb.Span) bool { return len(spans) >= runs })
	contents := map[string][]byte{}
	for _, span := range spans {
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(span)
		l.must(err)
		if before := contents[string(span.SpanId)]; before != nil && !bytes.Equal(before, b) {
			t.Errorf("%v has two contents", span)
		}
		contents[string(span.SpanId)] = b
		if span.Status.GetMessage() != "enough" {
			t.Errorf("%v", span)
		}
	}
	if len(contents) != runs {
		t.Errorf("%d runs, want %d", len(contents), runs)
	}
}
