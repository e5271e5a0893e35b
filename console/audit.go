package console

import (
	"net"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Auditor takes note of what people look at and do. It never makes them wait.
type Auditor interface {
	Note(audit.Event)
}

// sourced leaves in a request's context where it came from, and who asks: what is stored of a change has both.
func sourced(ec echo.Context, who *visitor) {
	r := ec.Request()
	ctx := audit.WithOrigin(r.Context(), originOf(r))
	if who != nil {
		ctx = tenants.WithPrincipal(ctx, who.Principal)
	}
	ec.SetRequest(r.WithContext(ctx))
}

func originOf(r *http.Request) audit.Origin {
	o := audit.Origin{Address: r.RemoteAddr, Request: r.Header.Get("X-Request-Id")}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		o.Address = host
	}
	return o
}

// resources are what addresses can be about, by the names of their parameters: kinds as calls are recorded with.
var resources = []string{"workflow", "batch", "queue", "worker"}

// note records a request once it is decided, as its namespace wants it: what was refused, and what changes something, from interventions on; what only
// reads, at all. Pages of no namespace show what their reader may see, and what these change is recorded with the change. refused tells that the route was
// not served.
func (c *Console) note(ec echo.Context, r route, at place, refused bool, err error) {
	least := tenants.AuditInterventions
	if r.method == http.MethodGet && !refused {
		least = tenants.AuditAll
	}
	code, counts := codeOf(err)
	refused = refused || code == codes[http.StatusForbidden] // what depends on whom a form concerns is decided behind the route
	switch {
	case c.auditor == nil, !counts, !refused && r.need.of != aNamespace:
		return
	case refused && code == "Internal":
		return // nobody decided
	case !at.namespace.Audit.Or(c.auditLevel).Covers(least):
		return
	}
	o := originOf(ec.Request())
	e := audit.Event{
		At: c.now(), Plane: audit.Data, Tenant: at.tenant.ID, Namespace: at.namespace.Name, Action: r.method + " " + r.path, Address: o.Address, Request: o.Request, Code: code,
	}
	e.By(at.who.Principal)
	for _, kind := range resources {
		if id, err := param(ec, kind); err == nil && id != "" {
			e.Resource = kind + ":" + id
		}
	}
	if run, err := param(ec, "run"); err == nil {
		e.Run = run
	}
	c.auditor.Note(e)
}

// codes are the names of gRPC's codes for how a page fails. What the server could not do just now is not recorded, as with calls.
var codes = map[int]string{
	http.StatusBadRequest: "InvalidArgument", http.StatusForbidden: "PermissionDenied", http.StatusNotFound: "NotFound", http.StatusConflict: "FailedPrecondition",
	http.StatusGatewayTimeout: "DeadlineExceeded", http.StatusTooManyRequests: "", http.StatusServiceUnavailable: "",
}

// codeOf is the code of an answer; counts is false for one that is not recorded.
func codeOf(err error) (code string, counts bool) {
	if err == nil {
		return "OK", true
	}
	status, _ := explain(err)
	code, ok := codes[status]
	if !ok {
		return "Internal", true
	}
	return code, code != ""
}
