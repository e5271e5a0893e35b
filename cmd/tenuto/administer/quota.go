package administer

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func quotaCommand() *cobra.Command {
	t := &tool{}
	service := func(c *call) adminv1.QuotaServiceClient { return adminv1.NewQuotaServiceClient(c) }
	var bounds quotaBounds
	return t.group("quota", "Administer what namespaces may do at most",
		`Administer quotas. A bound of 0, shown as default, is that of the installation, which may be none; -1 is no bound. docs/usage.md says what each counts.`, false,
		command{use: "describe NAMESPACE", short: "Show a namespace's bounds", args: 1, call: func(c *call) (proto.Message, error) {
			return service(c).GetQuota(c, &adminv1.GetQuotaRequest{Namespace: c.args[0]})
		}},
		command{use: "set NAMESPACE", short: "Change bounds of a namespace; those that are not said stay", args: 1, long: " For operators.",
			example: "  tenuto quota set bank.acme --requests 200 --starts 50", flags: bounds.flags,
			call: func(c *call) (proto.Message, error) {
				q, err := service(c).GetQuota(c, &adminv1.GetQuotaRequest{Namespace: c.args[0]})
				if err != nil {
					return nil, err
				}
				bounds.lay(c.cmd, q)
				return service(c).SetQuota(c, &adminv1.SetQuotaRequest{Namespace: c.args[0], Quota: q})
			}},
	)
}

// quotaBounds are what flags say.
type quotaBounds struct{ requests, starts, pollers, openRuns, retained int64 }

func (b *quotaBounds) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Int64Var(&b.requests, "requests", 0, "calls per second")
	f.Int64Var(&b.starts, "starts", 0, "calls per second that start a workflow")
	f.Int64Var(&b.pollers, "pollers", 0, "polls that wait at once")
	f.Int64Var(&b.openRuns, "open-runs", 0, "open runs, from which on none are started")
	f.Int64Var(&b.retained, "retained-bytes", 0, "bytes of closed runs' histories, from which on none are started")
	cmd.MarkFlagsOneRequired("requests", "starts", "pollers", "open-runs", "retained-bytes")
}

// lay lays what was said over what is.
func (b *quotaBounds) lay(cmd *cobra.Command, q *adminv1.Quota) {
	for name, f := range map[string]struct {
		field *int64
		wish  int64
	}{
		"requests": {&q.Requests, b.requests}, "starts": {&q.Starts, b.starts}, "pollers": {&q.Pollers, b.pollers},
		"open-runs": {&q.OpenRuns, b.openRuns}, "retained-bytes": {&q.RetainedBytes, b.retained},
	} {
		if cmd.Flags().Changed(name) {
			*f.field = f.wish
		}
	}
}

var quotaHead = []string{"REQUESTS/S", "STARTS/S", "POLLERS", "OPEN RUNS", "RETAINED BYTES"}

func quotaRow(q *adminv1.Quota) []string {
	row := make([]string, len(quotaHead))
	for i, n := range []int64{q.GetRequests(), q.GetStarts(), q.GetPollers(), q.GetOpenRuns(), q.GetRetainedBytes()} {
		switch n {
		case 0:
			row[i] = "default"
		case -1:
			row[i] = "none"
		default:
			row[i] = strconv.FormatInt(n, 10)
		}
	}
	return row
}

var usageHead = []string{"HOUR", "ACTIONS", "ACTIVE GB·H", "RETAINED GB·H", "OPEN RUNS·H"}

// usageRows are the hours, and their sum last.
func usageRows(u *adminv1.GetUsageResponse) [][]string {
	row := func(name string, h *adminv1.UsageHour) []string {
		return []string{name, fmt.Sprint(h.GetActions()), decimal(h.GetActiveGbHours()), decimal(h.GetRetainedGbHours()), decimal(h.GetOpenRunHours())}
	}
	var rows [][]string
	for _, h := range u.GetHours() {
		rows = append(rows, row(day(h.GetStartTime()), h))
	}
	return append(rows, row("total", u.GetTotal()))
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
