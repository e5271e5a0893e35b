package edge

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// owner answers calls that other nodes forward: their namespace exists, and their caller may do what it asks.
type owner struct {
	chain   *chain
	service *workflowService
	methods map[string]grpc.MethodDesc // by full name
}

func newOwner(c *chain, s *workflowService, desc *grpc.ServiceDesc) *owner {
	o := &owner{chain: c, service: s, methods: make(map[string]grpc.MethodDesc, len(routes))}
	for _, m := range desc.Methods {
		if name := "/" + desc.ServiceName + "/" + m.MethodName; routes[name] != nil {
			o.methods[name] = m
		}
	}
	return o
}

// answer implements orchestration.PeerHandler. Errors: Moved when this node does not serve the workflow; every other error is part of the answer.
func (o *owner) answer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	f, ok := decodeCall(body)
	if !ok {
		return nil, invalid("a forwarded call cannot be read")
	}
	m, ok := o.methods[f.method]
	if !ok {
		return nil, orchestration.Errorf(orchestration.Unimplemented, "Method %q is not forwarded.", clip(f.method))
	}
	ctx = context.WithValue(ctx, namespaceKey{}, f.namespace)
	ctx = context.WithValue(ctx, callerKey{}, caller{sdk: f.sdk})
	decode := func(v any) error { return decodeForwarded(f.request, v) }
	resp, err := m.Handler(o.service, ctx, decode, o.intercept)
	if orchestration.CodeOf(err) == orchestration.Moved {
		return nil, err
	}
	return encodeAnswer(resp, err)
}

// decodeForwarded fills what the method's handler decodes requests with.
func decodeForwarded(b []byte, v any) error {
	m, ok := v.(*incoming)
	if !ok {
		return proto.Unmarshal(b, v.(proto.Message))
	}
	m.size = len(b)
	if err := proto.Unmarshal(b, m.request); err != nil {
		m.bad = badMessage(err, m.request, b)
	}
	return nil
}

// intercept is the inner part of the chain: the outer one has run where the call came in.
func (o *owner) intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := o.chain.recoverPanics(ctx, req, info, func(ctx context.Context, req any) (any, error) { return o.arrived(ctx, req, info, next) })
	if err == nil || orchestration.CodeOf(err) == orchestration.Moved {
		return resp, err
	}
	return o.chain.mapErrors(ctx, req, info, func(context.Context, any) (any, error) { return nil, err })
}

// arrived lets a call in whose workflow is served here, or about to be.
func (o *owner) arrived(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	shard := namespaceOf(ctx).workflow(routes[info.FullMethod](req)).Shard()
	if _, local := o.chain.router.Owner(shard); !local {
		if o.chain.arrival(ctx, shard) != nil {
			return nil, orchestration.Errorf(orchestration.Moved, "this server does not have the workflow")
		}
		if _, local := o.chain.router.Owner(shard); !local {
			return nil, orchestration.Errorf(orchestration.Moved, "another server has the workflow")
		}
	}
	return next(ctx, req)
}
