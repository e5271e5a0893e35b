package edge

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// methodsOf are the generated handlers of a service's methods, by full name: each decodes the request, and calls the service through an interceptor.
func methodsOf(desc grpc.ServiceDesc) map[string]grpc.MethodHandler {
	out := make(map[string]grpc.MethodHandler, len(desc.Methods))
	for _, m := range desc.Methods {
		out["/"+desc.ServiceName+"/"+m.MethodName] = m.Handler
	}
	return out
}

// chained is several interceptors as one, the first outermost.
func chained(all ...grpc.UnaryServerInterceptor) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		for i := len(all) - 1; i >= 0; i-- {
			in, inner := all[i], next
			next = func(ctx context.Context, req any) (any, error) { return in(ctx, req, info, inner) }
		}
		return next(ctx, req)
	}
}

// serve carries out a call that another node has passed on. What the call comes to is the answer, also that the workflow is not served here, nor about
// to be, and who has it then. Errors: InvalidArgument (no such call), Unavailable.
func (f *forwarder) serve(ctx context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
	if !f.running.enter() {
		return nil, orchestration.Errorf(orchestration.Unavailable, "The server is shutting down.")
	}
	defer f.running.leave()
	call, err := decodeCall(body)
	if err != nil {
		return nil, err
	}
	r, handle := routes[call.method], f.methods[call.method]
	if r.workflow == nil || handle == nil {
		return nil, invalid("Method %s is not forwarded.", clip(call.method))
	}
	ctx = context.WithValue(ctx, namespaceKey{}, call.namespace)
	ctx = context.WithValue(ctx, senderKey{}, from)
	if call.principal != nil {
		ctx = tenants.WithPrincipal(ctx, call.principal)
	}
	ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("client-name", call.client))
	var moved bool
	var shard orchestration.ShardID
	settle := func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
		key, ok := r.workflow(namespaceOf(ctx), req)
		if !ok {
			return next(ctx, req) // it says what is wrong
		}
		shard = key.Shard()
		resp, err = f.patiently(ctx, shard, func() (any, error) { return next(ctx, req) })
		moved = orchestration.CodeOf(err) == orchestration.Moved
		return resp, err
	}
	resp, err := handle(f.service, ctx, call.decode, chained(f.inner, settle))
	if moved {
		return encodeMoved(f.placeOf(shard).node), nil
	}
	return encodeAnswer(resp, err)
}

// patiently carries a call out; if its workflow is on its way here, it waits for that first.
func (f *forwarder) patiently(ctx context.Context, shard orchestration.ShardID, call func() (any, error)) (any, error) {
	resp, err := call()
	if orchestration.CodeOf(err) != orchestration.Moved {
		return resp, err
	}
	if err := f.await(ctx, shard); err != nil {
		return nil, err
	}
	if !f.placeOf(shard).local {
		return nil, err
	}
	return call()
}

// decode reads the request of a forwarded call into v.
func (c forwarded) decode(v any) error {
	m := v.(proto.Message)
	err := proto.Unmarshal(c.request, m)
	if err == nil {
		return nil
	}
	st, _ := statusOf(badMessage(err, m, c.request))
	return st.Err()
}

// encodeAnswer encodes what a call has come to.
func encodeAnswer(resp any, err error) ([]byte, error) {
	if err == nil {
		return encodeResponse(resp.(proto.Message))
	}
	st, _ := status.FromError(err)
	return encodeStatus(st)
}

type senderKey struct{}

// senderOf is the node that passed a call on; 0: it came from a client.
func senderOf(ctx context.Context) orchestration.NodeID {
	n, _ := ctx.Value(senderKey{}).(orchestration.NodeID)
	return n
}
