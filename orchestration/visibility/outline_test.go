package visibility

import (
	"reflect"
	"testing"
)

func TestOutline(t *testing.T) {
	for query, want := range map[string][]Comparison{
		"":                            nil,
		`ExecutionStatus = "Running"`: {{"ExecutionStatus", "=", "Running"}},
		"WorkflowType='it''s' and `StartTime` >= '2024-02-29T00:00:00Z' AND Amount < -1.5": {
			{"WorkflowType", "=", "it's"}, {"StartTime", ">=", "2024-02-29T00:00:00Z"}, {"Amount", "<", "-1.5"},
		},
		`WorkflowId starts_with "a\"b" AND Done = true`: {{"WorkflowId", "STARTS_WITH", `a"b`}, {"Done", "=", "true"}},
		`A <> "x"`: {{"A", "!=", "x"}},
	} {
		if got, ok := Outline(query); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, %v", query, got, ok)
		}
	}
	for _, query := range []string{
		`A = "x" OR B = "y"`, `NOT A = "x"`, `(A = "x")`, `A IN ("x", "y")`, `A BETWEEN 1 AND 2`, `A IS NULL`, `A = "x" AND`, `A = "x" ORDER BY A`, `A`, `A =`,
		`A = "x`, `"A" = "x"`, `A ; "x"`, "\xff", `AND`,
	} {
		if got, ok := Outline(query); ok {
			t.Errorf("%s: %q", query, got)
		}
	}
}

// What can be taken apart has a place for each of its tokens: it neither loops nor panics.
func FuzzOutline(f *testing.F) {
	f.Add(`ExecutionStatus = "Running" AND WorkflowId STARTS_WITH 'x'`)
	f.Add("`a` != 3 AND b = true")
	f.Fuzz(func(t *testing.T, query string) {
		all, ok := Outline(query)
		for _, c := range all {
			if ok && (c.Attribute == "" && c.Operator == "") {
				t.Errorf("%q: %q", query, all)
			}
		}
	})
}
