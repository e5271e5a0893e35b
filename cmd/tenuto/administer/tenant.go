package administer

import (
	"errors"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func tenantCommand() *cobra.Command {
	t := &tool{}
	var title string
	var auditDays int32
	var yes, protect, unprotect bool
	service := func(c *call) adminv1.TenantServiceClient { return adminv1.NewTenantServiceClient(c) }
	update := func(c *call, r *adminv1.UpdateTenantRequest) (proto.Message, error) {
		r.Tenant = c.args[0]
		return service(c).UpdateTenant(c, r)
	}
	return t.group("tenant", "Administer tenants: the organisations that use an installation",
		`Administer tenants. A tenant has namespaces, and members, groups, service accounts and keys of its own; nothing of it is seen from another one. The tenant
default is always there, and its namespaces have plain names; those of others are called <name>.<tenant>.`, false,
		command{use: "list", short: "List the tenants that you belong to; to operators, all", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListTenantsResponse, error) {
				return service(c).ListTenants(c, &adminv1.ListTenantsRequest{PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "describe NAME", short: "Show a tenant", args: 1, call: func(c *call) (proto.Message, error) {
			return service(c).GetTenant(c, &adminv1.GetTenantRequest{Tenant: c.args[0]})
		}},
		command{use: "create NAME", short: "Found a tenant", args: 1, long: " For operators.",
			example: `  tenuto tenant create acme --title "Acme Corporation"`,
			flags:   func(cmd *cobra.Command) { cmd.Flags().StringVar(&title, "title", "", "what people call it") },
			call: func(c *call) (proto.Message, error) {
				return service(c).CreateTenant(c, &adminv1.CreateTenantRequest{Name: c.args[0], Title: title})
			}},
		command{use: "update NAME", short: "Change a tenant's title, protection or audit retention", args: 1,
			flags: func(cmd *cobra.Command) {
				cmd.Flags().StringVar(&title, "title", "", "what people call it")
				cmd.Flags().BoolVar(&protect, "protect", false, "have it not be deleted; for owners")
				cmd.Flags().BoolVar(&unprotect, "unprotect", false, "let it be deleted again; for owners")
				cmd.Flags().Int32Var(&auditDays, "audit-days", 0, "`NUMBER` of days for which its audit records stay; 0: as the server's audit.retention_days; for operators")
				cmd.MarkFlagsMutuallyExclusive("protect", "unprotect")
				cmd.MarkFlagsOneRequired("title", "protect", "unprotect", "audit-days")
			},
			call: func(c *call) (proto.Message, error) {
				r := &adminv1.UpdateTenantRequest{}
				if title != "" {
					r.Title = &title
				}
				if protect || unprotect {
					r.Protected = &protect
				}
				if c.cmd.Flags().Changed("audit-days") {
					r.AuditDays = &auditDays
				}
				return update(c, r)
			}},
		command{use: "suspend NAME", short: "Have a tenant's namespaces accept no changes", args: 1, long: " For operators.", call: func(c *call) (proto.Message, error) {
			return update(c, &adminv1.UpdateTenantRequest{Suspended: proto.Bool(true)})
		}},
		command{use: "resume NAME", short: "End a tenant's suspension", args: 1, long: " For operators.", call: func(c *call) (proto.Message, error) {
			return update(c, &adminv1.UpdateTenantRequest{Suspended: proto.Bool(false)})
		}},
		command{use: "delete NAME", short: "Delete a tenant without namespaces, with everybody and everything in it", args: 1, flags: yesFlag(&yes),
			call: func(c *call) (proto.Message, error) {
				if !yes {
					return nil, errNotSure
				}
				return service(c).DeleteTenant(c, &adminv1.DeleteTenantRequest{Tenant: c.args[0]})
			}},
	)
}

var errNotSure = errors.New("this cannot be undone: say --yes to do it")

func yesFlag(yes *bool) func(*cobra.Command) {
	return func(cmd *cobra.Command) { cmd.Flags().BoolVar(yes, "yes", false, "do it: this cannot be undone") }
}
