package edge

import (
	"context"
	"encoding/binary"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Router knows which node serves a workflow, and the way there.
type Router interface {
	orchestration.Peers
	// Owner is the node that serves a shard, or will, and whether it is this one and does. 0: there is none.
	Owner(orchestration.ShardID) (node orchestration.NodeID, local bool)
	// Await waits until the shard has arrived here, if it is on its way here, and else looks once who has it.
	Await(context.Context, orchestration.ShardID) error
	// ID is this node.
	ID() orchestration.NodeID
}

const (
	verbForward  = "edge.forward"
	mostForwards = 3               // tries: at most two redirects after the first
	arriving     = 3 * time.Second // how long a call waits for a shard that is changing owners
)

// forward gives a call to the node that serves its workflow. Polls, lists and the like any node answers. What the caller may do was settled before.
func (c *chain) forward(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	route := routes[info.FullMethod]
	if c.router == nil || route == nil {
		return next(ctx, req)
	}
	id := route(req)
	if id == "" {
		return next(ctx, req) // the handler says what is wrong with it
	}
	shard := namespaceOf(ctx).workflow(id).Shard()
	var call []byte // made once
	for try := 1; ; try++ {
		resp, err := c.byOwner(ctx, shard, req, info, &call, next)
		if orchestration.CodeOf(err) != orchestration.Moved {
			return resp, err
		}
		if try == mostForwards || c.arrival(ctx, shard) != nil {
			return nil, orchestration.Errorf(orchestration.Unavailable, "The workflow is changing servers; try again.")
		}
	}
}

// byOwner has the owner answer, here or elsewhere. Moved: whoever was asked is not the owner (any more, or yet).
func (c *chain) byOwner(ctx context.Context, shard orchestration.ShardID, req any, info *grpc.UnaryServerInfo, call *[]byte, next grpc.UnaryHandler) (any, error) {
	node, local := c.router.Owner(shard)
	switch {
	case local:
		return next(ctx, req)
	case node == 0 || node == c.router.ID():
		return nil, orchestration.Errorf(orchestration.Moved, "no server has the workflow yet")
	}
	if *call == nil {
		var err error
		if *call, err = encodeCall(ctx, info.FullMethod, req); err != nil {
			return nil, err
		}
	}
	return c.ask(ctx, node, req, *call)
}

// arrival waits a little for a shard that is changing owners.
func (c *chain) arrival(ctx context.Context, shard orchestration.ShardID) error {
	ctx, cancel := context.WithTimeout(ctx, arriving)
	defer cancel()
	return c.router.Await(ctx, shard)
}

// ask has another node answer. A wait for news ends when this node drains: its client asks again elsewhere.
func (c *chain) ask(ctx context.Context, node orchestration.NodeID, req any, call []byte) (any, error) {
	asking := ctx
	if r, ok := req.(interface{ GetWaitNewEvent() bool }); ok && r.GetWaitNewEvent() {
		var cancel context.CancelFunc
		asking, cancel = context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(c.draining, cancel)()
	}
	answer, err := c.router.Call(asking, node, verbForward, call)
	if err != nil {
		if asking.Err() != nil && ctx.Err() == nil {
			return nil, orchestration.Errorf(orchestration.Unavailable, "The server is shutting down.")
		}
		return nil, err
	}
	return decodeAnswer(answer)
}

// forwarded is a call on its way to its workflow's owner: the request as it came, and what the interceptors found out about it.
//
//	SDK (1 byte) | namespace id (16) | length, method | length, namespace's name | request        lengths as unsigned varints
type forwarded struct {
	method    string
	namespace namespace
	sdk       bool
	request   []byte
}

func encodeCall(ctx context.Context, method string, req any) ([]byte, error) {
	m := req.(proto.Message)
	ns := namespaceOf(ctx)
	b := make([]byte, 1, 32+len(method)+len(ns.name)+proto.Size(m))
	if callerOf(ctx).sdk {
		b[0] = 1
	}
	b = append(b, ns.id[:]...)
	for _, text := range []string{method, ns.name} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	return proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(b, m)
}

// decodeCall reads what encodeCall made. ok is false for bytes that are none.
func decodeCall(b []byte) (f forwarded, ok bool) {
	if len(b) < 17 || b[0] > 1 {
		return f, false
	}
	f.sdk = b[0] == 1
	copy(f.namespace.id[:], b[1:17])
	b = b[17:]
	for _, text := range []*string{&f.method, &f.namespace.name} {
		length, n := binary.Uvarint(b)
		if n <= 0 || length > uint64(len(b)-n) {
			return f, false
		}
		*text, b = string(b[n:n+int(length)]), b[n+int(length):]
	}
	f.request = b
	return f, true
}

// raw is an answer that another node has encoded: it goes to the client as it is.
type raw []byte

// The first byte of an answer.
const (
	answeredMessage byte = 1 // the rest is the response
	answeredStatus  byte = 2 // the rest is a google.rpc.Status
)

func encodeAnswer(resp any, err error) ([]byte, error) {
	if err != nil {
		st, _ := status.FromError(err)
		return proto.MarshalOptions{}.MarshalAppend([]byte{answeredStatus}, st.Proto())
	}
	m, ok := resp.(proto.Message)
	if !ok {
		return nil, errInternal
	}
	return proto.MarshalOptions{}.MarshalAppend(append(make([]byte, 0, proto.Size(m)+1), answeredMessage), m)
}

func decodeAnswer(b []byte) (any, error) {
	if len(b) == 0 || b[0] != answeredMessage && b[0] != answeredStatus {
		return nil, errInternal
	}
	if b[0] == answeredMessage {
		return raw(b[1:]), nil
	}
	st := status.New(codes.Unknown, "").Proto()
	if proto.Unmarshal(b[1:], st) != nil {
		return nil, errInternal
	}
	return nil, status.FromProto(st).Err()
}
