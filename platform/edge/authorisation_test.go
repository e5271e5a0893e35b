package edge

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

var updatePermissions = flag.Bool("update-permissions", false, "write docs/permissions.md instead of comparing it")

const permissionsPage = "../../docs/permissions.md"

// gateHouse is the chain of a server with two tenants, and a credential for everything that somebody can be.
type gateHouse struct {
	t         testing.TB
	access    *tenants.Access
	directory *tenants.Directory
	chain     *chain
	acme      tenants.Tenant
	one       tenants.Namespace // of acme
	who       []bearerOf
	// over calls over a real connection; set by those who do.
	over func(method, authorization string, req proto.Message) error
}

// bearerOf is somebody with a credential.
type bearerOf struct{ name, header string }

func newGateHouse(t testing.TB) *gateHouse {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := &gateHouse{t: t, access: tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read)})}
	h.directory = tenants.NewDirectory(sqlite.New(db.Write, db.Read), time.Now)
	h.chain = &chain{log: slog.New(slog.DiscardHandler), namespaces: h.directory, guard: Credentials{Access: h.access}, draining: t.Context()}
	h.acme = h.tenant("acme")
	globex := h.tenant("globex")
	h.one = h.namespace("one.acme", h.acme)
	h.namespace("two.acme", h.acme)
	h.namespace("one.globex", globex)
	h.namespace("plain", tenants.Tenant{ID: tenants.DefaultTenant})

	h.who = append(h.who, bearerOf{"nobody", ""}, bearerOf{"wrong key", "Bearer tnt_" + strings.Repeat("a", 16) + "_" + strings.Repeat("b", 52)})
	for _, r := range []tenants.Role{tenants.Owner, tenants.Administrator, tenants.Developer, tenants.Auditor, tenants.Member} {
		holder := h.account(r.String())
		_, err := h.access.GiveRole(t.Context(), h.acme.ID, holder, r, "test")
		h.must(err)
		h.who = append(h.who, bearerOf{r.String(), h.key(h.acme.ID, holder)})
	}
	for _, p := range []tenants.Permission{tenants.Admin, tenants.Write, tenants.Worker, tenants.Read, tenants.PayloadRead} {
		holder := h.account("ns " + p.String())
		_, err := h.access.Permit(t.Context(), h.one, holder, p, "test")
		h.must(err)
		h.who = append(h.who, bearerOf{"ns:" + p.String(), h.key(h.acme.ID, holder)})
	}
	_, text, err := h.access.BreakGlass(t.Context(), "test", time.Hour)
	h.must(err)
	h.who = append(h.who, bearerOf{"operator", "Bearer " + text})
	return h
}

func (h *gateHouse) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *gateHouse) tenant(name string) tenants.Tenant {
	h.t.Helper()
	v, err := h.access.CreateTenant(h.t.Context(), name, "")
	h.must(err)
	return v
}

func (h *gateHouse) namespace(name string, of tenants.Tenant) tenants.Namespace {
	h.t.Helper()
	n, err := h.directory.Register(h.t.Context(), tenants.Registration{Name: name, Tenant: of.ID, Retention: tenants.MinRetention})
	h.must(err)
	return n
}

func (h *gateHouse) account(name string) tenants.Holder {
	h.t.Helper()
	a, err := h.access.CreateAccount(h.t.Context(), h.acme.ID, name)
	h.must(err)
	return tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
}

// key is the authorization header of a new key.
func (h *gateHouse) key(of tenants.TenantID, holder tenants.Holder, scopes ...tenants.Scope) string {
	h.t.Helper()
	_, text, err := h.access.CreateKey(h.t.Context(), tenants.NewKey{Tenant: of, Holder: holder, Name: "test", Scopes: scopes})
	h.must(err)
	return "Bearer " + text
}

func (h *gateHouse) header(name string) string {
	h.t.Helper()
	i := slices.IndexFunc(h.who, func(b bearerOf) bool { return b.name == name })
	return h.who[i].header
}

// reached is what a call comes to that reaches its handler.
const reached = codes.Code(77)

// call passes a request through the whole chain of interceptors.
func (h *gateHouse) call(method, authorization string, req any) error {
	md := metadata.MD{}
	if authorization != "" {
		md.Set("authorization", authorization)
	}
	ctx := metadata.NewIncomingContext(h.t.Context(), md)
	_, err := chained(h.chain.unary()...)(ctx, req, &grpc.UnaryServerInfo{FullMethod: method}, func(ctx context.Context, _ any) (any, error) {
		if tenants.PrincipalOf(ctx) == nil && permits[method].of != everybody && !ofHealth(method) {
			h.t.Errorf("%s reached its handler without a principal", method)
		}
		return nil, status.Error(reached, "reached")
	})
	return err
}

