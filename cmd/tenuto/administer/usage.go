package administer

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func usageCommand() *cobra.Command {
	t := &tool{}
	var from, to string
	return t.group("usage", "Tell what namespaces have used",
		`Tell what namespaces have used, by the hour: actions by kind, and storage. docs/usage.md says what one action is. Beside table and json, -o csv writes a line per
hour with a header.`, false,
		command{use: "describe NAMESPACE", short: "Tell what a namespace used, hour by hour", args: 1,
			example: "  tenuto usage describe bank.acme --from 2026-01-01 --to 2026-02-01 -o csv",
			flags: func(cmd *cobra.Command) {
				cmd.Flags().StringVar(&from, "from", "", "`TIME` of the first hour, like 2026-01-31 or 2026-01-31T15:00:00Z; default: a day before the end")
				cmd.Flags().StringVar(&to, "to", "", "`TIME` before which hours begin; default: now")
			},
			call: func(c *call) (proto.Message, error) {
				r := &adminv1.GetUsageRequest{Namespace: c.args[0]}
				var err error
				if r.StartTime, err = moment("--from", from); err != nil {
					return nil, err
				}
				if r.EndTime, err = moment("--to", to); err != nil {
					return nil, err
				}
				return adminv1.NewUsageServiceClient(c).GetUsage(c, r)
			}},
	)
}

// moment reads a day or a time, both of UTC; nil for none.
func moment(flag, text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return timestamppb.New(t), nil
		}
	}
	return nil, fmt.Errorf("%s %q: it is no time like 2026-01-31 or 2026-01-31T15:00:00Z", flag, text)
}

// printCSV prints an answer as comma-separated values, with the columns of the server's own files.
func printCSV(w io.Writer, m proto.Message) error {
	u, ok := m.(*adminv1.GetUsageResponse)
	if !ok {
		return fmt.Errorf("--output csv: only usage has that")
	}
	out := csv.NewWriter(w)
	head := []string{"namespace", "hour", "actions"}
	for _, k := range u.GetTotal().GetKinds() {
		head = append(head, k.GetKind())
	}
	if err := out.Write(append(head, "active_gb_hours", "retained_gb_hours", "open_run_hours")); err != nil {
		return err
	}
	for _, h := range u.GetHours() {
		row := []string{u.GetNamespace(), h.GetStartTime().AsTime().Format(time.RFC3339), strconv.FormatInt(h.GetActions(), 10)}
		for _, k := range h.GetKinds() {
			row = append(row, strconv.FormatInt(k.GetCount(), 10))
		}
		if err := out.Write(append(row, decimal(h.GetActiveGbHours()), decimal(h.GetRetainedGbHours()), decimal(h.GetOpenRunHours()))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
