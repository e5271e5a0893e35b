package edge

import (
	"context"
	"log/slog"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Bytes that are no request (a cut message, invalid UTF-8 in a string) must answer InvalidArgument. grpc-go answers Internal as soon as its codec
// fails, before any handler or interceptor runs, and SDKs read that as a fault of the server. So for our services the codec never fails: the
// method's handler gives it an incoming to fill, which keeps the error, and returns that itself.

// incoming is a request being decoded.
type incoming struct {
	request proto.Message
	size    int // bytes
	bad     error
}

// decoded is desc with handlers that decode by way of incoming. The server must use codec. Large requests are logged, without their content.
func decoded(desc grpc.ServiceDesc, log *slog.Logger) *grpc.ServiceDesc {
	methods := make([]grpc.MethodDesc, len(desc.Methods))
	for i, m := range desc.Methods {
		handle := m.Handler
		methods[i] = grpc.MethodDesc{
			MethodName: m.MethodName,
			Handler: func(srv any, ctx context.Context, receive func(any) error, in grpc.UnaryServerInterceptor) (any, error) {
				return handle(srv, ctx, func(v any) error {
					request := &incoming{request: v.(proto.Message)}
					defer request.warn(ctx, log, m.MethodName)
					return request.decode(receive)
				}, in)
			},
		}
	}
	desc.Methods = methods
	return &desc
}

// decode receives the request. It runs outside the interceptors, so it answers with a status.
func (in *incoming) decode(receive func(any) error) error {
	if err := receive(in); err != nil {
		return err // the connection's, or a message over the size limit
	}
	if in.bad == nil {
		return nil
	}
	st, _ := statusOf(in.bad)
	return st.Err()
}

// warn logs a request that comes near the limits of what a request may carry: its application is growing towards an error.
func (in *incoming) warn(ctx context.Context, log *slog.Logger, method string) {
	if in.size < orchestration.WarnPayloadSize {
		return
	}
	attrs := []slog.Attr{slog.String("method", method), slog.Int("bytes", in.size)}
	if r, ok := in.request.(interface{ GetNamespace() string }); ok {
		attrs = append(attrs, slog.String("namespace", clip(r.GetNamespace())))
	}
	log.LogAttrs(ctx, slog.LevelWarn, "large request", attrs...)
}

// codec is gRPC's own for protobuf, which can also fill an incoming, and send what is encoded already.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2(protocodec.Name)} }

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if b, ok := v.(encoded); ok {
		return mem.BufferSlice{mem.SliceBuffer(b)}, nil
	}
	return c.CodecV2.Marshal(v)
}

// Unmarshal implements encoding.CodecV2.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	in, ok := v.(*incoming)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	in.size = data.Len()
	if err := c.CodecV2.Unmarshal(data, in.request); err != nil {
		in.bad = badMessage(err, in.request, data.Materialize())
	}
	return nil
}

// badMessage says for a person why data is no message of m's type, with the field if it is a string that is not UTF-8.
func badMessage(err error, m proto.Message, data []byte) error {
	if field := badString(m.ProtoReflect().Descriptor(), data, 0); field != "" {
		return invalid("Request is not a valid message: %s contains invalid UTF-8.", field)
	}
	reason := strings.ReplaceAll(err.Error(), "\u00a0", " ") // protobuf varies its spaces so that nobody depends on its words
	return invalid("Request is not a valid message: %s.", strings.TrimSpace(strings.TrimPrefix(reason, "proto:")))
}