// servedMethods are the full names of all methods of the protocol's services and of administration, with their requests' types.
func servedMethods(t testing.TB) map[string]protoreflect.MethodDescriptor {
	t.Helper()
	all := map[string]protoreflect.MethodDescriptor{}
	services := []string{workflowservice.WorkflowService_ServiceDesc.ServiceName, operatorservice.OperatorService_ServiceDesc.ServiceName}
	for _, d := range administration {
		services = append(services, d.ServiceName)
	}
	for _, service := range services {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
		if err != nil {
			t.Fatal(err)
		}
		methods := d.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			m := methods.Get(i)
			all["/"+service+"/"+string(m.Name())] = m
		}
	}
	return all
}

// requestTo is a request of a method that names a namespace, if it can.
func requestTo(t *testing.T, m protoreflect.MethodDescriptor, namespace string) proto.Message {
	t.Helper()
	typ, err := protoregistry.GlobalTypes.FindMessageByName(m.Input().FullName())
	if err != nil {
		t.Fatal(err)
	}
	req := typ.New()
	if f := m.Input().Fields().ByName("namespace"); f != nil {
		req.Set(f, protoreflect.ValueOfString(namespace))
	}
	if f := m.Input().Fields().ByName("tenant"); f != nil {
		req.Set(f, protoreflect.ValueOfString(tenants.TenantOf(namespace)))
	}
	return req.Interface()
}

func TestEveryMethodHasAPermit(t *testing.T) {
	methods := servedMethods(t)
	for name := range methods {
		row, ok := permits[name]
		if !ok {
			t.Errorf("%s has no row in permits", name)
		}
		if (row.of == aNamespace) != (row.needs != 0) {
			t.Errorf("%s: a permission is needed in a namespace, and nowhere else", name)
		}
		if row.of == aNamespace && methods[name].Input().Fields().ByName("namespace") == nil {
			t.Errorf("%s names no namespace", name)
		}
		if built[name] == ofNamespace && row.of != aNamespace {
			t.Errorf("%s is about a namespace, and needs no permission in it", name)
		}
	}
	for name := range permits {
		if methods[name] == nil {
			t.Errorf("permits has a row for %s, which is no method", name)
		}
	}
	ofProtocol := 0
	for name, m := range methods {
		if servedService(name) {
			ofProtocol++
		} else if row := permits[name]; (row.of == aTenant) != (m.Input().Fields().ByName("tenant") != nil) {
			t.Errorf("%s: it names a tenant, or is about none", name)
		}
	}
	if ofProtocol != 135 {
		t.Errorf("the protocol has %d methods, docs/api-coverage.md says 135", ofProtocol)
	}
}

// cell is what a call comes to, in a word for the page.
func cell(err error) string {
	switch code := status.Code(err); code {
	case reached, codes.Unimplemented:
		return "yes"
	case codes.PermissionDenied:
		return "no"
	case codes.NotFound:
		return "not found"
	case codes.Unauthenticated:
		return "who?"
	default:
		return code.String() + ": " + status.Convert(err).Message()
	}
}

// TestPermissionMatrix calls every method as everybody, over a connection, on a namespace of the caller's, on another one of its tenant, and on another tenant's. The page says
// what each call must come to; an allowed one reaches its handler, or UNIMPLEMENTED if there is none.
func TestPermissionMatrix(t *testing.T) {
	h := newGateHouse(t)
	h.over = h.wire()
	methods := servedMethods(t)
	columns := h.who[2:]
	var page strings.Builder
	page.WriteString(permissionsHead)
	fmt.Fprintf(&page, "| method |")
	for _, b := range columns {
		fmt.Fprintf(&page, " %s |", b.name)
	}
	page.WriteString("\n| --- |" + strings.Repeat(" --- |", len(columns)) + "\n")
	for _, method := range slices.Sorted(maps.Keys(methods)) {
		row := permits[method]
		target := "one.acme"
		if row.of == aNewNamespace {
			target = "new.acme"
		}
		fmt.Fprintf(&page, "| %s |", shownMethod(methods[method]))
		for _, b := range columns {
			err := h.over(method, b.header, requestTo(t, methods[method], target))
			fmt.Fprintf(&page, " %s |", strings.TrimPrefix(cell(err), "yes")+map[bool]string{true: "**yes**"}[cell(err) == "yes"])
			if want := map[bool]codes.Code{true: reached, false: codes.Unimplemented}[isBuilt(method)]; cell(err) == "yes" && status.Code(err) != want {
				t.Errorf("%s as %s: %v, want %v", method, b.name, err, want)
			}
		}
		page.WriteString("\n")
		h.strangers(t, method, row, methods[method])
	}
	if *updatePermissions {
		h.must(os.WriteFile(permissionsPage, []byte(page.String()), 0o644))
	}
	want, err := os.ReadFile(permissionsPage)
	h.must(err)
	if page.String() != string(want) {
		t.Errorf("%s is not what calls come to; after a look at the difference, go test ./platform/edge -run TestPermissionMatrix -update-permissions writes it:\n%s", permissionsPage, page.String())
	}
}

