package administer

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func authorityCommand() *cobra.Command {
	t := &tool{}
	w := &authorityWish{}
	service := func(c *call) adminv1.AuthorityServiceClient { return adminv1.NewAuthorityServiceClient(c) }
	return t.group("authority", "Administer certificate authorities whose clients namespaces let in",
		`Administer certificate authorities. Whoever connects with TLS and a certificate that an authority of a namespace has signed needs no key there: the certificate allows
what the authority's permissions say, in that namespace alone.`, true,
		command{use: "list", short: "List the authorities of a tenant's namespaces", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListAuthoritiesResponse, error) {
				return service(c).ListAuthorities(c, &adminv1.ListAuthoritiesRequest{Tenant: t.tenant, PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "set NAMESPACE NAME FILE PERMISSION,…", short: "Have a namespace let in the clients of an authority, in place of what it knew by that name", args: 4,
			long:    " FILE is the PEM file of the authority's own certificate.",
			example: `  tenuto authority set --tenant acme payments.acme workers ca.pem worker,write --filter ou=payments,cn=worker-*`,
			flags:   w.flags,
			call: func(c *call) (proto.Message, error) {
				r, err := w.request(t.tenant, c.args)
				if err != nil {
					return nil, err
				}
				return service(c).SetAuthority(c, r)
			}},
		command{use: "remove AUTHORITY", short: "Let in an authority's clients no more, within a second everywhere; by the id that list shows", args: 1,
			call: func(c *call) (proto.Message, error) {
				return service(c).RemoveAuthority(c, &adminv1.RemoveAuthorityRequest{Tenant: t.tenant, Authority: c.args[0]})
			}},
	)
}

// authorityWish is what flags say about an authority.
type authorityWish struct{ filters []string }

func (w *authorityWish) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&w.filters, "filter", nil,
		"`WHAT=VALUE,…` that a client's certificate must say, all of them: cn, o, ou, san; a value may begin or end with *; repeatable, and one is enough; default: any client")
}

func (w *authorityWish) request(tenant string, args []string) (*adminv1.SetAuthorityRequest, error) {
	text, err := os.ReadFile(args[2])
	if err != nil {
		return nil, err
	}
	r := &adminv1.SetAuthorityRequest{Tenant: tenant, Namespace: args[0], Name: args[1], Certificate: string(text), Permissions: strings.Split(args[3], ",")}
	for _, text := range w.filters {
		f, err := adminv1.ParseCertificateFilter(text)
		if err != nil {
			return nil, fmt.Errorf("--filter: %w", err)
		}
		r.Filters = append(r.Filters, f)
	}
	return r, nil
}

var authorityHead = []string{"AUTHORITY", "NAMESPACE", "NAME", "SUBJECT", "FILTERS", "PERMISSIONS", "EXPIRES"}

func authorityRow(a *adminv1.Authority) []string {
	filters := make([]string, len(a.GetFilters()))
	for i, f := range a.GetFilters() {
		filters[i] = f.Words()
	}
	return []string{
		a.GetId(), a.GetNamespace(), a.GetName(), a.GetSubject(), strings.Join(filters, " "), strings.Join(a.GetPermissions(), ","), day(a.GetExpireTime()),
	}
}
