package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// usage shows what a namespace has used, hour by hour, beside its bounds.
func (c *Console) usage(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InUsage)
	if err != nil {
		return err
	}
	p := view.UsagePage{Frame: frame, Days: usageDays(ec)}
	if p.Report, err = c.used(ctx, at, p.Days); err != nil {
		return err
	}
	p.Quota, err = c.admin.GetQuota(ctx, &adminv1.GetQuotaRequest{Namespace: at.namespace.Name})
	if err != nil {
		return err
	}
	return page(ec, http.StatusOK, view.Usage(p))
}

// usageDays is how far back a page goes: the first of those that are offered, where the address asks for another.
func usageDays(ec echo.Context) int {
	days, err := strconv.Atoi(ec.QueryParam("days"))
	if err != nil || !slices.Contains(view.UsageDays, days) {
		return view.UsageDays[0]
	}
	return days
}

// held is what a namespace holds now. It is kept, and costs nothing to know; counting runs would read them.
func (c *Console) held(ctx context.Context, at place) (*adminv1.Held, error) {
	report, err := c.used(ctx, at, 1)
	return report.GetHeld(), err
}

func (c *Console) used(ctx context.Context, at place, days int) (*adminv1.GetUsageResponse, error) {
	now := c.now()
	return c.admin.GetUsage(ctx, &adminv1.GetUsageRequest{
		Namespace: at.namespace.Name, StartTime: timestamppb.New(now.AddDate(0, 0, -days)), EndTime: timestamppb.New(now),
	})
}

// usageTable is the same as a file of comma-separated values: a line per hour, the units in the names of the columns.
func (c *Console) usageTable(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	days := usageDays(ec)
	report, err := c.used(ctx, at, days)
	if err != nil {
		return err
	}
	attached(ec, "text/csv; charset=utf-8", fmt.Sprintf("usage-%s-%d-days.csv", at.namespace.Name, days))
	return writeUsage(ec.Response(), at.namespace, report)
}

// attached has a browser store what follows as a file.
func attached(ec echo.Context, mediaType, name string) {
	h := ec.Response().Header()
	h.Set(echo.HeaderContentType, mediaType)
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	ec.Response().WriteHeader(http.StatusOK)
}

func writeUsage(w io.Writer, n tenants.Namespace, report *adminv1.GetUsageResponse) error {
	out := csv.NewWriter(w)
	head := []string{"hour", "namespace", "actions"}
	for _, k := range report.GetTotal().GetKinds() {
		head = append(head, "actions_"+k.GetKind())
	}
	_ = out.Write(append(head, "active_gb_hours", "retained_gb_hours", "open_run_hours")) // Error has it
	for _, h := range report.GetHours() {
		line := []string{h.GetStartTime().AsTime().Format(time.RFC3339), n.Name, strconv.FormatInt(h.GetActions(), 10)}
		for _, k := range h.GetKinds() {
			line = append(line, strconv.FormatInt(k.GetCount(), 10))
		}
		for _, f := range []float64{h.GetActiveGbHours(), h.GetRetainedGbHours(), h.GetOpenRunHours()} {
			line = append(line, strconv.FormatFloat(f, 'f', -1, 64))
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}