const permissionsHead = `# Who may call what

<!-- made by: go test ./platform/edge -run TestPermissionMatrix -update-permissions -->

Every method of the protocol, and of administration, called by somebody with a role in the namespace's tenant, or with one permission in the namespace (ns:…). A call that is refused
answers PERMISSION_DENIED. In a namespace of another tenant everybody but operators is answered that it does not exist; so is whoever has no part in
the tenant. Without a valid credential every call but GetSystemInfo and health answers UNAUTHENTICATED. That holds for methods that this release
does not build, too: only who might use them learns that they are UNIMPLEMENTED.

`

// shownMethod is what the page calls a method. Some methods of administration have the name of one of the protocol.
func shownMethod(m protoreflect.MethodDescriptor) string {
	if servedService("/" + string(m.Parent().FullName()) + "/") {
		return string(m.Name())
	}
	return "admin " + string(m.Name())
}

// strangers are the cells that are the same for all methods of a subject.
func (h *gateHouse) strangers(t *testing.T, method string, row permit, m protoreflect.MethodDescriptor) {
	t.Helper()
	want := func(who, namespace string, code codes.Code) {
		t.Helper()
		err := h.over(method, h.header(who), requestTo(t, m, namespace))
		if got := status.Code(err); got != code && !(code == reached && got == codes.Unimplemented) {
			t.Errorf("%s as %s in %s: %v, want %v", method, who, namespace, err, code)
		}
	}
	for _, who := range []string{"nobody", "wrong key"} {
		code := codes.Unauthenticated
		if row.of == everybody {
			code = reached
		}
		want(who, "one.acme", code)
	}
	switch row.of {
	case aTenant:
		for _, who := range []string{"owner", "developer", "member", "ns:admin", "ns:worker"} {
			want(who, "x.globex", codes.NotFound)
			want(who, "x.none", codes.NotFound)
			want(who, "x", codes.NotFound) // the default tenant
		}
		if err := h.call(method, h.header("operator"), requestTo(t, m, "x.")); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s without a tenant: %v", method, err)
		}
	case aNamespace:
		for _, who := range []string{"owner", "developer", "member", "ns:admin", "ns:worker"} {
			want(who, "one.globex", codes.NotFound)
			want(who, "plain", codes.NotFound)
			want(who, "none.acme", codes.NotFound)
			h.sameAsMissing(t, method, who, m)
		}
		for _, who := range []string{"member", "ns:admin", "ns:write", "ns:worker", "ns:read"} {
			want(who, "two.acme", codes.PermissionDenied)
		}
		want("operator", "one.globex", reached)
	case aNewNamespace:
		for _, who := range []string{"owner", "developer", "ns:admin"} {
			want(who, "new.globex", codes.NotFound)
			want(who, "new", codes.NotFound)
			want(who, "new.nowhere", codes.NotFound)
		}
		want("operator", "new.globex", reached)
		want("operator", "new", reached)
	}
}

// sameAsMissing: another tenant's namespace and one that is not there are answered alike, byte for byte, but for the name.
func (h *gateHouse) sameAsMissing(t *testing.T, method, who string, m protoreflect.MethodDescriptor) {
	t.Helper()
	foreign := h.over(method, h.header(who), requestTo(t, m, "one.globex"))
	missing := h.over(method, h.header(who), requestTo(t, m, "non.globex"))
	a, _ := proto.Marshal(status.Convert(foreign).Proto())
	b, _ := proto.Marshal(status.Convert(missing).Proto())
	if strings.ReplaceAll(string(a), "one.globex", "non.globex") != string(b) {
		t.Errorf("%s as %s: another's namespace answers %q, one that is not there %q", method, who, a, b)
	}
}

// TestMethodsWithoutARowAreDenied: to operators too.
func TestMethodsWithoutARowAreDenied(t *testing.T) {
	h := newGateHouse(t)
	for _, b := range h.who[2:] {
		if err := h.call("/tenuto.Unheard/Of", b.header, &workflowservice.GetSystemInfoRequest{}); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s: %v", b.name, err)
		}
	}
	if err := h.call("/grpc.health.v1.Health/Check", "", nil); status.Code(err) != reached {
		t.Errorf("health: %v", err)
	}
}

