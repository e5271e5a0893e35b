package console

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// subject is what a route is about, as far as its permission goes.
type subject int

const (
	everybody       subject = iota + 1 // needs no session
	whoever                            // needs a session; the page has only what its reader may see
	theInstallation                    // needs an operator
	aTenant                            // the tenant in the address, which the reader knows
	aNamespace                         // the namespace in the address, in which the reader needs a permission
)

// need is who may use a route.
type need struct {
	of    subject
	needs tenants.Permission // in the namespace: all of these
	role  tenants.Role       // in the tenant: at least this
}

// The needs that routes have. A route without one is served to nobody.
var (
	open     = need{of: everybody}
	signedIn = need{of: whoever}
	inTenant = need{of: aTenant}
	reading  = need{of: aNamespace, needs: tenants.Read}

	writing       = need{of: aNamespace, needs: tenants.Read | tenants.Write}
	administering = need{of: aNamespace, needs: tenants.Admin}

	belonging = need{of: aTenant, role: tenants.Member}
	auditing  = need{of: aTenant, role: tenants.Auditor}
	managing  = need{of: aTenant, role: tenants.Administrator}
	owning    = need{of: aTenant, role: tenants.Owner}

	operating   = need{of: theInstallation, role: tenants.Operator}
	operatingOn = need{of: aTenant, role: tenants.Operator}
	// bounding sets the quota of a namespace: or a noisy tenant would give itself room.
	bounding = need{of: aNamespace, needs: tenants.Admin, role: tenants.Operator}
)

// place is who asks, and about what: everything that the route's need had looked up.
type place struct {
	who       *visitor
	tenant    tenants.Tenant
	namespace tenants.Namespace
}

// may tells whether who asks may do in the namespace what a need names.
func (p place) may(n need) bool { return p.who.In(&p.namespace)&n.needs == n.needs }

// handler answers a request that was admitted.
type handler func(ec echo.Context, at place) error

// signedOut is what a request without session is answered: the page that asks to sign in.
var signedOut = echo.NewHTTPError(http.StatusUnauthorized, "Sign in first.")

// unattended is the header of a request that a page makes by itself: a session in which nobody does anything ends however many of them come.
const unattended = "Unattended"

// guarded serves a route to those who may use it, and has that recorded.
func (c *Console) guarded(r route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		at, err := c.admit(ec, r.need, ec.Request().Header.Get(unattended) == "")
		if err == signedOut {
			return c.door.welcome(ec)
		}
		refused := err != nil
		if !refused {
			sourced(ec, at.who)
			err = r.serve(ec, at)
		}
		if at.who != nil {
			c.note(ec, r, at, refused, outcome(ec, err))
		}
		return err
	}
}

// outcome is how a request has ended, also for the record: a form that is shown again has failed.
func outcome(ec echo.Context, err error) error {
	if status := ec.Response().Status; err == nil && ec.Response().Committed && status >= http.StatusBadRequest {
		return echo.NewHTTPError(status)
	}
	return err
}

// admit decides whether a request may be served. What a reader may not know of does not exist, in the same words as what does not.
// Errors: signedOut; 404; 403; else it could not be found out.
func (c *Console) admit(ec echo.Context, n need, used bool) (at place, err error) {
	if n.of == everybody {
		return at, nil
	}
	if at.who, err = c.door.who(ec, used); err != nil {
		return at, err
	}
	if at.who == nil {
		return at, signedOut
	}
	ctx, cancel := context.WithTimeout(ec.Request().Context(), readTimeout)
	defer cancel()
	switch n.of {
	case whoever:
		return at, nil
	case theInstallation:
		return at, atLeast(ec, at.who.Role(tenants.InstallationTenant), n.role)
	case aTenant, aNamespace:
		if at.tenant, err = c.tenantOf(ctx, ec, at.who); err != nil || n.of == aTenant {
			if err == nil {
				err = atLeast(ec, at.who.Role(at.tenant.ID), n.role)
			}
			return at, err
		}
		at.namespace, err = c.namespaceOf(ctx, ec, at)
		if err == nil && (n.needs == 0 || !at.may(n)) {
			err = echo.NewHTTPError(http.StatusForbidden, "You may not "+verbOf(ec)+" this: it takes the permission "+n.needs.String()+" in the namespace.")
		}
		if err == nil {
			err = atLeast(ec, at.who.Role(at.tenant.ID), n.role)
		}
		return at, err
	}
	return at, errNoPage
}

// atLeast refuses who is less than a route needs. Errors: 403.
func atLeast(ec echo.Context, is, least tenants.Role) error {
	switch {
	case is >= least:
		return nil
	case least == tenants.Operator:
		return echo.NewHTTPError(http.StatusForbidden, "Only operators of the installation may "+verbOf(ec)+" this.")
	}
	return echo.NewHTTPError(http.StatusForbidden, "You may not "+verbOf(ec)+" this: it takes the role "+least.String()+" in the tenant.")
}

// verbOf is what a request wants to do with what it names.
func verbOf(ec echo.Context) string {
	if ec.Request().Method == http.MethodGet {
		return "see"
	}
	return "do"
}

// tenantOf is the tenant in the address. Errors: 404, also for a tenant that is not for this reader to know of.
func (c *Console) tenantOf(ctx context.Context, ec echo.Context, who *visitor) (tenants.Tenant, error) {
	name, err := param(ec, "tenant")
	if err != nil {
		return tenants.Tenant{}, err
	}
	t, err := c.tenants.TenantNamed(ctx, name)
	switch {
	case orchestration.CodeOf(err) == orchestration.NotFound:
		return t, errNoPage
	case err != nil:
		return t, err
	case !who.Knows(t.ID):
		return tenants.Tenant{}, errNoPage
	}
	return t, nil
}

// namespaceOf is the namespace in the address. Errors: 404, also for one of another tenant.
func (c *Console) namespaceOf(ctx context.Context, ec echo.Context, at place) (tenants.Namespace, error) {
	name, err := param(ec, "namespace")
	if err != nil {
		return tenants.Namespace{}, err
	}
	n, err := c.namespaces.ByName(ctx, name)
	switch code := orchestration.CodeOf(err); {
	case err == nil && n.Tenant == at.tenant.ID:
		return n, nil
	case err == nil, code == orchestration.NamespaceNotFound, code == orchestration.InvalidArgument:
		return tenants.Namespace{}, errNoPage
	}
	return tenants.Namespace{}, err
}
