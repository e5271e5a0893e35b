package visibility

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// truth is the value of a condition: SQL's three.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func when(b bool) truth {
	if b {
		return yes
	}
	return no
}

// row is a run as lists see it, with its search attributes as Go's own values.
type row struct {
	*store.Visibility
	attributes map[string]any // string, []string, int64, float64, bool or time.Time
}

// meaning is what a condition says of a row, by what the operators mean: without the parser, its tree, terms and SQL.
type meaning func(row) truth

func both(l, r meaning) meaning  { return func(v row) truth { return min(l(v), r(v)) } }
func oneIs(l, r meaning) meaning { return func(v row) truth { return max(l(v), r(v)) } }
func opposite(m meaning) meaning { return func(v row) truth { return yes - m(v) } }
func isUnset(name string) meaning {
	return func(v row) truth { _, set := v.field(name); return when(!set) }
}

// compares relates an attribute to a value of the same Go type. A list has each of its elements, a Text each of its words.
func compares(name, operator string, want any) meaning {
	return func(v row) truth {
		have, set := v.field(name)
		if !set {
			return unknown
		}
		if texts, ok := have.([]string); ok {
			found := slices.ContainsFunc(wanted(want), func(w string) bool { return slices.Contains(texts, w) })
			return when(found == (operator == "="))
		}
		if operator == "starts_with" {
			return when(strings.HasPrefix(have.(string), want.(string)))
		}
		c := compareValues(have, want)
		switch operator {
		case "=":
			return when(c == 0)
		case "!=":
			return when(c != 0)
		case "<":
			return when(c < 0)
		case "<=":
			return when(c <= 0)
		case ">":
			return when(c > 0)
		}
		return when(c >= 0)
	}
}

// wanted is an element that is looked for, or any of the words of a Text.
func wanted(want any) []string {
	if ws, ok := want.([]string); ok {
		return ws
	}
	return []string{want.(string)}
}

func compareValues(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case bool:
		return when2(a) - when2(b.(bool))
	case time.Time:
		return a.Compare(b.(time.Time))
	}
	panic("a value of no type")
}

func when2(b bool) int { return int(when(b)) }

// field is the row's value of an attribute, as stored.
func (v row) field(name string) (any, bool) {
	at := func(t time.Time) (any, bool) { return micro(t), !t.IsZero() }
	closed := !v.CloseTime.IsZero()
	switch name {
	case "WorkflowId":
		return v.WorkflowID, true
	case "RunId":
		return v.RunID.String(), true
	case "WorkflowType":
		return v.Type, true
	case "TaskQueue":
		return v.TaskQueue, true
	case "ExecutionStatus":
		return int64(v.Status), true
	case "StartTime":
		return at(v.StartTime)
	case "ExecutionTime":
		return at(v.ExecutionTime)
	case "CloseTime":
		return at(v.CloseTime)
	case "ExecutionDuration":
		return max(0, micro(v.CloseTime).Sub(micro(v.ExecutionTime)).Nanoseconds()), closed
	case "HistoryLength":
		return v.HistoryLength, true
	case "HistorySizeBytes":
		return v.HistoryBytes, true
	case "StateTransitionCount":
		return v.Transitions, v.Transitions != 0
	case "ParentWorkflowId":
		return v.ParentID, !v.Parent.IsZero()
	case "ParentRunId":
		return v.Parent.String(), !v.Parent.IsZero()
	case "RootWorkflowId":
		return v.RootID, true
	case "RootRunId":
		return v.Root.String(), true
	}
	value, set := v.attributes[name]
	if text, ok := value.(string); ok && custom[name] == search.Text {
		return search.Words(text), set
	}
	return value, set
}
