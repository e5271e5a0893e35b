package edge

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// Config is what a Server is made of.
type Config struct {
	Engine     Engine    // required
	Batches    Batches   // required
	Namespaces Directory // required
	Logger     *slog.Logger
	Version    string      // of the server, as GetSystemInfo tells it
	ClusterID  string      // of the installation, as GetClusterInfo tells it
	Storage    string      // the name of the database, as GetClusterInfo tells it: "sqlite"
	Host       string      // of this server, as ListTaskQueuePartitions tells it
	Guard      Guard       // who calls; nil: everybody may do everything
	Quotas     Quotas      // of namespaces; nil: none
	TLS        *tls.Config // what clients connect with; nil: nothing is encrypted
	// Administration answers tenuto.admin.v1; nil: nobody does.
	Administration Administration
	Auditor        Auditor            // takes note of calls; nil: nobody does
	AuditLevel     tenants.AuditLevel // of namespaces that have none of their own; AuditDefault: AuditInterventions
	Router         Router             // to the nodes that share the work; nil: this one is alone
}

// Server is the gRPC surface of one process.
type Server struct {
	grpc      *grpc.Server
	health    *health.Server
	drain     context.CancelFunc
	forwarded *gate // calls that other nodes have passed on
	inside    *Inside

	administration http.Handler // nil without Administration
}

// New makes a server that serves nothing yet. Logger nil discards.
func New(c Config) *Server {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Guard == nil {
		c.Guard = open{}
	}
	draining, drain := context.WithCancel(context.Background())
	service := &workflowService{
		engine:     c.Engine,
		batches:    c.Batches,
		namespaces: c.Namespaces,
		patience:   patience{draining: draining},
		version:    c.Version,
		clusterID:  c.ClusterID,
		storage:    c.Storage,
		host:       c.Host,
	}
	calls := &chain{log: c.Logger, namespaces: c.Namespaces, guard: c.Guard, auditor: c.Auditor, auditLevel: c.AuditLevel.Or(tenants.AuditInterventions), quotas: c.Quotas, draining: draining}
	s := &Server{health: health.NewServer(), drain: drain, forwarded: newGate()}
	if c.Router != nil {
		calls.forwarder = &forwarder{
			log: c.Logger, router: c.Router, draining: draining,
			service: service, methods: methodsOf(workflowservice.WorkflowService_ServiceDesc), inner: calls.inner(), running: s.forwarded,
		}
		c.Router.Handle(verbForward, calls.forwarder.serve)
	}
	s.inside = insideOf(service, calls)
	s.grpc = grpc.NewServer(append(options(calls), transport(c.TLS)...)...)
	s.grpc.RegisterService(decoded(workflowservice.WorkflowService_ServiceDesc, c.Logger), service)
	s.grpc.RegisterService(decoded(operatorservice.OperatorService_ServiceDesc, c.Logger), &operatorService{namespaces: c.Namespaces})
	if c.Administration != nil {
		for _, d := range administration {
			s.grpc.RegisterService(decoded(d, c.Logger), c.Administration)
		}
		s.administration = administrationOf(c.Administration, calls)
	}
	healthpb.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	for name := range s.grpc.GetServiceInfo() {
		s.health.SetServingStatus(name, healthpb.HealthCheckResponse_SERVING)
	}
	return s
}

// transport is how bytes travel.
func transport(c *tls.Config) []grpc.ServerOption {
	if c == nil {
		return nil
	}
	return []grpc.ServerOption{grpc.Creds(credentials.NewTLS(c))}
}

// handshake is the time for a peer that connected to begin to speak HTTP/2. Who does not only holds a file descriptor.
const handshake = 10 * time.Second

// streamWorkers are the goroutines that take calls one after the other, so that a call finds a stack that has grown already: growing it for each was a
// twentieth of the server's CPU. A poll keeps one busy for as long as it waits; a call that finds none free gets a goroutine of its own.
const streamWorkers = 64

// options bound what a connection may do. SDKs ping every 30 seconds, also when no call is in flight; a client that pings much more often is
// cut off. A peer that is silent for a minute is pinged, so that the polls of a machine that vanished do not wait for tasks.
func options(c *chain) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(c.unary()...),
		grpc.ChainStreamInterceptor(c.stream()...),
		grpc.UnknownServiceHandler(func(_ any, ss grpc.ServerStream) error {
			method, _ := grpc.MethodFromServerStream(ss)
			st, _ := statusOf(unbuilt(method))
			return st.Err()
		}),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.ConnectionTimeout(handshake),
		grpc.MaxRecvMsgSize(orchestration.MaxMessageSize),
		grpc.MaxSendMsgSize(MaxSendSize),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}),
		grpc.WaitForHandlers(true),
		grpc.NumStreamWorkers(streamWorkers),
	}
}

// Serve answers connections of l until Drain; it then returns nil. It owns l.
func (s *Server) Serve(l net.Listener) error { return s.grpc.Serve(l) }

// Drain stops the server: health says NOT_SERVING, long polls end empty, clients are told to connect elsewhere, and calls in flight finish, also those
// that other nodes have passed on. When ctx ends first they are cut off, and its error is returned. No handler runs any more when Drain has returned nil.
func (s *Server) Drain(ctx context.Context) error {
	s.health.Shutdown()
	s.drain()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.grpc.GracefulStop()
	}()
	select {
	case <-finished:
		return s.forwarded.close(ctx)
	case <-ctx.Done():
		s.grpc.Stop()
		<-finished
		return ctx.Err()
	}
}
