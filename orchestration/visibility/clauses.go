package visibility

import (
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// filter is a query that has been checked.
type filter struct {
	condition node // nil: everything
	order     order
	groupBy   store.GroupKey
}

// order is what a list is sorted by before the start time. The zero order is newest start first.
type order struct {
	attribute attribute
	key       store.SortKey
	ascending bool
}

// sortKeys are the system attributes that a list can be sorted by: an index has them in order.
var sortKeys = map[string]store.SortKey{
	"StartTime": store.ByStartTime, "CloseTime": store.ByCloseTime, "WorkflowId": store.ByWorkflowID, "WorkflowType": store.ByWorkflowType,
}

// groupKeys are the attributes that a count can be grouped by.
var groupKeys = map[string]store.GroupKey{"ExecutionStatus": store.GroupByStatus, "WorkflowType": store.GroupByWorkflowType, "TaskQueue": store.GroupByTaskQueue}

// clauses reads GROUP BY and ORDER BY, each at most once.
func (p *parser) clauses(f *filter) error {
	for p.clause() {
		t, err := p.use()
		if err != nil {
			return err
		}
		if err := p.expect("BY"); err != nil {
			return err
		}
		if t.is("GROUP") {
			err = p.groupBy(f, t)
		} else {
			err = p.orderBy(f, t)
		}
		if err != nil {
			return err
		}
		if p.now.is(",") {
			return invalidAt(p.now, "one attribute is all that GROUP BY and ORDER BY take")
		}
	}
	return nil
}

func (p *parser) groupBy(f *filter, t token) error {
	if f.groupBy != 0 {
		return invalidAt(t, "GROUP BY stands there already")
	}
	at := p.now
	a, err := p.attribute()
	if err != nil {
		return err
	}
	var ok bool
	if f.groupBy, ok = groupKeys[a.name]; !ok {
		return invalidAt(at, "a count can be grouped by ExecutionStatus, WorkflowType or TaskQueue")
	}
	return nil
}

func (p *parser) orderBy(f *filter, t token) error {
	if f.order.key != 0 {
		return invalidAt(t, "ORDER BY stands there already")
	}
	at := p.now
	a, err := p.attribute()
	if err != nil {
		return err
	}
	f.order.attribute = a
	switch {
	case a.termed() && a.kind != list && a.kind != words:
		f.order.key = store.ByTerm
	default:
		f.order.key = sortKeys[a.name]
	}
	if f.order.key == 0 {
		return invalidAt(at, "a list can be ordered by StartTime, CloseTime, WorkflowId, WorkflowType and by custom attributes with one value")
	}
	if asc, err := p.accept("ASC"); err != nil || asc {
		f.order.ascending = true
		return err
	}
	desc, err := p.accept("DESC")
	f.order.ascending = !desc
	return err
}
