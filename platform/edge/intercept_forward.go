package edge

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// Router knows which node serves a workflow, and the way there.
type Router interface {
	orchestration.Peers
	// ID is this node.
	ID() orchestration.NodeID
	// Owner is the node that serves a shard as far as is known, and whether it is this one. 0: there is none. With local false it can be this node all
	// the same: it is about to.
	Owner(orchestration.ShardID) (node orchestration.NodeID, local bool)
	// Await waits until a shard that is on its way to this node has arrived; for another one it makes sure that Owner tells the latest.
	Await(context.Context, orchestration.ShardID) error
}

const (
	verbForward   = "edge.forward"
	mostRedirects = 2               // how often a call follows a workflow that has moved
	awaitMost     = 3 * time.Second // how long a call waits for a workflow that is between two nodes, each time
)

// forwarder passes calls on to the owner of their workflow, and carries out those that others have passed on.
type forwarder struct {
	log      *slog.Logger
	router   Router
	draining context.Context // ends when the server drains
	service  any
	methods  map[string]grpc.MethodHandler // by full name
	inner    grpc.UnaryServerInterceptor
	running  *gate // of forwarded calls
}

// changing is what a call is answered whose workflow has moved too often.
func changing() *orchestration.Error {
	return orchestration.Errorf(orchestration.Unavailable, "The workflow is changing servers; try again.")
}

// forward has the owner of a call's workflow answer it. The answer of another node is passed on as it came.
func (c *chain) forward(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	r := routes[info.FullMethod]
	if c.forwarder == nil || r.workflow == nil {
		return next(ctx, req)
	}
	key, ok := r.workflow(namespaceOf(ctx), req)
	if !ok {
		return next(ctx, req)
	}
	return c.forwarder.follow(ctx, key.Shard(), r.waits, func() (any, error) { return next(ctx, req) }, func() ([]byte, error) {
		return encodeCall(forwarded{method: info.FullMethod, namespace: namespaceOf(ctx), client: clientName(ctx), principal: tenants.PrincipalOf(ctx)}, req.(proto.Message))
	})
}

// follow asks where the shard is served: here, or at another node with the encoded call. When it has moved meanwhile, it goes after it.
func (f *forwarder) follow(ctx context.Context, shard orchestration.ShardID, waits bool, here func() (any, error), encode func() ([]byte, error)) (resp any, err error) {
	var call []byte
	at := f.placeOf(shard)
	for redirect := 0; ; redirect++ {
		switch {
		case at.local:
			resp, err = here()
		case at.node == 0 || at.node == f.router.ID():
			err = orchestration.Errorf(orchestration.Moved, "shard %d is between two servers", shard)
		default:
			if call == nil {
				if call, err = encode(); err != nil {
					return nil, err
				}
			}
			resp, err = f.ask(ctx, at.node, waits, call)
		}
		if orchestration.CodeOf(err) != orchestration.Moved {
			return resp, err
		}
		if redirect == mostRedirects {
			return nil, changing()
		}
		if at, err = f.after(ctx, shard, at, err); err != nil {
			return nil, err
		}
	}
}

// place is where a shard is served: a node, which is this one if local.
type place struct {
	node  orchestration.NodeID
	local bool
}

func (f *forwarder) placeOf(shard orchestration.ShardID) place {
	node, local := f.router.Owner(shard)
	return place{node, local}
}

// after is where to go on when the shard has moved away from a place: where that node has sent it, else where it is as far as is known here, if that is
// news, else what is known when it has been looked up again. Errors: ctx's.
func (f *forwarder) after(ctx context.Context, shard orchestration.ShardID, from place, moved error) (place, error) {
	self := f.router.ID()
	var to movedTo
	if errors.As(moved, &to) && to != 0 && orchestration.NodeID(to) != from.node && orchestration.NodeID(to) != self {
		return place{node: orchestration.NodeID(to)}, nil
	}
	if known := f.placeOf(shard); known != from && known.node != 0 && (known.local || known.node != self) {
		return known, nil
	}
	if err := f.await(ctx, shard); err != nil {
		return place{}, err
	}
	return f.placeOf(shard), nil
}

// await gives a moving shard time to arrive somewhere. Errors: ctx's.
func (f *forwarder) await(ctx context.Context, shard orchestration.ShardID) error {
	wait, cancel := context.WithTimeout(ctx, awaitMost)
	defer cancel()
	if err := f.router.Await(wait, shard); err != nil {
		f.log.Debug("a call waited for its workflow in vain", "shard", shard, "error", err)
	}
	return ctx.Err()
}

// ask has another node answer a call.
func (f *forwarder) ask(ctx context.Context, node orchestration.NodeID, waits bool, call []byte) (any, error) {
	asking := ctx
	if waits {
		var cancel context.CancelFunc
		asking, cancel = context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(f.draining, cancel)()
	}
	body, err := f.router.Call(asking, node, verbForward, call)
	if err != nil {
		if asking.Err() != nil && ctx.Err() == nil {
			return nil, orchestration.Errorf(orchestration.Unavailable, "The server is shutting down.")
		}
		return nil, err
	}
	return decodeAnswer(body)
}
