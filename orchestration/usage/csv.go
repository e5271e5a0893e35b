package usage

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// csvHeader names the columns: those of the storage end the row.
func csvHeader() []string {
	out := []string{"namespace", "hour", "actions"}
	for a := range orchestration.ActionKinds {
		out = append(out, a.String())
	}
	return append(out, "active_gb_hours", "retained_gb_hours", "open_run_hours")
}

// WriteCSV writes reports as comma-separated values, as of RFC 4180: a header if so wanted, and a line per hour. Hours are RFC 3339 in UTC; storage has six
// decimals, a kilobyte-hour. Names of namespaces begin with a letter or digit, so no spreadsheet takes one for a formula.
func WriteCSV(w io.Writer, namespace string, r Report, header bool) error {
	out := csv.NewWriter(w)
	if header {
		if err := out.Write(csvHeader()); err != nil {
			return err
		}
	}
	for _, h := range r.Hours {
		row := []string{namespace, h.Start.Format(time.RFC3339), strconv.FormatInt(h.Actions.Total(), 10)}
		for _, n := range h.Actions {
			row = append(row, strconv.FormatInt(n, 10))
		}
		for _, f := range []float64{h.ActiveGBHours(), h.RetainedGBHours(), h.OpenRunHours()} {
			row = append(row, strconv.FormatFloat(f, 'f', 6, 64))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
