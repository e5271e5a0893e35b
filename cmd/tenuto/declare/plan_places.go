package declare

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func (p *planner) tenant() {
	w, is := p.wish, p.is.tenant
	if is == nil {
		p.make(func(ctx context.Context) error {
			_, err := p.CreateTenant(ctx, &adminv1.CreateTenantRequest{Name: w.Name, Title: w.Title})
			return err
		}, "tenant %s", w.Name)
		is = &adminv1.Tenant{Title: w.Title}
	}
	r := &adminv1.UpdateTenantRequest{Tenant: w.Name}
	var d differences
	if w.Title != "" && w.Title != is.GetTitle() {
		d.note("title", is.GetTitle(), w.Title)
		r.Title = &w.Title
	}
	r.Protected = d.truth("protected", is.GetProtected(), w.Protected)
	r.Suspended = d.truth("suspended", is.GetSuspended(), w.Suspended)
	if w.AuditDays != nil && *w.AuditDays != is.GetAuditDays() {
		d.note("audit_days", is.GetAuditDays(), *w.AuditDays)
		r.AuditDays = w.AuditDays
	}
	if len(d) > 0 {
		p.alter(func(ctx context.Context) error { _, err := p.UpdateTenant(ctx, r); return err }, "tenant %s: %s", w.Name, d)
	}
}

func (p *planner) namespaces() {
	has := map[string]bool{}
	for _, w := range p.wish.Namespaces {
		name := p.wireName(w.Name)
		has[name] = true
		if is := p.is.namespaces[name]; is != nil {
			p.changeNamespace(name, w, is)
		} else {
			p.makeNamespace(name, w)
		}
		p.quota(name, w.Quota)
		p.authorities(name, w)
	}
	if !p.prune.Namespaces || p.wish.Namespaces == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(p.is.namespaces)) {
		if !has[name] {
			p.take(func(ctx context.Context) error {
				_, err := p.DeleteNamespace(ctx, &adminv1.DeleteNamespaceRequest{Namespace: name})
				return err
			}, "namespace %s, with all its workflows", name)
		}
	}
}

func (p *planner) makeNamespace(name string, w Namespace) {
	r := &adminv1.CreateNamespaceRequest{
		Tenant: p.wish.Name, Name: w.Name, Data: w.Data, Protected: w.Protected != nil && *w.Protected,
		AuditLevel: w.Audit,
	}
	if w.Description != nil {
		r.Description = *w.Description
	}
	if w.OwnerEmail != nil {
		r.OwnerEmail = *w.OwnerEmail
	}
	if w.Codec != nil {
		r.CodecEndpoint = *w.Codec
	}
	if w.Credentials != nil {
		r.CodecCredentials = *w.Credentials
	}
	if w.Retention != 0 {
		r.Retention = durationpb.New(time.Duration(w.Retention))
	}
	p.make(func(ctx context.Context) error { _, err := p.CreateNamespace(ctx, r); return err }, "namespace %s", name)
	if w.Suspended != nil && *w.Suspended {
		p.alter(func(ctx context.Context) error {
			_, err := p.UpdateNamespace(ctx, &adminv1.UpdateNamespaceRequest{Namespace: name, Suspended: w.Suspended})
			return err
		}, "namespace %s: suspended false → true", name)
	}
}

func (p *planner) changeNamespace(name string, w Namespace, is *adminv1.Namespace) {
	r := &adminv1.UpdateNamespaceRequest{Namespace: name, Data: map[string]string{}}
	var d differences
	r.Description = d.text("description", is.GetDescription(), w.Description)
	r.OwnerEmail = d.text("owner_email", is.GetOwnerEmail(), w.OwnerEmail)
	r.CodecEndpoint = d.text("codec_endpoint", is.GetCodecEndpoint(), w.Codec)
	r.CodecCredentials = d.truth("codec_credentials", is.GetCodecCredentials(), w.Credentials)
	for _, key := range slices.Sorted(maps.Keys(w.Data)) {
		if old, ok := is.GetData()[key]; !ok || old != w.Data[key] {
			d.note("data "+key, old, w.Data[key])
			r.Data[key] = w.Data[key]
		}
	}
	if was := is.GetRetention().AsDuration(); w.Retention != 0 && was != time.Duration(w.Retention) {
		d.note("retention", was, time.Duration(w.Retention))
		r.Retention = durationpb.New(time.Duration(w.Retention))
	}
	if w.Audit != "" && w.Audit != is.GetAuditLevel() {
		d.note("audit", is.GetAuditLevel(), w.Audit)
		r.AuditLevel = w.Audit
	}
	r.Protected = d.truth("protected", is.GetProtected(), w.Protected)
	r.Suspended = d.truth("suspended", is.GetSuspended(), w.Suspended)
	if len(d) > 0 {
		p.alter(func(ctx context.Context) error { _, err := p.UpdateNamespace(ctx, r); return err }, "namespace %s: %s", name, d)
	}
}

// differences are what changes of something, in words.
type differences []string

func (d *differences) note(what string, from, to any) {
	*d = append(*d, fmt.Sprintf("%s %v → %v", what, shown(from), shown(to)))
}

// shown is a value in words: texts are quoted, so that none can look like another line of the plan.
func shown(v any) any {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return v
}

// truth notes a wish that differs, and returns it; nil for one that does not.
func (d *differences) truth(what string, is bool, wish *bool) *bool {
	if wish == nil || *wish == is {
		return nil
	}
	d.note(what, is, *wish)
	return wish
}

// text notes a wish that differs, and returns it; nil for one that does not.
func (d *differences) text(what, is string, wish *string) *string {
	if wish == nil || *wish == is {
		return nil
	}
	d.note(what, is, *wish)
	return wish
}

// String lists the differences.
func (d differences) String() string { return strings.Join(d, ", ") }
