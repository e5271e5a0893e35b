package declare

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// holder is who holds rights.
type holder struct {
	shown string        // in the plan
	is    string        // what its grants say now
	ref   func() string // when the plan is carried out, as somebody who is invited has no id before
}

func fixed(ref string) holder {
	return holder{shown: strings.Replace(strings.Replace(ref, "account:", "service account ", 1), "group:", "group ", 1), is: ref, ref: func() string { return ref }}
}

// rights has a holder hold what the file says. A role is the only one that somebody has, and permissions in a namespace are all that they have there; with
// pruning, namespaces that the file does not mention count, too.
func (p *planner) rights(h holder, w Rights) error {
	for _, namespace := range slices.Sorted(maps.Keys(w.Permissions)) {
		if !p.willBe(namespace) {
			return fmt.Errorf("%s of %s has permissions in namespace %s, which is not there, nor in the file", h.shown, p.wish.Name, namespace)
		}
		p.permissions(h, p.wireName(namespace), w.Permissions[namespace])
	}
	if w.Role != "" && !p.holds(h, func(g *adminv1.Grant) bool { return g.GetRole() == w.Role }) {
		p.make(func(ctx context.Context) error {
			_, err := p.CreateGrant(ctx, &adminv1.CreateGrantRequest{Tenant: p.wish.Name, Holder: h.ref(), Role: w.Role})
			return err
		}, "role %s in %s for %s", w.Role, p.wish.Name, h.shown)
	}
	for _, g := range p.is.grants[h.is] {
		switch {
		case g.GetRole() != "" && g.GetRole() != w.Role && (w.Role != "" || p.prune.Rights):
			p.takeGrant(g, "role %s in %s from %s", g.GetRole(), p.wish.Name, h.shown)
		case g.GetRole() == "" && p.prune.Rights && !p.mentions(w, g.GetNamespace()):
			p.takeGrant(g, "permissions %s in %s from %s", strings.Join(g.GetPermissions(), ","), g.GetNamespace(), h.shown)
		}
	}
	return nil
}

// willBe tells whether a namespace is there when the plan has been carried out.
func (p *planner) willBe(short string) bool {
	if slices.ContainsFunc(p.wish.Namespaces, func(n Namespace) bool { return n.Name == short }) {
		return true
	}
	taken := p.prune.Namespaces && p.wish.Namespaces != nil
	return p.is.namespaces[p.wireName(short)] != nil && !taken
}

// permissions has a holder hold exactly these in a namespace.
func (p *planner) permissions(h holder, namespace string, words []string) {
	words = inOrder(words)
	same := func(g *adminv1.Grant) bool {
		return g.GetNamespace() == namespace && slices.Equal(inOrder(g.GetPermissions()), words)
	}
	if len(words) > 0 && !p.holds(h, same) {
		p.make(func(ctx context.Context) error {
			_, err := p.CreateGrant(ctx, &adminv1.CreateGrantRequest{Tenant: p.wish.Name, Holder: h.ref(), Namespace: namespace, Permissions: words})
			return err
		}, "permissions %s in %s for %s", strings.Join(words, ","), namespace, h.shown)
	}
	for _, g := range p.is.grants[h.is] {
		if g.GetNamespace() == namespace && !same(g) {
			p.takeGrant(g, "permissions %s in %s from %s", strings.Join(g.GetPermissions(), ","), namespace, h.shown)
		}
	}
}

func (p *planner) holds(h holder, f func(*adminv1.Grant) bool) bool {
	return slices.ContainsFunc(p.is.grants[h.is], f)
}

func (p *planner) takeGrant(g *adminv1.Grant, format string, args ...any) {
	p.take(func(ctx context.Context) error {
		_, err := p.DeleteGrant(ctx, &adminv1.DeleteGrantRequest{Tenant: p.wish.Name, Grant: g.GetId()})
		return err
	}, format, args...)
}

// mentions tells whether rights say something of a namespace.
func (p *planner) mentions(w Rights, namespace string) bool {
	for short := range w.Permissions {
		if p.wireName(short) == namespace {
			return true
		}
	}
	return false
}

// inOrder are words in order, each once.
func inOrder(words []string) []string { return slices.Compact(slices.Sorted(slices.Values(words))) }
