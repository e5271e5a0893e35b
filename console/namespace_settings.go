package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration/search"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// settings shows what a namespace is set to, and changes it for those who may.
func (c *Console) settings(ec echo.Context, at place) error {
	if at.namespace.State == tenants.Deleted {
		return ec.Redirect(http.StatusFound, view.RemovalURL(at.tenant.Name, at.namespace.Name))
	}
	return c.settingsPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) settingsPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InSettings)
	if err != nil {
		return err
	}
	p := view.SettingsPage{Frame: frame, Filled: filled, Changes: at.who.In(&at.namespace)&tenants.Admin != 0, Operates: at.who.Operates()}
	if p.Namespace, err = c.admin.GetNamespace(ctx, &adminv1.GetNamespaceRequest{Namespace: at.namespace.Name}); err != nil {
		return err
	}
	if p.Quota, err = c.admin.GetQuota(ctx, &adminv1.GetQuotaRequest{Namespace: at.namespace.Name}); err != nil {
		return err
	}
	now, err := c.namespaces.ByID(ctx, at.namespace.ID) // after the form, if there was one
	if err != nil {
		return err
	}
	for _, name := range now.Attributes.Names() {
		p.Attributes = append(p.Attributes, view.Attribute{Name: name, Type: now.Attributes[name].String()})
	}
	return page(ec, status, view.Settings(p))
}

// settle answers a form of the settings.
func (c *Console) settle(ec echo.Context, at place, f *form, done view.Done, change func(context.Context) error) error {
	return f.end(func() error { return change(ec.Request().Context()) }, view.SettingsURL(placeOf(at)), done,
		func(status int, filled view.Filled) error { return c.settingsPage(ec, at, status, filled) })
}

// saveSettings changes description, owner, retention, protection, audit level and codec. A description, owner or codec that is left empty is removed.
func (c *Console) saveSettings(ec echo.Context, at place) error {
	f := formOf(ec, "settings")
	protected := f.is("protected")
	r := &adminv1.UpdateNamespaceRequest{
		Namespace: at.namespace.Name, Retention: f.days("retention", "Retention"), Protected: &protected, AuditLevel: f.text("audit"),
	}
	if description := f.text("description"); f.sent("description") {
		r.Description = &description
	}
	if owner := f.text("owner"); f.sent("owner") {
		r.OwnerEmail = &owner
	}
	if codec := f.text("codec"); f.sent("codec") {
		r.CodecEndpoint = &codec
	}
	if f.sent("codec_credentials") {
		credentials := f.is("codec_credentials")
		r.CodecCredentials = &credentials
	}
	return c.settle(ec, at, f, "saved", func(ctx context.Context) error {
		_, err := c.admin.UpdateNamespace(ctx, r)
		return err
	})
}

// suspend has calls refused that change anything in a namespace, or accepted again.
func (c *Console) suspend(ec echo.Context, at place) error {
	f := formOf(ec, "suspension")
	suspended, done := f.is("suspended"), view.Done("resumed")
	if suspended {
		done = "suspended"
	}
	return c.settle(ec, at, f, done, func(ctx context.Context) error {
		_, err := c.admin.UpdateNamespace(ctx, &adminv1.UpdateNamespaceRequest{Namespace: at.namespace.Name, Suspended: &suspended})
		return err
	})
}

// deprecate has a namespace accept no new workflows any more.
func (c *Console) deprecate(ec echo.Context, at place) error {
	f := formOf(ec, "deprecate")
	f.confirmed(at.namespace.Name)
	return c.settle(ec, at, f, "deprecated", func(ctx context.Context) error {
		_, err := c.admin.UpdateNamespace(ctx, &adminv1.UpdateNamespaceRequest{Namespace: at.namespace.Name, Deprecated: true})
		return err
	})
}

// setQuota bounds a namespace. What is left empty has the default of the installation.
func (c *Console) setQuota(ec echo.Context, at place) error {
	f := formOf(ec, "quota")
	q := &adminv1.Quota{}
	for field, to := range map[string]*int64{
		"requests": &q.Requests, "starts": &q.Starts, "pollers": &q.Pollers, "open_runs": &q.OpenRuns, "retained_bytes": &q.RetainedBytes,
	} {
		if !f.sent(field) {
			f.refuse("The form has not all bounds. Use the one of the page.")
		}
		*to = f.whole(field, view.QuotaTitle(field), 0)
	}
	return c.settle(ec, at, f, "quota", func(ctx context.Context) error {
		_, err := c.admin.SetQuota(ctx, &adminv1.SetQuotaRequest{Namespace: at.namespace.Name, Quota: q})
		return err
	})
}

// defineAttribute defines a search attribute.
func (c *Console) defineAttribute(ec echo.Context, at place) error {
	f := formOf(ec, "attribute")
	kind, err := enumspb.IndexedValueTypeFromString(f.text("type"))
	if err != nil {
		f.refuse("Choose the type of the search attribute.")
	}
	return c.settle(ec, at, f, "defined", func(ctx context.Context) error {
		return c.attributes.AddSearchAttributes(ctx, at.namespace.Name, search.Attributes{f.text("name"): kind})
	})
}

// undefineAttribute takes the definition of a search attribute back.
func (c *Console) undefineAttribute(ec echo.Context, at place) error {
	f := formOf(ec, "")
	return c.settle(ec, at, f, "undefined", func(ctx context.Context) error {
		return c.attributes.RemoveSearchAttributes(ctx, at.namespace.Name, []string{f.text("name")})
	})
}

// deleteNamespace deletes a namespace with all that is in it, and leads to how that gets on.
func (c *Console) deleteNamespace(ec echo.Context, at place) error {
	again := func(status int, filled view.Filled) error { return c.settingsPage(ec, at, status, filled) }
	f := formOf(ec, "delete")
	f.confirmed(at.namespace.Name)
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	n, err := c.admin.DeleteNamespace(ec.Request().Context(), &adminv1.DeleteNamespaceRequest{Namespace: at.namespace.Name})
	if err != nil {
		return f.fail(err, again)
	}
	return ec.Redirect(http.StatusSeeOther, view.RemovalURL(at.tenant.Name, n.GetName()))
}
