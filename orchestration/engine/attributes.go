package engine

import (
	"context"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/visibility"
)

// Attributes tells which search attributes a namespace has defined. Unless it is to be fresh, the answer may be some seconds old; so an attribute is refused
// only after a fresh one.
type Attributes func(ctx context.Context, ns orchestration.NamespaceID, fresh bool) (search.Attributes, error)

// none is what namespaces have defined where nobody can define any.
func none(context.Context, orchestration.NamespaceID, bool) (search.Attributes, error) {
	return nil, nil
}

// settable are the attributes of a namespace, fresh if some of the fields is not known else. Without fields nobody is asked.
func (e *Engine) settable(ctx context.Context, ns orchestration.NamespaceID, fields ...map[string]*commonpb.Payload) (search.Attributes, error) {
	var a search.Attributes
	for _, f := range fields {
		if a.Knows(f) {
			continue
		}
		for _, fresh := range []bool{false, true} {
			var err error
			if a, err = e.attributes(ctx, ns, fresh); err != nil {
				return nil, shard.Unread(ctx, err)
			}
			if fresh {
				return a, nil
			}
			if a.Knows(f) {
				break
			}
		}
	}
	return a, nil
}

// typed checks the search attributes of a new run, and gives each payload its type. Errors: InvalidArgument, Unavailable.
func (e *Engine) typed(ctx context.Context, ns orchestration.NamespaceID, in *commonpb.SearchAttributes) (*commonpb.SearchAttributes, error) {
	fields := in.GetIndexedFields()
	if len(fields) == 0 {
		return in, nil
	}
	a, err := e.settable(ctx, ns, fields)
	if err != nil {
		return nil, err
	}
	if err := a.Check(fields); err != nil {
		return nil, err
	}
	return a.Typed(in), nil
}

// typeCommands gives the search attributes that commands set their types, and is what the state machine judges them by.
func (e *Engine) typeCommands(ctx context.Context, ns orchestration.NamespaceID, commands []*commandpb.Command) (search.Attributes, error) {
	var fields []map[string]*commonpb.Payload
	for _, c := range commands {
		if s := searchOf(c); s != nil {
			fields = append(fields, (*s).GetIndexedFields())
		}
	}
	a, err := e.settable(ctx, ns, fields...)
	if err != nil {
		return nil, err
	}
	for _, c := range commands {
		if s := searchOf(c); s != nil {
			*s = a.Typed(*s)
		}
	}
	return a, nil
}

// searchOf is where a command keeps search attributes; nil: nowhere.
func searchOf(c *commandpb.Command) **commonpb.SearchAttributes {
	if a := c.GetUpsertWorkflowSearchAttributesCommandAttributes(); a != nil {
		return &a.SearchAttributes
	}
	if a := c.GetContinueAsNewWorkflowExecutionCommandAttributes(); a != nil {
		return &a.SearchAttributes
	}
	if a := c.GetStartChildWorkflowExecutionCommandAttributes(); a != nil {
		return &a.SearchAttributes
	}
	return nil
}

// compiled is a list filter of a namespace. One that is refused is looked at again with what is defined this very moment.
func (e *Engine) compiled(ctx context.Context, ns orchestration.NamespaceID, query string, d store.Dialect) (visibility.Query, error) {
	if q, err := visibility.Compile(query, nil, d); err == nil {
		return q, nil // it names no custom attribute
	}
	var q visibility.Query
	for _, fresh := range []bool{false, true} {
		a, err := e.attributes(ctx, ns, fresh)
		if err != nil {
			return q, shard.Unread(ctx, err)
		}
		if q, err = visibility.Compile(query, a, d); err == nil || fresh {
			return q, err
		}
	}
	return q, nil
}
