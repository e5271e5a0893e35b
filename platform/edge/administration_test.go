package edge_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/platform/edge"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// request is an HTTP request to the administration of a server, by a name of the server's own unless it says another one.
func (w *world) request(t *testing.T, verb, path, host, credential string, more ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), verb, "http://"+host+path, strings.NewReader(""))
	if credential != "" {
		r.Header.Set("Authorization", "Bearer "+credential)
	}
	for i := 0; i < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.Administration().ServeHTTP(rec, r)
	text, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Code, string(text)
}

// The same credentials and the same table decide gRPC and HTTP.
func TestAdministrationOnBothWires(t *testing.T) {
	l := newLobby(t)
	_, admin := l.key(t, tenants.Administrator, time.Hour)
	_, developer := l.key(t, tenants.Developer, time.Hour)
	service := adminv1.NewTenantServiceClient(l.conn)
	for _, c := range []struct {
		key, tenant string
		code        codes.Code
		http        int
	}{
		{admin, "default", codes.OK, http.StatusOK},
		{developer, "default", codes.PermissionDenied, http.StatusForbidden},
		{"tnt_wrong", "default", codes.Unauthenticated, http.StatusUnauthorized},
		{"", "default", codes.Unauthenticated, http.StatusUnauthorized},
		{admin, "acme", codes.NotFound, http.StatusNotFound},
	} {
		_, err := service.UpdateTenant(as(t.Context(), c.key), &adminv1.UpdateTenantRequest{Tenant: c.tenant})
		if status.Code(err) != c.code {
			t.Errorf("%.8s in %s over gRPC: %v", c.key, c.tenant, err)
		}
		code, text := l.request(t, http.MethodPatch, "/api/admin/v1/tenants/"+c.tenant, "tenuto.example", c.key)
		if code != c.http || err != nil && !strings.Contains(text, status.Convert(err).Message()) {
			t.Errorf("%.8s in %s over HTTP: %d %s", c.key, c.tenant, code, text)
		}
	}
	if log := l.logs.String(); strings.Contains(log, admin) || !strings.Contains(log, "/tenuto.admin.v1.TenantService/UpdateTenant") {
		t.Error("the log shows a key, or not the call")
	}
}

// Without credentials anybody at the machine may administer, but no page that a browser there happens to show.
func TestOpenAdministrationIsNotForPages(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		verb, host string
		headers    []string
		code       int
	}{
		{http.MethodGet, "127.0.0.1:8233", nil, http.StatusOK},
		{http.MethodGet, "localhost:8233", nil, http.StatusOK},
		{http.MethodGet, "[::1]:8233", nil, http.StatusOK},
		{http.MethodGet, "evil.example:8233", nil, http.StatusMisdirectedRequest},
		{http.MethodGet, "evil.example", nil, http.StatusMisdirectedRequest},
		{http.MethodPost, "127.0.0.1:8233", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{http.MethodPost, "127.0.0.1:8233", []string{"Origin", "https://evil.example"}, http.StatusForbidden},
	} {
		if code, text := w.request(t, c.verb, "/api/admin/v1/tenants", c.host, "", c.headers...); code != c.code {
			t.Errorf("%s %s %v: %d %s", c.verb, c.host, c.headers, code, text)
		}
	}
}

func TestServerWithoutAdministration(t *testing.T) {
	s := edge.New(edge.Config{Engine: &fakeEngine{}, Batches: &fakeBatches{}, Namespaces: tenants.NewDirectory(&namespaceStore{}, time.Now)})
	if s.Administration() != nil {
		t.Error("it has one")
	}
}