func TestNamespaceHeader(t *testing.T) {
	h := newGateHouse(t)
	for said, want := range map[string]codes.Code{"": reached, "one.acme": reached, "two.acme": codes.InvalidArgument, "one.globex": codes.InvalidArgument} {
		md := metadata.Pairs("authorization", h.header("owner"))
		if said != "" {
			md.Set("temporal-namespace", said)
		}
		_, err := chained(h.chain.unary()...)(metadata.NewIncomingContext(t.Context(), md), &workflowservice.StartWorkflowExecutionRequest{Namespace: "one.acme"},
			&grpc.UnaryServerInfo{FullMethod: workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName},
			func(context.Context, any) (any, error) { return nil, status.Error(reached, "") })
		if status.Code(err) != want {
			t.Errorf("%q: %v, want %v", said, err, want)
		}
	}
}

// TestNamespacesByID: a namespace that is named by its id is guarded like one that is named by its name.
func TestNamespacesByID(t *testing.T) {
	h := newGateHouse(t)
	foreign, err := h.directory.Describe(t.Context(), "one.globex")
	h.must(err)
	for who, want := range map[string]map[string]codes.Code{
		h.one.ID.String():   {"owner": reached, "ns:read": reached, "operator": reached, "nobody": codes.Unauthenticated, "ns:payload:read": codes.PermissionDenied},
		foreign.ID.String(): {"owner": codes.NotFound, "operator": reached},
		uuid.NewString():    {"owner": codes.NotFound, "operator": codes.NotFound},
		"x":                 {"owner": codes.InvalidArgument},
	} {
		for name, code := range want {
			err := h.call(workflowservice.WorkflowService_DescribeNamespace_FullMethodName, h.header(name), &workflowservice.DescribeNamespaceRequest{Id: who})
			if status.Code(err) != code {
				t.Errorf("%s as %s: %v, want %v", who, name, err, code)
			}
		}
	}
	err = h.call(operatorservice.OperatorService_DeleteNamespace_FullMethodName, h.header("owner"), &operatorservice.DeleteNamespaceRequest{NamespaceId: foreign.ID.String()})
	if status.Code(err) != codes.NotFound {
		t.Errorf("deletion of another's: %v", err)
	}
}

// TestEagerTasksAreForWorkers: whoever may start but not work gets no task with the answer.
func TestEagerTasksAreForWorkers(t *testing.T) {
	h := newGateHouse(t)
	for who, want := range map[string]bool{"ns:write": false, "developer": true} {
		start := &workflowservice.StartWorkflowExecutionRequest{Namespace: "one.acme", RequestEagerExecution: true}
		if err := h.call(workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName, h.header(who), start); status.Code(err) != reached || start.RequestEagerExecution != want {
			t.Errorf("%s: %v, eager %v", who, err, start.RequestEagerExecution)
		}
		inner := &workflowservice.StartWorkflowExecutionRequest{Namespace: "one.acme", RequestEagerExecution: true}
		multi := &workflowservice.ExecuteMultiOperationRequest{Namespace: "one.acme", Operations: []*workflowservice.ExecuteMultiOperationRequest_Operation{
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_StartWorkflow{StartWorkflow: inner}},
		}}
		if err := h.call(workflowservice.WorkflowService_ExecuteMultiOperation_FullMethodName, h.header(who), multi); status.Code(err) != reached || inner.RequestEagerExecution != want {
			t.Errorf("%s: %v, eager %v", who, err, inner.RequestEagerExecution)
		}
	}
}

// TestSuspension: a suspended namespace, or one of a suspended tenant, can be looked at and administered, and nothing else.
func TestSuspension(t *testing.T) {
	h := newGateHouse(t)
	yes, no := true, false
	check := func(what string, want codes.Code) {
		t.Helper()
		for method, m := range servedMethods(t) {
			row := permits[method]
			if _, ok := built[method]; !ok || row.of != aNamespace {
				continue
			}
			code := want
			if row.needs&(tenants.Read|tenants.Admin) != 0 {
				code = reached
			}
			for _, who := range []string{"owner", "operator"} {
				if err := h.call(method, h.header(who), requestTo(t, m, "one.acme")); status.Code(err) != code {
					t.Errorf("%s: %s as %s: %v, want %v", what, method, who, err, code)
				}
			}
		}
	}
	check("before", reached)
	_, err := h.directory.Update(t.Context(), "one.acme", tenants.Change{Suspended: &yes})
	h.must(err)
	check("namespace", codes.FailedPrecondition)
	_, err = h.directory.Update(t.Context(), "one.acme", tenants.Change{Suspended: &no})
	h.must(err)
	check("after", reached)
	h.acme.Suspended = true
	h.must(h.access.ChangeTenant(t.Context(), h.acme))
	h.directory.Forget(h.one.ID)
	check("tenant", codes.FailedPrecondition)
}
