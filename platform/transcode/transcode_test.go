package transcode_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/platform/importrules"
	"github.com/tenuto-io/tenuto/platform/transcode"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"github.com/tenuto-io/tenuto/...": "what is served is for others to say",
		"github.com/labstack/echo/...":    "it has no pages",
	})
}

// call is what reached the method.
type call struct {
	method  string
	request proto.Message
}

// ask sends a request, and returns what reached the method (nil: nothing did), and the answer.
func ask(t *testing.T, verb, target, body string, answer proto.Message, err error) (*call, *http.Response, string) {
	t.Helper()
	var got *call
	h, e := transcode.New(func(_ context.Context, method string, request proto.Message) (proto.Message, error) {
		got = &call{method, request}
		return answer, err
	}, adminv1.File_tenuto_admin_v1_tenant_proto.Services().Get(0), adminv1.File_tenuto_admin_v1_holder_proto.Services().Get(0), adminv1.File_tenuto_admin_v1_key_proto.Services().Get(0),
		adminv1.File_tenuto_admin_v1_usage_proto.Services().Get(0), adminv1.File_tenuto_admin_v1_audit_proto.Services().Get(0))
	if e != nil {
		t.Fatal(e)
	}
	r := httptest.NewRequestWithContext(t.Context(), verb, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	text, e := io.ReadAll(w.Result().Body)
	if e != nil {
		t.Fatal(e)
	}
	return got, w.Result(), string(text)
}

func TestRequests(t *testing.T) {
	for name, c := range map[string]struct {
		verb, target, body string
		method             string
		want               proto.Message
	}{
		"a body":        {"POST", "/api/admin/v1/tenants", `{"name":"acme"}`, adminv1.TenantService_CreateTenant_FullMethodName, &adminv1.CreateTenantRequest{Name: "acme"}},
		"a path":        {"GET", "/api/admin/v1/tenants/acme", "", adminv1.TenantService_GetTenant_FullMethodName, &adminv1.GetTenantRequest{Tenant: "acme"}},
		"the path wins": {"PATCH", "/api/admin/v1/tenants/acme", `{"tenant":"other","title":""}`, adminv1.TenantService_UpdateTenant_FullMethodName, &adminv1.UpdateTenantRequest{Tenant: "acme", Title: proto.String("")}},
		"a query":       {"GET", "/api/admin/v1/tenants?page_size=3&pageToken=x", "", adminv1.TenantService_ListTenants_FullMethodName, &adminv1.ListTenantsRequest{PageSize: 3, PageToken: "x"}},
		"a time": {"GET", "/api/admin/v1/namespaces/n/usage?start_time=2026-01-02T03:04:05Z", "", adminv1.UsageService_GetUsage_FullMethodName,
			&adminv1.GetUsageRequest{Namespace: "n", StartTime: timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}},
		"fields of a field": {"GET", "/api/admin/v1/tenants/a/audit?filter.refused=true&filter.fromSequence=7&filter.start_time=2026-01-02T03:04:05Z", "", adminv1.AuditService_ListAuditRecords_FullMethodName,
			&adminv1.ListAuditRecordsRequest{Tenant: "a", Filter: &adminv1.AuditFilter{Refused: true, FromSequence: 7, StartTime: timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}}},
		"no body": {"POST", "/api/admin/v1/tenants/a/keys/k/rotate", "", adminv1.KeyService_RotateKey_FullMethodName, &adminv1.RotateKeyRequest{Tenant: "a", Key: "k"}},
		"names": {"DELETE", "/api/admin/v1/tenants/a/groups/on%20call%2Fnight/members/..", "", adminv1.HolderService_RemoveGroupMember_FullMethodName,
			&adminv1.RemoveGroupMemberRequest{Tenant: "a", Group: "on call/night", Member: ".."}},
	} {
		got, resp, text := ask(t, c.verb, c.target, c.body, &adminv1.Tenant{Name: "acme"}, nil)
		if resp.StatusCode != http.StatusOK || got == nil || got.method != c.method || !proto.Equal(got.request, c.want) {
			t.Errorf("%s: %d %s: %v", name, resp.StatusCode, text, got)
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil || v["name"] != "acme" || v["suspended"] != false || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: answered %s, %v", name, text, err)
		}
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		verb, target, body string
		code               int
		word               string
	}{
		"no page":          {"GET", "/api/admin/v1/none", "", 404, "no such page"},
		"an empty name":    {"GET", "/api/admin/v1/tenants/", "", 404, "no such page"},
		"no method":        {"PUT", "/api/admin/v1/tenants", "", 405, "method"},
		"no JSON":          {"POST", "/api/admin/v1/tenants", "{", 400, "body"},
		"no field":         {"POST", "/api/admin/v1/tenants", `{"nmae":"x"}`, 400, "nmae"},
		"too much":         {"POST", "/api/admin/v1/tenants", `"` + strings.Repeat("x", 1<<20) + `"`, 400, "1048576"},
		"no parameter":     {"GET", "/api/admin/v1/tenants?x=1", "", 400, "x"},
		"twice":            {"GET", "/api/admin/v1/tenants?page_size=1&page_size=2", "", 400, "2 times"},
		"no number":        {"GET", "/api/admin/v1/tenants?page_size=many", "", 400, "many"},
		"no time":          {"GET", "/api/admin/v1/namespaces/n/usage?start_time=noon", "", 400, "2006-01-02T15:04:05Z"},
		"half a path":      {"GET", "/api/admin/v1/tenants/a/audit?filter=x", "", 400, "filter"},
		"no inner field":   {"GET", "/api/admin/v1/tenants/a/audit?filter.none=x", "", 400, "filter.none"},
		"a part of a time": {"GET", "/api/admin/v1/tenants/a/audit?filter.start_time.seconds=1", "", 400, "filter.start_time.seconds"},
		"a part of a text": {"GET", "/api/admin/v1/tenants/a/audit?page_token.x=1", "", 400, "page_token.x"},
		"no text":          {"GET", "/api/admin/v1/tenants/%ff", "", 400, "UTF-8"},
	} {
		got, resp, text := ask(t, c.verb, c.target, c.body, nil, nil)
		if resp.StatusCode != c.code || !strings.Contains(text, c.word) || got != nil {
			t.Errorf("%s: %d %s, %v", name, resp.StatusCode, text, got)
		}
	}
	_, resp, _ := ask(t, "PUT", "/api/admin/v1/tenants", "", nil, nil)
	if got := resp.Header.Get("Allow"); got != "GET, POST" {
		t.Errorf("allowed: %q", got)
	}
}

// A form of another site's page is no JSON.
func TestBodiesSayThatTheyAreJSON(t *testing.T) {
	h, err := transcode.New(func(context.Context, string, proto.Message) (proto.Message, error) {
		t.Error("it reached the method")
		return nil, errors.New("reached")
	}, adminv1.File_tenuto_admin_v1_tenant_proto.Services().Get(0))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/admin/v1/tenants", strings.NewReader(`{"name":"x"}`))
	r.Header.Set("Content-Type", "text/plain")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "application/json") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestErrors(t *testing.T) {
	for code, want := range map[codes.Code]int{
		codes.NotFound: 404, codes.PermissionDenied: 403, codes.Unauthenticated: 401, codes.InvalidArgument: 400, codes.AlreadyExists: 409,
		codes.FailedPrecondition: 400, codes.ResourceExhausted: 429, codes.Unavailable: 503, codes.Internal: 500, codes.Unknown: 500,
	} {
		_, resp, text := ask(t, "GET", "/api/admin/v1/tenants", "", nil, status.Error(code, "said so"))
		var v struct {
			Code    codes.Code `json:"-"`
			Message string     `json:"message"`
		}
		if err := json.Unmarshal([]byte(text), &v); err != nil || resp.StatusCode != want || v.Message != "said so" {
			t.Errorf("%v: %d %s, %v", code, resp.StatusCode, text, err)
		}
		if got := resp.Header.Get("WWW-Authenticate"); (got != "") != (code == codes.Unauthenticated) {
			t.Errorf("%v: WWW-Authenticate %q", code, got)
		}
	}
}

func TestServicesWithoutAnnotations(t *testing.T) {
	_, err := transcode.New(nil, healthpb.File_grpc_health_v1_health_proto.Services().Get(0))
	if err == nil || !strings.Contains(err.Error(), "grpc.health.v1.Health") {
		t.Errorf("got %v", err)
	}
}
