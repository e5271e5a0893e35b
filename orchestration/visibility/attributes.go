package visibility

import (
	"slices"
	"strings"
)

// kind is the type of an attribute: which values it takes and which operators.
type kind int

const (
	keyword kind = iota + 1 // text, compared byte for byte
	runID                   // a run id
	status                  // an execution status
	moment                  // a point in time, to the microsecond
	integer
)

// attribute is something of a run that filters can name. A custom attribute will be one too, its column an expression over the
// row's encoded attributes.
type attribute struct {
	name   string
	kind   kind
	column string // SQL; never from the user
}

// system are the attributes that every run has, in the order in which messages list them.
var system = []attribute{
	{"WorkflowId", keyword, "workflow_id"},
	{"RunId", runID, "run_id"},
	{"WorkflowType", keyword, "workflow_type"},
	{"TaskQueue", keyword, "task_queue"},
	{"ExecutionStatus", status, "status"},
	{"StartTime", moment, "start_time"},
	{"ExecutionTime", moment, "execution_time"},
	{"CloseTime", moment, "close_time"},
	{"HistoryLength", integer, "history_length"},
}

// lookup finds an attribute by its exact name.
func lookup(name string) (attribute, error) {
	i := slices.IndexFunc(system, func(a attribute) bool { return a.name == name })
	if i < 0 {
		return attribute{}, invalid("%s is not a search attribute; these are: %s", quoted(name), names())
	}
	return system[i], nil
}

func names() string {
	list := make([]string, len(system))
	for i, a := range system {
		list[i] = a.name
	}
	return strings.Join(list, ", ")
}

// operator is a comparison of an attribute with one value.
type operator int

const (
	equal operator = iota + 1
	notEqual
	less
	lessOrEqual
	greater
	greaterOrEqual
	startsWith
)

// operators are the comparisons by the parser's name for them.
var operators = map[string]struct {
	op  operator
	not bool
}{
	"=": {equal, false}, "!=": {notEqual, false}, "<": {less, false}, "<=": {lessOrEqual, false}, ">": {greater, false}, ">=": {greaterOrEqual, false},
	"starts_with": {startsWith, false}, "not starts_with": {startsWith, true},
}

var operatorSQL = map[operator]string{equal: " = ", notEqual: " <> ", less: " < ", lessOrEqual: " <= ", greater: " > ", greaterOrEqual: " >= "}

// ordered tells whether the operator asks which of two values is larger.
func (o operator) ordered() bool { return o >= less && o <= greaterOrEqual }

// refuses returns why an attribute of the kind cannot be compared so, or "".
func (k kind) refuses(o operator) string {
	switch {
	case o == startsWith && k != keyword:
		return "STARTS_WITH works on WorkflowId, WorkflowType and TaskQueue only"
	case o.ordered() && (k == runID || k == status):
		return "it has no order: use =, !=, IN or NOT IN"
	}
	return ""
}
