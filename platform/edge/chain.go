package edge

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"

	"github.com/tenuto-io/tenuto/tenants"
)

// chain holds what the interceptors need. Each interceptor is in a file of its own.
type chain struct {
	log        *slog.Logger
	namespaces Directory
	quotas     Quotas // nil: none
	guard      Guard
	auditor    Auditor            // nil: calls are not recorded
	auditLevel tenants.AuditLevel // of namespaces that have none of their own
	draining   context.Context    // ends when the server drains
	forwarder  *forwarder         // nil: this node is alone
}

// unary is the order in which a call passes the interceptors, outermost first:
//
//   - compress decides last of all how the answer travels;
//   - log sees the final status of every call, whoever decided it;
//   - audit records a call with that status, and with what authorise found out about it;
//   - errors turns what the inner ones return into a status, so none of them needs to know codes;
//   - recover is inside errors, so that a panic becomes an ordinary answer;
//   - authorise lets nobody past who may not make the call, and leaves principal and namespace in the context;
//   - built comes after it: what this release builds is only for those to know who might use it;
//   - caller leaves in the context what the handlers read;
//   - quota comes after all that can refuse a call otherwise, and before all that costs something;
//   - forward is last: what comes before it is said of a call where it came in, and the call goes to the owner of its workflow with a namespace that
//     exists.
func (c *chain) unary() []grpc.UnaryServerInterceptor {
	return append([]grpc.UnaryServerInterceptor{c.compressLarge}, c.within()...)
}

// within is the chain without what is about the connection.
func (c *chain) within() []grpc.UnaryServerInterceptor {
	return []grpc.UnaryServerInterceptor{c.logCalls, c.recordCalls, c.mapErrors, c.recoverPanics, c.authorise, c.refuseUnbuilt, c.noteCaller, c.holdToQuota, c.forward}
}

// inner is the part of the chain that a call passes where it is forwarded to: the client's answer is decided here, and only sent there.
func (c *chain) inner() grpc.UnaryServerInterceptor {
	return chained(c.logCalls, c.mapErrors, c.recoverPanics, c.refuseUnbuilt, c.noteCaller)
}

// stream is the chain of the few streaming methods: health's Watch and reflection.
func (c *chain) stream() []grpc.StreamServerInterceptor {
	return []grpc.StreamServerInterceptor{c.recoverStream, c.authoriseStream, c.endOnDrain}
}

// refuseUnbuilt answers UNIMPLEMENTED for every method of the protocol that this release does not build.
func (c *chain) refuseUnbuilt(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if !isBuilt(info.FullMethod) {
		return nil, unbuilt(info.FullMethod)
	}
	return next(ctx, req)
}
