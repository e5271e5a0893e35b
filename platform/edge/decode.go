package edge

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// decoded is desc with handlers that answer InvalidArgument for bytes that are no request: cut messages, invalid UTF-8 in a string. grpc-go
// answers Internal for them, which SDKs read as a fault of the server, and does so before any interceptor runs.
func decoded(desc grpc.ServiceDesc) *grpc.ServiceDesc {
	methods := make([]grpc.MethodDesc, len(desc.Methods))
	for i, m := range desc.Methods {
		handle := m.Handler
		methods[i] = grpc.MethodDesc{
			MethodName: m.MethodName,
			Handler: func(srv any, ctx context.Context, decode func(any) error, in grpc.UnaryServerInterceptor) (any, error) {
				return handle(srv, ctx, func(v any) error { return decodeError(decode(v)) }, in)
			},
		}
	}
	desc.Methods = methods
	return &desc
}

// decodeError rewrites the error of a message that cannot be parsed; others, a message over the size limit say, pass unchanged. grpc-go gives no
// type to tell them apart, only its sentence.
func decodeError(err error) error {
	if err == nil || status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "unmarshal") {
		return err
	}
	_, reason, found := strings.Cut(status.Convert(err).Message(), "proto:")
	if !found {
		reason = "it cannot be decoded"
	}
	reason = strings.TrimSpace(strings.ReplaceAll(reason, "\u00a0", " ")) // protobuf varies its spaces so that nobody depends on its words
	return status.Errorf(codes.InvalidArgument, "Request is not a valid message: %s.", reason)
}
