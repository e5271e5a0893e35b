package admin

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// holderNamed finds a holder of the tenant by how people name it. Errors: InvalidArgument, NotFound.
func (s *Service) holderNamed(ctx context.Context, v visit, text string) (tenants.Holder, error) {
	kind, name, ok := strings.Cut(text, ":")
	if !ok || name == "" {
		return tenants.Holder{}, badHolder(text)
	}
	switch kind {
	case "person":
		id, err := personID(name)
		return tenants.Holder{Kind: tenants.HolderPerson, ID: id}, err
	case "group":
		g, err := s.groupNamed(ctx, v, name)
		return tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID}, err
	case "account":
		a, err := s.accountNamed(ctx, v, name)
		return tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}, err
	}
	return tenants.Holder{}, badHolder(text)
}

func badHolder(text string) error {
	return invalid("Holder %q: it is person:<id>, group:<name> or account:<name>.", text)
}

func personID(text string) (tenants.HolderID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return tenants.HolderID{}, invalid("Person %q: it is not a UUID.", text)
	}
	return tenants.HolderID(id), nil
}

func (s *Service) groupNamed(ctx context.Context, v visit, name string) (tenants.Group, error) {
	g, ok, err := s.access.GroupByName(ctx, v.ID, name)
	switch {
	case err != nil:
		return g, fmt.Errorf("read a group: %w", err)
	case !ok:
		return g, missing("Group %s", name)
	}
	return g, nil
}

func (s *Service) accountNamed(ctx context.Context, v visit, name string) (tenants.Account, error) {
	a, ok, err := s.access.AccountByName(ctx, v.ID, name)
	switch {
	case err != nil:
		return a, fmt.Errorf("read a service account: %w", err)
	case !ok:
		return a, missing("Service account %s", name)
	}
	return a, nil
}

// mayTouch refuses a call that concerns a holder who is more than the caller: with what such a holder has, the caller would become as much.
func (s *Service) mayTouch(ctx context.Context, v visit, h tenants.Holder) error {
	_, rights, err := s.access.RightsOf(ctx, h, nil)
	if err != nil {
		return fmt.Errorf("read the rights of %s: %w", h, err)
	}
	for _, r := range rights {
		switch {
		case r.Tenant == tenants.InstallationTenant && r.Role > v.role():
			return denied("Only operators of the installation may do this: it concerns an operator.")
		case r.Tenant == v.ID && r.Role > v.role():
			return denied("Only owners may do this: it concerns an owner.")
		}
	}
	return nil
}

// rightsOf are what a holder holds in the tenant, for an answer.
func (s *Service) rightsOf(ctx context.Context, v visit, h tenants.Holder) ([]*adminv1.Right, error) {
	_, rights, err := s.access.RightsOf(ctx, h, nil)
	if err != nil {
		return nil, fmt.Errorf("read the rights of %s: %w", h, err)
	}
	var out []*adminv1.Right
	for _, r := range rights {
		if r.Tenant != v.ID {
			continue // what somebody is elsewhere is nobody's business here
		}
		a := &adminv1.Right{Id: uuid.UUID(r.ID).String(), Role: r.Role.String(), Permissions: permissionWords(r.Permissions)}
		if a.Namespace, err = s.namespaceName(ctx, r.Namespace); err != nil {
			return nil, err
		}
		if r.Via != (tenants.HolderID{}) {
			g, _, err := s.access.GroupByID(ctx, r.Via)
			if err != nil {
				return nil, fmt.Errorf("read a group: %w", err)
			}
			a.Via = g.Name
		}
		out = append(out, a)
	}
	return out, nil
}

// namespaceName is a namespace's name; its id when it is gone, and "" for none.
func (s *Service) namespaceName(ctx context.Context, id orchestration.NamespaceID) (string, error) {
	if id.IsZero() {
		return "", nil
	}
	n, err := s.directory.ByID(ctx, id)
	if orchestration.CodeOf(err) == orchestration.NamespaceNotFound {
		return id.String(), nil
	}
	return n.Name, err
}

// namespaceIn finds a namespace of the tenant by its name. Errors: NamespaceNotFound, also for another tenant's.
func (s *Service) namespaceIn(ctx context.Context, v visit, name string) (tenants.Namespace, error) {
	n, err := s.directory.Describe(ctx, name)
	if err == nil && n.Tenant != v.ID {
		err = tenants.NotFound(name)
	}
	return n, err
}

// permissionsOf reads permissions from their words. Errors: InvalidArgument.
func permissionsOf(words []string) (all tenants.Permission, err error) {
	for _, w := range words {
		p, err := tenants.ParsePermission(w)
		if err != nil {
			return 0, err
		}
		all |= p
	}
	return all, nil
}

func permissionWords(p tenants.Permission) []string {
	if p == 0 {
		return nil
	}
	return strings.Split(p.String(), ",")
}
