// Package otlp sends spans to a collector, by OTLP over HTTP or gRPC.
//
//	http://, https://   POST URL/v1/traces, protobuf, gzip
//	grpc://, grpcs://   opentelemetry.proto.collector.trace.v1.TraceService/Export, gzip
//
// An error is Refused if sending the same again would fail again, as the protocol says; after any other it may be sent again.
package otlp
