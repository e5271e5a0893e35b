package tenants

import (
	"context"
	"maps"
	"regexp"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// Limits of the search attributes that a namespace defines.
const (
	MaxAttributes      = 100 // of one namespace
	MaxAttributeLength = 255 // bytes of a name
)

// attributePattern keeps names usable in list filters without quoting.
var attributePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// SearchAttributes are those that a namespace has defined. Unless they are to be fresh, the answer may be up to CacheFor old.
// Errors: NamespaceNotFound.
func (d *Directory) SearchAttributes(ctx context.Context, id orchestration.NamespaceID, fresh bool) (search.Attributes, error) {
	read := d.ByID
	if fresh {
		read = d.DescribeID
	}
	n, err := read(ctx, id)
	return n.Attributes, err
}

// AddSearchAttributes defines search attributes. What is there already, of the same type, stays.
// Errors: InvalidArgument (name, type, number); AlreadyExists for a name of another type; NamespaceNotFound.
func (d *Directory) AddSearchAttributes(ctx context.Context, name string, add search.Attributes) error {
	for _, a := range add.Names() {
		if err := validateAttribute(a, add[a]); err != nil {
			return err
		}
	}
	return d.changeAttributes(ctx, name, func(have search.Attributes) error {
		for _, a := range add.Names() {
			if t, ok := have[a]; ok && t != add[a] {
				return orchestration.Errorf(orchestration.AlreadyExists, "Search attribute %s already exists with type %s.", a, t)
			}
		}
		maps.Copy(have, add)
		if len(have) > MaxAttributes {
			return orchestration.Errorf(orchestration.InvalidArgument, "The namespace would have %d search attributes, the limit is %d.", len(have), MaxAttributes)
		}
		return nil
	})
}

// RemoveSearchAttributes takes definitions back. Values that runs have stay with them; they cannot be asked for any more.
// Errors: InvalidArgument for one that every namespace has; NotFound for one that is not defined; NamespaceNotFound.
func (d *Directory) RemoveSearchAttributes(ctx context.Context, name string, remove []string) error {
	return d.changeAttributes(ctx, name, func(have search.Attributes) error {
		for _, a := range slices.Compact(slices.Sorted(slices.Values(remove))) {
			if search.IsBuiltIn(a) {
				return orchestration.Errorf(orchestration.InvalidArgument, "Search attribute %s cannot be removed: every namespace has it.", a)
			}
			if _, ok := have[a]; !ok {
				return orchestration.Errorf(orchestration.NotFound, "Search attribute %s is not defined in the namespace.", a)
			}
			delete(have, a)
		}
		return nil
	})
}

// changeAttributes changes what is stored now, whatever other nodes do meanwhile.
func (d *Directory) changeAttributes(ctx context.Context, name string, change func(search.Attributes) error) error {
	_, err := d.change(ctx, name, func(n *Namespace) error {
		if n.Attributes == nil {
			n.Attributes = search.Attributes{}
		}
		return change(n.Attributes)
	})
	return err
}

func validateAttribute(name string, t search.Type) error {
	switch {
	case len(name) > MaxAttributeLength:
		return orchestration.Errorf(orchestration.InvalidArgument, "The name of a search attribute has %d bytes, the limit is %d.", len(name), MaxAttributeLength)
	case !attributePattern.MatchString(name):
		return orchestration.Errorf(orchestration.InvalidArgument,
			"Search attribute %q may hold letters, digits, underscores, dots and hyphens, and begins with a letter or underscore.", name)
	case search.IsBuiltIn(name):
		return orchestration.Errorf(orchestration.InvalidArgument, "Search attribute %s is reserved: every namespace has it.", name)
	case t < search.Text || t > search.KeywordList:
		return orchestration.Errorf(orchestration.InvalidArgument, "Search attribute %s has the unknown type %d.", name, t)
	}
	return nil
}
