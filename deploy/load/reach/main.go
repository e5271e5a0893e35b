// Command reach prints how far a measurement reached: the figures of reports of `tenuto bench --json` beside what they must be and are aimed at.
//
//	reach raw.json official.json
//
// It fails when a figure that must be reached is not, or was not measured.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/tenuto-io/tenuto/deploy/load/report"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "reach:", err)
		os.Exit(1)
	}
}

func run(files []string, out io.Writer) error {
	var all []report.Result
	for _, name := range files {
		results, err := report.Read(name)
		if err != nil {
			return err
		}
		all = append(all, results...)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	missed := 0
	_, err := fmt.Fprintln(t, "one-activity workflows, 50 in flight, where nothing else is said\tmeasured\tmust\taim\t\t")
	for _, g := range goals {
		line, ok := g.judge(all)
		if !ok {
			missed++
		}
		if _, err := fmt.Fprintln(t, line); err != nil {
			return err
		}
	}
	if err := errors.Join(err, t.Flush()); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d not reached", missed, len(goals))
	}
	return nil
}
