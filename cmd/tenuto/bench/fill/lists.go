package fill

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

// queries are lists that people ask for, of what fill has written.
var queries = []string{
	"",
	"ORDER BY StartTime",
	"ExecutionStatus = 'Running'",
	"WorkflowType = 'fill'",
	"RunId = '018df0c0-0000-7000-8000-000000000001'",
	"CloseTime IS NOT NULL ORDER BY CloseTime DESC",
	"FillCustomer = 'customer-777'",
	"FillCustomer STARTS_WITH 'customer-77'",
	"FillCustomer IN ('customer-777', 'customer-778')",
	"FillRegion = 'region-3'",
	"FillRegion != 'region-3'",
	"FillRegion = 'region-3' AND ExecutionStatus = 'Running'",
	"FillRegion = 'region-3' AND FillTags = 'tag-33'",
	"FillAmount > 999900",
	"FillAmount > 500000",
	"FillAmount BETWEEN 1000 AND 2000 AND FillRegion = 'region-1'",
	"FillTags = 'tag-7' AND NOT FillTags = 'tag-8'",
	"FillNote = 'word17'",
	"FillRegion = 'region-1' ORDER BY FillAmount DESC",
	"ORDER BY FillCustomer",
}

// pagesRead is how many pages of pageRows rows are read of each list.
const (
	pagesRead = 20
	pageRows  = 50
)

// ListsCommand is `tenuto bench lists`.
func ListsCommand() *cobra.Command {
	var p place
	cmd := &cobra.Command{
		Use:   "lists",
		Short: "Measure how long pages of filtered lists take, on a database that fill has filled with --attributes",
		Example: `  tenuto bench fill --sqlite /tmp/full.db --runs 1000000 --attributes
  tenuto bench lists --sqlite /tmp/full.db`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.check(); err != nil {
				return err
			}
			db, err := p.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = db.close() }() // nothing was written
			return lists(cmd.Context(), db, cmd.OutOrStdout())
		},
	}
	p.flags(cmd)
	return cmd
}

// lists writes a line per query: the first page, the slowest of all pages, and the count.
func lists(ctx context.Context, db opened, out io.Writer) error {
	ns, err := db.namespaces.Describe(ctx, namespaceName(0))
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "rows\tfirst page ms\tslowest ms\tcount ms\tcounted\t  query")
	for _, query := range queries {
		q, err := visibility.Compile(query, attributes, db.store.Dialect())
		if err != nil {
			return err
		}
		if err := list(ctx, db.store, ns.ID, query, q, w); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return w.Flush()
}

func list(ctx context.Context, s store.Reader, ns orchestration.NamespaceID, query string, q visibility.Query, out io.Writer) error {
	var first, slowest time.Duration
	var page visibility.Page
	read := 0
	for i := range pagesRead {
		part := q.Parts[0]
		began := time.Now()
		rows, err := s.List(ctx, store.ListQuery{
			Namespace: ns, Where: part.Where, Order: part.Order, AfterStart: page.Start, AfterRun: page.Run, AfterKey: page.Key, Limit: pageRows,
		})
		took := time.Since(began)
		if err != nil {
			return err
		}
		if i == 0 {
			first = took
		}
		slowest, read = max(slowest, took), read+len(rows)
		if len(rows) < pageRows {
			break
		}
		if page, err = visibility.ReadPage(visibility.NextPage(ns, query, q, 0, &rows[len(rows)-1]), ns, query, q); err != nil {
			return err
		}
	}
	began := time.Now()
	n, err := s.Count(ctx, store.ListQuery{Namespace: ns, Where: q.Where})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d\t%.1f\t%.1f\t%.0f\t%d\t  %s\n", read, ms(first), ms(slowest), ms(time.Since(began)), n, query)
	return err
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
