package machine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/coroutine"
)

// StackTraceQuery is the query that every workflow answers: where its coroutines are.
const StackTraceQuery = "__stack_trace"

// QueryHandler answers one type of query.
type QueryHandler func(*commonpb.Payloads, *commonpb.Header) (*commonpb.Payloads, error)

// SetQueryHandler makes handler answer queries of a type, in place of an earlier one.
func (r *Run) SetQueryHandler(name string, handler QueryHandler) {
	r.mutating("SetQueryHandler")
	if strings.HasPrefix(name, "__") {
		panic(fmt.Sprintf("query %q: names that begin with two underscores are reserved", name))
	}
	r.queries[name] = handler
}

// Query answers a query from the state at rest. A handler that panics, or tries to change the workflow, fails the query and
// nothing else. One that does not return is a [coroutine.DeadlockError], which breaks the run.
func (r *Run) Query(query *querypb.WorkflowQuery) (answer *commonpb.Payloads, err error) {
	if r.broken != nil {
		return nil, r.broken
	}
	name := query.GetQueryType()
	if name == StackTraceQuery {
		return r.config.Data.ToPayloads(r.scheduler.Stacks())
	}
	if name == MetadataQuery {
		return r.config.Data.ToPayloads(r.metadata())
	}
	handler := r.queries[name]
	if handler == nil {
		return nil, r.unknownQuery(name)
	}
	err = r.scheduler.Execute(r.config.DeadlockTimeout, func() error {
		var failed error
		r.ReadOnly("a query handler", func() { answer, failed = handler(query.GetQueryArgs(), query.GetHeader()) })
		return failed
	})
	if deadlock, ok := err.(*coroutine.DeadlockError); ok {
		r.broken = deadlock
	}
	return answer, err
}

// Broken returns the error after which the run is of no more use, nil if there is none.
func (r *Run) Broken() error { return r.broken }

func (r *Run) unknownQuery(name string) error {
	if r.StartedID == 0 {
		return fmt.Errorf("query %q: the workflow has not run yet", name)
	}
	known := append(slices.Sorted(maps.Keys(r.queries)), StackTraceQuery, MetadataQuery)
	return fmt.Errorf("unknown query type %q: the workflow answers %s", name, strings.Join(known, ", "))
}
