// Package opentelemetry carries OpenTelemetry's trace context through workflows, in the header that the interceptors of official SDKs use:
//
//	client call ──▶ workflow ──▶ activity, child, signal, next run
//	  a span        carries        a span per attempt
//
// A Tracing has an interceptor for each side:
//
//	tracing := opentelemetry.New(opentelemetry.Options{})
//	c, err := client.Dial(ctx, client.Options{Interceptors: []client.Interceptor{tracing.Client()}})
//	w := worker.New(c, queue, worker.Options{
//		WorkflowInterceptors: []workflow.Interceptor{tracing.Workflow()},
//		ActivityInterceptors: []activity.Interceptor{tracing.Activity()},
//	})
//
// Workflow code records no spans: it runs again in replay, and the server derives the spans of a workflow from its history. It hands the caller's context
// on, unchanged, to what it asks for.
package opentelemetry
