package console

import (
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

// barOf is the filter bar as its form was sent.
func barOf(ec echo.Context) view.FilterBar {
	value := func(name string) string { return strings.TrimSpace(ec.QueryParam(name)) }
	return view.FilterBar{Status: value("status"), Type: value("type"), ID: value("id"), After: value("after"), Before: value("before")}
}

// barShowing is the bar that shows a filter. Fits is false when no bar says the same.
func barShowing(query string) (b view.FilterBar) {
	all, ok := visibility.Outline(query)
	if !ok {
		return b
	}
	for _, c := range all {
		field := fieldOf(&b, c)
		if field == nil || *field != "" || c.Value == "" {
			return view.FilterBar{}
		}
		*field = c.Value
		if c.Attribute != "StartTime" {
			continue
		}
		if *field, ok = local(c.Value); !ok {
			return view.FilterBar{}
		}
	}
	b.Fits = true
	return b
}

// fieldOf is the field for a condition; nil: there is none.
func fieldOf(b *view.FilterBar, c visibility.Comparison) *string {
	switch c.Attribute + " " + c.Operator {
	case "ExecutionStatus =":
		return &b.Status
	case "WorkflowType =":
		return &b.Type
	case "WorkflowId STARTS_WITH":
		return &b.ID
	case "StartTime >=":
		return &b.After
	case "StartTime <":
		return &b.Before
	}
	return nil
}

// local is a filter's moment as fields have it. ok is false for one that they cannot have.
func local(moment string) (field string, ok bool) {
	t, err := time.Parse(time.RFC3339, moment)
	return t.UTC().Format(view.FieldTime), err == nil && t.Nanosecond() == 0
}
