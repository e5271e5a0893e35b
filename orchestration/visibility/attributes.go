package visibility

import (
	"slices"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration/search"
)

// kind says which values an attribute takes and which operators.
type kind int

const (
	keyword kind = iota + 1 // text, compared byte for byte
	runID                   // a run id
	status                  // an execution status
	moment                  // a point in time, to the microsecond
	integer
	duration // nanoseconds
	double
	boolean
	list  // texts
	words // a text, found by its words
)

// kinds are those of custom attributes, by type.
var kinds = map[search.Type]kind{
	search.Keyword: keyword, search.KeywordList: list, search.Text: words, search.Int: integer, search.Double: double, search.Bool: boolean, search.Datetime: moment,
}

// attribute is something of a run that filters can name.
type attribute struct {
	name string
	kind kind
	// column is SQL, never from the user: a column of visibility, or an expression over its columns; postgres is PostgreSQL's where that differs. Empty for
	// attributes whose values are terms, which have a type.
	column, postgres string
	typed            search.Type
	// presence is another column that is null where the attribute has no value; empty: its own is.
	presence string
}

// termed tells whether the attribute's values are terms.
func (a attribute) termed() bool { return a.column == "" }

// prefix begins the terms of a termed attribute.
func (a attribute) prefix() search.Term { return search.Prefix(a.name, a.typed) }

// aDuration is how long a run went on after its start delay, at least nothing; null while it is open.
const (
	aDuration         = "(CASE WHEN close_time <= execution_time THEN 0 ELSE (close_time - execution_time) * 1000 END)"
	aDurationPostgres = "(CASE WHEN close_time <= execution_time THEN 0 ELSE (EXTRACT(EPOCH FROM close_time - execution_time) * 1000000000)::bigint END)"
)

// system are the attributes that every run has, in the order in which messages list them.
var system = []attribute{
	{name: "WorkflowId", kind: keyword, column: "workflow_id"},
	{name: "RunId", kind: runID, column: "run_id"},
	{name: "WorkflowType", kind: keyword, column: "workflow_type"},
	{name: "TaskQueue", kind: keyword, column: "task_queue"},
	{name: "ExecutionStatus", kind: status, column: "status"},
	{name: "StartTime", kind: moment, column: "start_time"},
	{name: "ExecutionTime", kind: moment, column: "execution_time"},
	{name: "CloseTime", kind: moment, column: "close_time"},
	{name: "ExecutionDuration", kind: duration, column: aDuration, postgres: aDurationPostgres},
	{name: "HistoryLength", kind: integer, column: "history_length"},
	{name: "HistorySizeBytes", kind: integer, column: "history_bytes"},
	{name: "StateTransitionCount", kind: integer, column: "transitions"},
	{name: "ParentWorkflowId", kind: keyword, column: "parent_workflow_id", presence: "parent_run_id"},
	{name: "ParentRunId", kind: runID, column: "parent_run_id"},
	{name: "RootWorkflowId", kind: keyword, column: "root_workflow_id"},
	{name: "RootRunId", kind: runID, column: "root_run_id"},
}

// lookup finds the attribute that a token names, exactly.
func lookup(t token, custom search.Attributes) (attribute, error) {
	i := slices.IndexFunc(system, func(a attribute) bool { return a.name == t.text })
	if i >= 0 {
		return system[i], nil
	}
	if typed, ok := custom.Known(t.text); ok {
		return attribute{name: t.text, kind: kinds[typed], typed: typed}, nil
	}
	return attribute{}, invalidAt(t, "it is not a search attribute; these are: %s", names(custom))
}

// maxNames is how many custom attributes a message lists.
const maxNames = 20

func names(custom search.Attributes) string {
	var all []string
	for _, a := range system {
		all = append(all, a.name)
	}
	own := custom.Names()
	if len(own) > maxNames {
		own = append(own[:maxNames], "…")
	}
	return strings.Join(append(all, own...), ", ")
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

// operators are the comparisons by symbol.
var operators = map[string]operator{"=": equal, "!=": notEqual, "<": less, "<=": lessOrEqual, ">": greater, ">=": greaterOrEqual}

var operatorSQL = map[operator]string{less: " < ", lessOrEqual: " <= ", greater: " > ", greaterOrEqual: " >= "}

// ordered tells whether the operator asks which of two values is larger.
func (o operator) ordered() bool { return o >= less && o <= greaterOrEqual }

// refuses returns why an attribute of the kind cannot be compared so, or "".
func (k kind) refuses(o operator) string {
	switch {
	case o == startsWith && k != keyword:
		return "STARTS_WITH works on attributes of type Keyword only"
	case o.ordered() && k == words:
		return "a Text has no order: use =, != or IS NULL"
	case o.ordered() && (k == runID || k == status || k == boolean || k == list):
		return "it has no order: use =, !=, IN or NOT IN"
	}
	return ""
}
