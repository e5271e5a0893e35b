package edge

import (
	"context"
	"slices"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// seenNamespaces is a page of those namespaces that a principal may do anything in, in byte order of their names. next is where the page after it begins, ""
// at the end. It reads the principal's own tenants only, however many others there are. A page may have fewer than size entries, even none, before the end.
func (s *workflowService) seenNamespaces(ctx context.Context, p *tenants.Principal, after string, size int) (page []tenants.Namespace, next string, err error) {
	mine, names, everywhere := p.Reach()
	if everywhere {
		page, err = s.namespaces.List(ctx, after, size)
	} else {
		page, err = s.namespacesOf(ctx, mine, names, after, size)
	}
	if err != nil {
		return nil, "", err
	}
	if len(page) >= size {
		page = page[:size]
		next = page[size-1].Name
	}
	return slices.DeleteFunc(page, func(n tenants.Namespace) bool { return p.In(&n)&anyCall == 0 }), next, nil
}

// namespacesOf are the namespaces of tenants, and those of the names that are there, each once.
func (s *workflowService) namespacesOf(ctx context.Context, of []tenants.TenantID, names []string, after string, size int) (all []tenants.Namespace, err error) {
	for _, t := range of {
		found, err := s.namespaces.ListOf(ctx, t, after, size)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	for _, name := range names {
		if name <= after {
			continue
		}
		n, err := s.namespaces.ByName(ctx, name)
		switch orchestration.CodeOf(err) {
		case orchestration.NamespaceNotFound, orchestration.InvalidArgument:
			continue // a token may permit what is not there
		}
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b tenants.Namespace) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b tenants.Namespace) bool { return a.ID == b.ID }), nil
}
