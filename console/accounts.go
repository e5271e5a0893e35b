package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// accounts lists the service accounts of a tenant.
func (c *Console) accounts(ec echo.Context, at place) error {
	return c.accountsPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) accountsPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	found, err := c.admin.ListAccounts(ctx, &adminv1.ListAccountsRequest{Tenant: at.tenant.Name, PageToken: ec.QueryParam("page")})
	if err != nil {
		return err
	}
	return page(ec, status, view.Accounts(view.AccountsPage{
		TenantFrame: c.tenantFrame(ec, at, view.InAccounts, filled), Accounts: found.GetAccounts(), Next: found.GetNextPageToken(),
	}))
}

// makeAccount makes a service account.
func (c *Console) makeAccount(ec echo.Context, at place) error {
	f := formOf(ec, "account")
	name := f.text("name")
	return f.end(func() error {
		_, err := c.admin.CreateAccount(ec.Request().Context(), &adminv1.CreateAccountRequest{Tenant: at.tenant.Name, Name: name})
		return err
	}, view.Under(view.AccountsURL(at.tenant.Name), name), "account", func(status int, filled view.Filled) error { return c.accountsPage(ec, at, status, filled) })
}

// account shows one service account.
func (c *Console) account(ec echo.Context, at place) error {
	name, err := param(ec, "account")
	if err != nil {
		return err
	}
	return c.accountPage(ec, at, name, http.StatusOK, view.Filled{})
}

func (c *Console) accountPage(ec echo.Context, at place, name string, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	a, err := c.admin.GetAccount(ctx, &adminv1.GetAccountRequest{Tenant: at.tenant.Name, Account: name})
	if err != nil {
		return err
	}
	names, err := c.namespaceNames(ctx, at)
	if err != nil {
		return err
	}
	return page(ec, status, view.Account(view.AccountPage{TenantFrame: c.tenantFrame(ec, at, view.InAccounts, filled), Account: a, Namespaces: names}))
}

// switchAccount disables or enables a service account.
func (c *Console) switchAccount(ec echo.Context, at place) error {
	name, err := param(ec, "account")
	if err != nil {
		return err
	}
	f := formOf(ec, "switch")
	disabled, done := f.is("disabled"), view.Done("enabled")
	if disabled {
		done = "disabled"
	}
	return f.end(func() error {
		_, err := c.admin.UpdateAccount(ec.Request().Context(), &adminv1.UpdateAccountRequest{Tenant: at.tenant.Name, Account: name, Disabled: &disabled})
		return err
	}, view.Under(view.AccountsURL(at.tenant.Name), name), done, func(status int, filled view.Filled) error { return c.accountPage(ec, at, name, status, filled) })
}

// deleteAccount deletes a service account with its keys.
func (c *Console) deleteAccount(ec echo.Context, at place) error {
	name, err := param(ec, "account")
	if err != nil {
		return err
	}
	f := formOf(ec, "delete")
	f.confirmed(name)
	return f.end(func() error {
		_, err := c.admin.DeleteAccount(ec.Request().Context(), &adminv1.DeleteAccountRequest{Tenant: at.tenant.Name, Account: name})
		return err
	}, view.AccountsURL(at.tenant.Name), "unaccounted", func(status int, filled view.Filled) error { return c.accountPage(ec, at, name, status, filled) })
}
