package administer

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func keyCommand(b BreakGlass) *cobra.Command {
	t := &tool{}
	w := &keyWish{}
	var overlap time.Duration
	service := func(c *call) adminv1.KeyServiceClient { return adminv1.NewKeyServiceClient(c) }
	disable := func(disabled bool) func(*call) (proto.Message, error) {
		return func(c *call) (proto.Message, error) {
			return service(c).UpdateKey(c, &adminv1.UpdateKeyRequest{Tenant: t.tenant, Key: c.args[0], Disabled: &disabled})
		}
	}
	group := t.group("key", "Administer API keys",
		`Administer API keys. A key is what a worker or client shows to prove who it is; its holder is a member or a service account, and it allows what its holder may do,
or of that only what its scopes say. Its text is printed once, when it is made, on standard output alone; only a hash of it is kept.`, true,
		command{use: "list", short: "List keys: yours; to auditors and admins, those of the tenant", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListKeysResponse, error) {
				return service(c).ListKeys(c, &adminv1.ListKeysRequest{Tenant: t.tenant, PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "describe KEY", short: "Show a key", args: 1, call: func(c *call) (proto.Message, error) {
			return service(c).GetKey(c, &adminv1.GetKeyRequest{Tenant: t.tenant, Key: c.args[0]})
		}},
		command{use: "create", short: "Make a key and print it",
			example: `  tenuto key create --tenant acme --holder account:payments --name "payments worker" --scope payments.acme:worker --expires 2160h`,
			flags:   w.flags,
			call: func(c *call) (proto.Message, error) {
				r, err := w.request(t.tenant, time.Now())
				if err != nil {
					return nil, err
				}
				made, err := service(c).CreateKey(c, r)
				return noted(c, made, err)
			}},
		command{use: "rotate KEY", short: "Make a key that takes over from another one, and print it", args: 1,
			flags: func(cmd *cobra.Command) {
				cmd.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "`TIME` for which the old key goes on; up to 720h")
			},
			call: func(c *call) (proto.Message, error) {
				made, err := service(c).RotateKey(c, &adminv1.RotateKeyRequest{Tenant: t.tenant, Key: c.args[0], Overlap: lasting(overlap)})
				return noted(c, made, err)
			}},
		command{use: "disable KEY", short: "Have a key let nobody in", args: 1, call: disable(true)},
		command{use: "enable KEY", short: "Let a key's users in again", args: 1, call: disable(false)},
		command{use: "revoke KEY", short: "End a key for good, within a second everywhere", args: 1, call: func(c *call) (proto.Message, error) {
			return service(c).RevokeKey(c, &adminv1.RevokeKeyRequest{Tenant: t.tenant, Key: c.args[0]})
		}},
	)
	for _, cmd := range group.Commands() {
		if cmd.Name() == "create" {
			w.orBreakGlass(cmd, b)
		}
	}
	return group
}

// orBreakGlass lets a command make a key of an operator in the database itself instead.
func (w *keyWish) orBreakGlass(cmd *cobra.Command, b BreakGlass) {
	var asked bool
	cmd.Flags().BoolVar(&asked, "break-glass", false, "make a key that may do everything, in the database itself; needs its configuration and no server")
	b.Flags(cmd)
	cmd.Long += `

With --break-glass it makes a key of an operator, who may do everything in every tenant: the first key of an installation, or the way back in when nobody has
one any more. Whoever can write the database may do this; it needs postgres.url of the server's configuration, and a running server lets the key in at
once. It is called break-glass, and lives a day and at most 90, unless --name and --expires say otherwise.`
	cmd.Example += "\n  tenuto key create --break-glass --expires 1h"
	call := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if asked {
			return b.Run(cmd, w.name, w.life)
		}
		return call(cmd, args)
	}
}

// keyWish is what flags say about a key.
type keyWish struct {
	holder, name string
	scopes       []string
	life         time.Duration
}

func (w *keyWish) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.holder, "holder", "", "`HOLDER`: account:<name> or person:<id>; default: you")
	f.StringVar(&w.name, "name", "", "`NAME` by which people know the key")
	f.StringArrayVar(&w.scopes, "scope", nil, "`NAMESPACE:PERMISSION,…` that the key is for, * for every namespace; repeatable; default: all that its holder may do")
	f.DurationVar(&w.life, "expires", 0, "`TIME` until the key lets nobody in any more; default: never")
}

// request is the request for a key at a time.
func (w *keyWish) request(tenant string, now time.Time) (*adminv1.CreateKeyRequest, error) {
	r := &adminv1.CreateKeyRequest{Tenant: tenant, Holder: w.holder, Name: w.name}
	if w.life != 0 {
		r.ExpireTime = timestamppb.New(now.Add(w.life))
	}
	for _, text := range w.scopes {
		namespace, permissions, ok := strings.Cut(text, ":") // a permission may have a colon, a namespace has none
		if !ok || namespace == "" {
			return nil, fmt.Errorf("--scope %s: it is NAMESPACE:PERMISSION,…", text)
		}
		if namespace == "*" {
			namespace = ""
		}
		r.Scopes = append(r.Scopes, &adminv1.Scope{Namespace: namespace, Permissions: strings.Split(permissions, ",")})
	}
	return r, nil
}

// noted tells people beside the key what it is.
func noted(c *call, made *adminv1.CreateKeyResponse, err error) (proto.Message, error) {
	if err != nil {
		return nil, err
	}
	until := "until it is revoked"
	if end := made.GetKey().GetExpireTime(); end != nil {
		until = "until " + end.AsTime().Format(time.RFC3339)
	}
	_, err = fmt.Fprintf(c.notes, "key %s of %s lets in %s; it is shown once and kept nowhere\n", made.GetKey().GetId(), made.GetKey().GetHolder(), until)
	return made, err
}
