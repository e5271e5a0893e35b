package console

import (
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// chain reads a page of an audit log.
type chain func(ctx context.Context, f *adminv1.AuditFilter, size int32, token string) (*adminv1.ListAuditRecordsResponse, error)

// chainOf is the log of a tenant.
func (c *Console) chainOf(at place) chain {
	return func(ctx context.Context, f *adminv1.AuditFilter, size int32, token string) (*adminv1.ListAuditRecordsResponse, error) {
		return c.admin.ListAuditRecords(ctx, &adminv1.ListAuditRecordsRequest{Tenant: at.tenant.Name, Filter: f, PageSize: size, PageToken: token})
	}
}

// auditLog shows the log of a tenant, the newest first, filtered as the address says.
func (c *Console) auditLog(ec echo.Context, at place) error {
	p := view.AuditPage{TenantFrame: c.tenantFrame(ec, at, view.InAudit, view.Filled{}), Log: view.AuditURL(at.tenant.Name)}
	return c.logPage(ec, p, c.chainOf(at), view.Audit)
}

// auditExport is the log of a tenant as a file, the oldest first.
func (c *Console) auditExport(ec echo.Context, at place) error {
	return c.exportLog(ec, "audit-"+at.tenant.Name+".csv", c.chainOf(at))
}

const auditPageSize = 100 // records

// filterOf reads which records the address asks for. why is what is wrong with it; "": nothing.
func filterOf(ec echo.Context) (f *adminv1.AuditFilter, why string) {
	q := ec.QueryParam
	f = &adminv1.AuditFilter{
		Plane: q("plane"), Namespace: q("namespace"), Action: q("action"), Resource: q("resource"), RunId: q("run"), Principal: q("principal"), Code: q("code"),
		Refused: q("refused") != "",
	}
	for _, each := range []struct {
		field string
		to    **timestamppb.Timestamp
	}{{"since", &f.StartTime}, {"until", &f.EndTime}} {
		text := q(each.field)
		if text == "" {
			continue
		}
		t, err := time.Parse("2006-01-02T15:04", text)
		if err != nil {
			return f, "The time " + strconv.Quote(text) + " cannot be read. It is like 2026-01-31T17:45, in UTC."
		}
		*each.to = timestamppb.New(t)
	}
	return f, ""
}

// logPage shows a page of a log.
func (c *Console) logPage(ec echo.Context, p view.AuditPage, read chain, draw func(view.AuditPage) templ.Component) error {
	ctx, cancel := asked(ec)
	defer cancel()
	f, why := filterOf(ec)
	p.Filter, p.Query = f, ec.QueryParams()
	if why != "" {
		p.Refused = why
		return page(ec, http.StatusBadRequest, draw(p))
	}
	found, err := read(ctx, f, auditPageSize, ec.QueryParam("page"))
	if status, why := explain(err); err != nil && status == http.StatusBadRequest {
		p.Refused = why
		return page(ec, status, draw(p))
	}
	if err != nil {
		return err
	}
	p.Records, p.Next = found.GetRecords(), found.GetNextPageToken()
	return page(ec, http.StatusOK, draw(p))
}

const exportPageSize = 1000 // records or runs that an export holds at a time

// exportLog writes what matches, page by page: of a log of any length, one page is held. A log that cannot be read any more breaks the file off, which a browser
// tells as a failed download.
func (c *Console) exportLog(ec echo.Context, name string, read chain) error {
	f, why := filterOf(ec)
	if why != "" {
		return echo.NewHTTPError(http.StatusBadRequest, why)
	}
	f.OldestFirst = true
	ctx, token := ec.Request().Context(), ""
	found, err := read(ctx, f, exportPageSize, token)
	if err != nil {
		return err
	}
	attached(ec, "text/csv; charset=utf-8", name)
	out := csv.NewWriter(ec.Response())
	_ = out.Write(view.AuditColumns) // Error has it
	for {
		for _, r := range found.GetRecords() {
			_ = out.Write(view.AuditLine(r))
		}
		out.Flush()
		if token = found.GetNextPageToken(); out.Error() != nil || token == "" {
			return out.Error()
		}
		if found, err = read(ctx, f, exportPageSize, token); err != nil {
			c.log.Warn("console: an export of the audit log ended early", "error", err)
			panic(http.ErrAbortHandler)
		}
	}
}
