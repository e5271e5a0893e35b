// Package telemetry is the room of what operators see of Tenuto in the tools that they already run.
//
//	trace   the spans of a run, from its stored history: pure
//	export  sends them to an OpenTelemetry collector, run by run
//	otlp    the way there, by HTTP or gRPC
package telemetry
