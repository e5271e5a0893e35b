package edge

import (
	"context"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Auditor takes note of calls. It never makes one wait.
type Auditor interface {
	Note(audit.Event)
}

// sighting is what authorise finds out about a call, for who records it.
type sighting struct {
	principal *tenants.Principal // nil: the call proved nobody
	namespace namespace          // zero: the caller may not know of it, or there is none
	refused   bool               // authorise did not let it in
}

type sightingKey struct{}

// recordCalls notes calls once they are decided, as their namespaces want it, with the code that the client gets. It leaves in the context where a call came
// from that may change who may do what: stores record that themselves.
func (c *chain) recordCalls(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if c.auditor == nil {
		return next(ctx, req)
	}
	if permits[info.FullMethod].administers() {
		ctx = audit.WithOrigin(ctx, originOf(ctx, req))
	}
	seen := &sighting{}
	resp, err := next(context.WithValue(ctx, sightingKey{}, seen), req)
	code := status.Code(err)
	if !c.worthy(seen, info.FullMethod, code, resp) {
		return resp, err
	}
	origin := originOf(ctx, req)
	e := audit.Event{
		At: time.Now(), Plane: audit.Data, Tenant: seen.namespace.tenant, Namespace: seen.namespace.name, Action: methodName(info.FullMethod), Principal: audit.Nobody,
		Address: origin.Address, Request: origin.Request, Code: code.String(),
	}
	e.By(seen.principal)
	e.Resource, e.Run = subjectOf(req, opened(info.FullMethod, resp))
	c.auditor.Note(e)
	return resp, err
}

// administers tells whether a call may change what there is, or who may do what.
func (p permit) administers() bool { return p.of != aNamespace || p.needs&tenants.Admin != 0 }

func originOf(ctx context.Context, req any) audit.Origin {
	return audit.Origin{Address: hostOf(addressOf(ctx)), Request: requestIDOf(ctx, req)}
}

// sight notes what was found out about a call.
func sight(ctx context.Context, v visit, err error) {
	if s, ok := ctx.Value(sightingKey{}).(*sighting); ok {
		s.principal, s.namespace, s.refused = v.principal, v.namespace, err != nil
	}
}

// worthy tells whether a call is recorded. Refused is also what administration refuses because of whom it concerns, which authorise cannot know. What the server could not take just now is not: it has done nothing, and would multiply under load.
func (c *chain) worthy(s *sighting, method string, code codes.Code, resp any) bool {
	row := permits[method]
	switch {
	case row.of == everybody || ofHealth(method):
		return false
	case code == codes.ResourceExhausted, code == codes.Unavailable, code == codes.Canceled:
		return false
	}
	level := s.namespace.audit.Or(c.auditLevel)
	switch {
	case s.refused, code == codes.PermissionDenied, row.of == aNewNamespace, row.of == theInstallation && servedService(method):
		return level.Covers(tenants.AuditInterventions)
	case row.of != aNamespace:
		return false // lists of what the caller may see; what administration changes is recorded with the change
	case row.hot:
		return level.Covers(tenants.AuditWrites)
	case row.needs == tenants.Write, row.needs == tenants.Admin:
		return level.Covers(tenants.AuditInterventions)
	}
	return level.Covers(tenants.AuditAll) && !isEmptyPoll(resp)
}

// opened is an answer to look into; that of another node is decoded, and left out when it cannot be.
func opened(method string, resp any) any {
	b, ok := resp.(encoded)
	if !ok {
		return resp
	}
	m := newAnswer(method)
	if m == nil || proto.Unmarshal(b, m) != nil {
		return nil
	}
	return m
}

// isEmptyPoll tells whether a call is a poll that has got nothing.
func isEmptyPoll(resp any) bool {
	r, ok := resp.(interface{ GetTaskToken() []byte })
	return ok && len(r.GetTaskToken()) == 0
}

// hostOf is an address without its port.
func hostOf(a net.Addr) string {
	if a == nil {
		return ""
	}
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.IP.String()
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
