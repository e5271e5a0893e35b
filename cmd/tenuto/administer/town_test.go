package administer_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/cmd/tenuto/administer"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/platform/database"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/admin"
	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/signin"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// town is a served administration with a terminal at it. Who sends no key may do everything.
type town struct {
	t       *testing.T
	access  *tenants.Access
	journal audit.Journal
	tamper  func(statement string, args ...any) // writes into the database by hand
	address string
	left    int64  // of deleted namespaces
	says    string // what somebody types
}

func newTown(t *testing.T) *town {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &town{t: t, journal: sqlite.NewJournal(db.Write, db.Read)}
	w.tamper = func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Write.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	directory := tenants.NewDirectory(sqlite.New(db.Write, db.Read), time.Now)
	w.access = tenants.NewAccess(tenants.AccessConfig{Registry: sqlite.NewRegistry(db.Write, db.Read), Changed: directory.ForgetTenants})
	desk, err := signin.New(signin.Config{Access: w.access, Secret: []byte("thirty-two bytes of a secret, at least")})
	if err != nil {
		t.Fatal(err)
	}
	service := admin.New(admin.Config{Access: w.access, Directory: directory, Namespaces: w, Usage: w, Sessions: desk, Journal: w.journal, Recorder: audit.NewRecorder(w.journal, slog.New(slog.DiscardHandler))})
	server := grpc.NewServer(grpc.UnaryInterceptor(w.admit))
	adminv1.RegisterTenantServiceServer(server, service)
	adminv1.RegisterNamespaceServiceServer(server, service)
	adminv1.RegisterHolderServiceServer(server, service)
	adminv1.RegisterGrantServiceServer(server, service)
	adminv1.RegisterKeyServiceServer(server, service)
	adminv1.RegisterAuthorityServiceServer(server, service)
	adminv1.RegisterQuotaServiceServer(server, service)
	adminv1.RegisterUsageServiceServer(server, service)
	adminv1.RegisterAuditServiceServer(server, service)
	adminv1.RegisterSessionServiceServer(server, service)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.address = l.Addr().String()
	go func() { _ = server.Serve(l) }() // it ends with the test
	t.Cleanup(server.Stop)
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "TENUTO_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("TENUTO_ADDRESS", w.address)
	return w
}

// nobody is the id of no person.
const nobody = "00000000-0000-4000-8000-000000000000"

// signIn has a person have two sessions.
func (w *town) signIn(person string) {
	w.t.Helper()
	now := time.Now()
	for i := range byte(2) {
		err := w.access.InsertSession(w.t.Context(), tenants.Session{
			Hash: [32]byte{i}, Person: tenants.HolderID(uuid.MustParse(person)), Created: now, Seen: now, Expires: now.Add(time.Hour), Address: "192.0.2.7", Agent: "a\x1b[31mfox", Provider: "corp",
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// Remaining implements admin.Namespaces: each time that somebody looks, there is one less.
func (w *town) Remaining(context.Context, orchestration.NamespaceID) (int64, error) {
	w.left = max(0, w.left-1)
	return w.left, nil
}

// Usage implements usage.Reader: three starts in the hour that goes on, of runs that are open.
func (w *town) Usage(_ context.Context, _ orchestration.NamespaceID, _ store.Hour) ([]store.UsageHour, store.Stock, error) {
	hour := store.UsageHour{Hour: store.HourOf(time.Now())}
	hour.Actions[0] = 3
	hour.Stock.OpenRuns = 3
	return []store.UsageHour{hour}, hour.Stock, nil
}

// statuses are the codes that the edge gives errors.
var statuses = map[orchestration.Code]codes.Code{
	orchestration.InvalidArgument: codes.InvalidArgument, orchestration.NotFound: codes.NotFound, orchestration.NamespaceNotFound: codes.NotFound,
	orchestration.PermissionDenied: codes.PermissionDenied, orchestration.FailedPrecondition: codes.FailedPrecondition, orchestration.NamespaceExists: codes.AlreadyExists,
}

// admit does what the edge does, in small.
func (w *town) admit(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	p := tenants.Anybody
	if v := metadata.ValueFromIncomingContext(ctx, "authorization"); len(v) > 0 {
		var err error
		if p, err = w.access.ByKey(ctx, strings.TrimPrefix(v[0], "Bearer "), nil); err != nil {
			return nil, status.Error(codes.Unauthenticated, err.Error())
		}
	}
	resp, err := next(tenants.WithPrincipal(ctx, p), req)
	if code, ok := statuses[orchestration.CodeOf(err)]; ok {
		err = status.Error(code, err.Error())
	}
	return resp, err
}

// run runs a command as main does, and returns what it printed for programs, and for people.
func (w *town) run(args ...string) (out, notes string, err error) {
	w.t.Helper()
	root := &cobra.Command{Use: "tenuto", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(administer.Commands(administer.BreakGlass{
		Flags: func(cmd *cobra.Command) { cmd.Flags().String("config", "", "") },
		Run: func(cmd *cobra.Command, name string, life time.Duration) error {
			_, err := fmt.Fprintln(cmd.ErrOrStderr(), "broke the glass", name, life)
			return err
		},
	})...)
	root.SetIn(strings.NewReader(w.says))
	var o, n bytes.Buffer
	root.SetOut(&o)
	root.SetErr(&n)
	root.SetArgs(args)
	err = root.ExecuteContext(w.t.Context())
	return o.String(), n.String(), err
}

// do runs a command that must succeed, and returns what it printed for programs.
func (w *town) do(args ...string) string {
	w.t.Helper()
	out, _, err := w.run(args...)
	if err != nil {
		w.t.Fatalf("tenuto %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// shows checks that a command succeeds and prints these words.
func (w *town) shows(command string, words ...string) {
	w.t.Helper()
	out := w.do(strings.Fields(command)...)
	for _, word := range words {
		if !strings.Contains(out, word) {
			w.t.Errorf("tenuto %s does not print %q:\n%s", command, word, out)
		}
	}
}

// fails checks that a command fails with an exit code and a sentence that has these words.
func (w *town) fails(command string, code int, words ...string) {
	w.t.Helper()
	_, _, err := w.run(strings.Fields(command)...)
	if err == nil {
		w.t.Errorf("tenuto %s succeeds", command)
		return
	}
	got := 1
	if f, ok := err.(*administer.Failure); ok {
		got = f.ExitCode()
	}
	if got != code || strings.Contains(err.Error(), "\n") {
		w.t.Errorf("tenuto %s: exit code %d, want %d: %v", command, got, code, err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			w.t.Errorf("tenuto %s: %q does not mention %q", command, err, word)
		}
	}
}
