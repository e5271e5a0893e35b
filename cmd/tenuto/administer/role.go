package administer

import (
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func roleCommand() *cobra.Command {
	t := &tool{}
	service := func(c *call) adminv1.GrantServiceClient { return adminv1.NewGrantServiceClient(c) }
	return t.group("role", "Administer who may do what",
		`Administer who may do what. A holder is person:<id>, group:<name> or account:<name>.

Roles count in the whole tenant: owner (everything), admin (everything but owners), developer (starts, works on and sees everything), auditor (sees everything but payloads),
member (only what permissions add). Permissions count in one namespace: admin, write, worker, read and payload:read.`, true,
		command{use: "list", short: "List who holds what", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListGrantsResponse, error) {
				return service(c).ListGrants(c, &adminv1.ListGrantsRequest{Tenant: t.tenant, PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "give HOLDER ROLE", short: "Give a holder a role in a tenant", args: 2, example: "  tenuto role give --tenant acme group:ops developer",
			call: func(c *call) (proto.Message, error) {
				return service(c).CreateGrant(c, &adminv1.CreateGrantRequest{Tenant: t.tenant, Holder: c.args[0], Role: c.args[1]})
			}},
		command{use: "permit HOLDER NAMESPACE PERMISSION,…", short: "Give a holder permissions in a namespace", args: 3,
			example: "  tenuto role permit --tenant acme account:payments payments.acme worker,write",
			call: func(c *call) (proto.Message, error) {
				return service(c).CreateGrant(c, &adminv1.CreateGrantRequest{
					Tenant: t.tenant, Holder: c.args[0], Namespace: c.args[1], Permissions: strings.Split(c.args[2], ","),
				})
			}},
		command{use: "take GRANT", short: "Take a role or permissions back, by the id that list shows", args: 1, call: func(c *call) (proto.Message, error) {
			return service(c).DeleteGrant(c, &adminv1.DeleteGrantRequest{Tenant: t.tenant, Grant: c.args[0]})
		}},
	)
}
