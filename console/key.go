package console

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/console/view"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// key shows one key.
func (c *Console) key(ec echo.Context, at place) error {
	return c.keyPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) keyPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	id, err := param(ec, "key")
	if err != nil {
		return err
	}
	k, err := c.admin.GetKey(ctx, &adminv1.GetKeyRequest{Tenant: at.tenant.Name, Key: id})
	if err != nil {
		return err
	}
	return page(ec, status, view.Key(view.KeyPage{
		TenantFrame: c.tenantFrame(ec, at, view.InKeys, filled), Key: k, Own: k.GetHolder() == at.who.ID, Person: strings.HasPrefix(k.GetHolder(), "person:"),
	}))
}

// rotateKey makes a key that takes over from another, and reveals it.
func (c *Console) rotateKey(ec echo.Context, at place) error {
	again := func(status int, filled view.Filled) error { return c.keyPage(ec, at, status, filled) }
	id, err := param(ec, "key")
	if err != nil {
		return err
	}
	f := formOf(ec, "rotate")
	const most = 10_000 // hours; what is more is refused behind anyway
	hours := f.whole("hours", "Overlap", -1)
	if hours < 0 || hours > most {
		f.refuse("Say for how many hours the old key is to go on; 0 ends it at once.")
	}
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	made, err := c.admin.RotateKey(ec.Request().Context(), &adminv1.RotateKeyRequest{
		Tenant: at.tenant.Name, Key: id, Overlap: durationpb.New(time.Duration(hours) * time.Hour),
	})
	if err != nil {
		return f.fail(err, again)
	}
	return c.reveal(ec, at, made)
}

// switchKey disables or enables a key.
func (c *Console) switchKey(ec echo.Context, at place) error {
	id, err := param(ec, "key")
	if err != nil {
		return err
	}
	f := formOf(ec, "switch")
	disabled, done := f.is("disabled"), view.Done("enabled")
	if disabled {
		done = "disabled"
	}
	return f.end(func() error {
		_, err := c.admin.UpdateKey(ec.Request().Context(), &adminv1.UpdateKeyRequest{Tenant: at.tenant.Name, Key: id, Disabled: &disabled})
		return err
	}, view.Under(view.KeysURL(at.tenant.Name), id), done, func(status int, filled view.Filled) error { return c.keyPage(ec, at, status, filled) })
}

// revokeKey ends a key for good.
func (c *Console) revokeKey(ec echo.Context, at place) error {
	id, err := param(ec, "key")
	if err != nil {
		return err
	}
	f := formOf(ec, "revoke")
	f.confirmed(id)
	return f.end(func() error {
		_, err := c.admin.RevokeKey(ec.Request().Context(), &adminv1.RevokeKeyRequest{Tenant: at.tenant.Name, Key: id})
		return err
	}, view.Under(view.KeysURL(at.tenant.Name), id), "revoked", func(status int, filled view.Filled) error { return c.keyPage(ec, at, status, filled) })
}
