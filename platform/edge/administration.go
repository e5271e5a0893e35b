package edge

import (
	"context"
	"net"
	"net/http"
	"net/netip"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/tenuto-io/tenuto/platform/transcode"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// Administration answers tenuto.admin.v1. Errors are *orchestration.Error for what a caller did; else its storage has failed.
type Administration interface {
	adminv1.TenantServiceServer
	adminv1.NamespaceServiceServer
	adminv1.HolderServiceServer
	adminv1.GrantServiceServer
	adminv1.KeyServiceServer
	adminv1.AuthorityServiceServer
	adminv1.QuotaServiceServer
	adminv1.UsageServiceServer
	adminv1.AuditServiceServer
	adminv1.SessionServiceServer
}

// administration are the services of tenuto.admin.v1.
var administration = []grpc.ServiceDesc{
	adminv1.TenantService_ServiceDesc, adminv1.NamespaceService_ServiceDesc, adminv1.HolderService_ServiceDesc,
	adminv1.GrantService_ServiceDesc, adminv1.KeyService_ServiceDesc, adminv1.AuthorityService_ServiceDesc, adminv1.QuotaService_ServiceDesc, adminv1.UsageService_ServiceDesc,
	adminv1.AuditService_ServiceDesc, adminv1.SessionService_ServiceDesc,
}

// administrationFiles are where they are described.
var administrationFiles = []protoreflect.FileDescriptor{
	adminv1.File_tenuto_admin_v1_tenant_proto, adminv1.File_tenuto_admin_v1_namespace_proto, adminv1.File_tenuto_admin_v1_holder_proto,
	adminv1.File_tenuto_admin_v1_grant_proto, adminv1.File_tenuto_admin_v1_key_proto, adminv1.File_tenuto_admin_v1_authority_proto,
	adminv1.File_tenuto_admin_v1_quota_proto, adminv1.File_tenuto_admin_v1_usage_proto, adminv1.File_tenuto_admin_v1_audit_proto,
	adminv1.File_tenuto_admin_v1_session_proto,
}

// AdministrationPath is where the handler of Administration has its pages.
const AdministrationPath = "/api/admin/v1/"

// Administration serves tenuto.admin.v1 as HTTP with JSON: below AdministrationPath, for the same credentials and by the same table as gRPC. It is nil when
// the server was made without one.
func (s *Server) Administration() http.Handler { return s.administration }

// administrationOf makes the handler. Calls pass the chain that calls of gRPC pass.
func administrationOf(a Administration, calls *chain) http.Handler {
	methods := map[string]grpc.MethodHandler{}
	for _, d := range administration {
		for name, m := range methodsOf(d) {
			methods[name] = m
		}
	}
	chained := chained(calls.within()...)
	call := func(ctx context.Context, method string, request proto.Message) (proto.Message, error) {
		resp, err := methods[method](a, ctx, func(v any) error {
			proto.Merge(v.(proto.Message), request)
			return nil
		}, chained)
		if err != nil {
			return nil, err
		}
		return resp.(proto.Message), nil
	}
	var services []protoreflect.ServiceDescriptor
	for _, f := range administrationFiles {
		for i := range f.Services().Len() {
			services = append(services, f.Services().Get(i))
		}
	}
	pages, err := transcode.New(call, services...)
	if err != nil {
		panic(err) // the annotations are compiled in, and a test makes this handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.open() && !ownHost(r.Host) {
			http.Error(w, "Without credentials this server answers to its address only, and not to a name.", http.StatusMisdirectedRequest)
			return
		}
		if err := crossOrigin.Check(r); err != nil {
			http.Error(w, "Administration is not for pages of other sites.", http.StatusForbidden)
			return
		}
		pages.ServeHTTP(w, r.WithContext(asCall(r)))
	})
}

var crossOrigin = http.NewCrossOriginProtection()

// ownHost tells whether a Host header is one that no page of another site can come with: a name can be made to mean any address, an address cannot.
func ownHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	_, err = netip.ParseAddr(host)
	return err == nil
}

// headersOfCalls are the headers of HTTP that are metadata of calls.
var headersOfCalls = []string{"authorization", "x-request-id", "user-agent"}

// asCall is the context of a request as one of gRPC would have it.
func asCall(r *http.Request) context.Context {
	md := metadata.MD{}
	for _, name := range headersOfCalls {
		if v := r.Header.Get(name); v != "" {
			md.Set(name, v)
		}
	}
	ctx := metadata.NewIncomingContext(r.Context(), md)
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		ctx = peer.NewContext(ctx, &peer.Peer{Addr: net.TCPAddrFromAddrPort(at)})
	}
	return ctx
}
