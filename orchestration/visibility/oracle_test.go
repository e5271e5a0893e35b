package visibility

import (
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// truth is the value of a condition: SQL's three.
type truth int

const (
	no truth = iota
	unknown
	yes
)

// truthOf evaluates a filter on a row, by what the operators mean and without SQL.
func truthOf(n node, v *store.Visibility) truth {
	switch n := n.(type) {
	case all:
		t := yes
		for _, p := range n.parts {
			t = min(t, truthOf(p, v))
		}
		return t
	case either:
		t := no
		for _, p := range n.parts {
			t = max(t, truthOf(p, v))
		}
		return t
	case not:
		return yes - truthOf(n.part, v)
	case unset:
		_, set := fieldOf(n.attribute, v)
		return when(!set)
	case compare:
		return compared(n, v)
	case oneOf:
		return contained(n, v)
	case between:
		return min(compared(compare{n.attribute, greaterOrEqual, n.low}, v), compared(compare{n.attribute, lessOrEqual, n.high}, v))
	}
	panic("a node of no kind")
}

func contained(n oneOf, v *store.Visibility) truth {
	t := no
	for _, x := range n.values {
		t = max(t, compared(compare{n.attribute, equal, x}, v))
	}
	return t
}

func compared(n compare, v *store.Visibility) truth {
	have, set := fieldOf(n.attribute, v)
	if !set {
		return unknown
	}
	c := order(n.attribute.kind, have, n.value)
	switch n.operator {
	case equal:
		return when(c == 0)
	case notEqual:
		return when(c != 0)
	case less:
		return when(c < 0)
	case lessOrEqual:
		return when(c <= 0)
	case greater:
		return when(c > 0)
	case greaterOrEqual:
		return when(c >= 0)
	default:
		return when(strings.HasPrefix(have.text, n.value.text))
	}
}

func order(k kind, a, b value) int {
	switch k {
	case keyword:
		return strings.Compare(a.text, b.text)
	case runID:
		return strings.Compare(string(a.run[:]), string(b.run[:]))
	case moment:
		return a.moment.Compare(b.moment)
	default:
		return int(a.number - b.number)
	}
}

func when(b bool) truth {
	if b {
		return yes
	}
	return no
}

// fieldOf is the row's value of an attribute, as stored.
func fieldOf(a attribute, v *store.Visibility) (value, bool) {
	at := func(t time.Time) (value, bool) { return value{moment: micro(t)}, !t.IsZero() }
	switch a.name {
	case "WorkflowId":
		return value{text: v.WorkflowID}, true
	case "RunId":
		return value{run: v.RunID}, true
	case "WorkflowType":
		return value{text: v.Type}, true
	case "TaskQueue":
		return value{text: v.TaskQueue}, true
	case "ExecutionStatus":
		return value{number: int64(v.Status)}, true
	case "StartTime":
		return at(v.StartTime)
	case "ExecutionTime":
		return at(v.ExecutionTime)
	case "CloseTime":
		return at(v.CloseTime)
	case "HistoryLength":
		return value{number: v.HistoryLength}, true
	}
	panic("an attribute without a field: " + a.name)
}
