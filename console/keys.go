package console

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// keys lists the keys of a tenant that the reader may see, and has the form for a new one.
func (c *Console) keys(ec echo.Context, at place) error {
	return c.keysPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) keysPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	found, err := c.admin.ListKeys(ctx, &adminv1.ListKeysRequest{Tenant: at.tenant.Name, PageToken: ec.QueryParam("page")})
	if err != nil {
		return err
	}
	p := view.KeysPage{
		TenantFrame: c.tenantFrame(ec, at, view.InKeys, filled), Keys: found.GetKeys(), Next: found.GetNextPageToken(),
		Holder: ec.QueryParam("holder"), Own: strings.HasPrefix(at.who.ID, "person:"),
	}
	if p.Namespaces, err = c.namespaceNames(ctx, at); err != nil {
		return err
	}
	if p.May >= view.Manages {
		all, err := c.admin.ListAccounts(ctx, &adminv1.ListAccountsRequest{Tenant: at.tenant.Name, PageSize: mostChoices})
		if err != nil {
			return err
		}
		p.Accounts = all.GetAccounts()
	}
	return page(ec, status, view.Keys(p))
}

// makeKey makes a key and reveals its secret, this once.
func (c *Console) makeKey(ec echo.Context, at place) error {
	again := func(status int, filled view.Filled) error { return c.keysPage(ec, at, status, filled) }
	f := formOf(ec, "key")
	r := &adminv1.CreateKeyRequest{Tenant: at.tenant.Name, Holder: f.text("holder"), Name: f.text("name"), Scopes: scopesOf(f)}
	if life := f.days("days", "Life"); life != nil {
		r.ExpireTime = timestamppb.New(c.now().Add(life.AsDuration()))
	}
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	made, err := c.admin.CreateKey(ec.Request().Context(), r)
	if err != nil {
		return f.fail(err, again)
	}
	return c.reveal(ec, at, made)
}

// scopesOf reads scopes: the chosen permissions in each chosen namespace, or in all where none is chosen; none at all without permissions.
func scopesOf(f *form) (all []*adminv1.Scope) {
	permissions, namespaces := f.all("permissions"), f.all("namespaces")
	if len(permissions) == 0 && len(namespaces) == 0 {
		return nil
	}
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	for _, n := range namespaces {
		all = append(all, &adminv1.Scope{Namespace: n, Permissions: permissions})
	}
	return all
}

// reveal shows the secret of a key that was made just now, and how to use it.
func (c *Console) reveal(ec echo.Context, at place, made *adminv1.CreateKeyResponse) error {
	ctx, cancel := asked(ec)
	defer cancel()
	namespace := ""
	for _, s := range made.GetKey().GetScopes() {
		namespace = s.GetNamespace()
	}
	if namespace == "" {
		names, err := c.namespaceNames(ctx, at)
		if err == nil && len(names) > 0 {
			namespace = names[0] // an example is better than none; without it the page has a placeholder, and the secret is not lost
		}
	}
	if namespace == "" {
		namespace = tenants.NamespaceName("my-namespace", at.tenant.Name)
	}
	return page(ec, http.StatusOK, view.RevealedKey(view.RevealedKeyPage{
		TenantFrame: c.tenantFrame(ec, at, view.InKeys, view.Filled{}), Key: made.GetKey(), Secret: made.GetSecret(),
		Snippets: view.Snippets(c.server, namespace, made.GetSecret()), Encrypted: c.encrypted,
	}))
}
