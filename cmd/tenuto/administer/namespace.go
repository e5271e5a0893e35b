package administer

import (
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// namespaceWish is what flags say about a namespace.
type namespaceWish struct {
	description, owner string
	data               map[string]string
	retention          time.Duration
	protect, unprotect bool
	audit              string
	codec              string
	codecCredentials   bool
}

func (w *namespaceWish) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.description, "description", "", "what it is for")
	f.StringVar(&w.owner, "owner-email", "", "whom to write to about it")
	f.StringToStringVar(&w.data, "data", nil, "entries of your own, `KEY=VALUE`; repeatable")
	f.DurationVar(&w.retention, "retention", 0, "`TIME` for which closed workflows are kept, like 168h; at least 24h")
	f.StringVar(&w.audit, "audit", "", "`LEVEL` of calls that are recorded: none, interventions, writes, all, or default for the server's audit.calls")
	f.StringVar(&w.codec, "codec-endpoint", "", "`URL` of the codec server that browsers decode payloads with in the console; https://, or http:// on the reader's own machine")
	f.BoolVar(&w.codecCredentials, "codec-credentials", false, "have browsers send the codec server their cookies for it")
	f.BoolVar(&w.protect, "protect", false, "have it not be deleted")
}

// lasting is a duration for a request; nil for none.
func lasting(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func namespaceCommand() *cobra.Command {
	t := &tool{}
	w := &namespaceWish{}
	var yes, wait bool
	update := func(c *call, r *adminv1.UpdateNamespaceRequest) (proto.Message, error) {
		r.Namespace = c.args[0]
		return adminv1.NewNamespaceServiceClient(c).UpdateNamespace(c, r)
	}
	return t.group("namespace", "Administer namespaces: worlds of workflows of their own",
		`Administer namespaces. A new one is named without its tenant, which --tenant says; all others by their whole name, as workers use it: <name>.<tenant>, or
<name> in the tenant default.`, true,
		command{use: "list", short: "List the namespaces of a tenant in which you may do anything", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListNamespacesResponse, error) {
				return adminv1.NewNamespaceServiceClient(c).ListNamespaces(c, &adminv1.ListNamespacesRequest{Tenant: t.tenant, PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "describe NAME", short: "Show a namespace; of a deleted one, how many workflows are left to remove", args: 1, call: func(c *call) (proto.Message, error) {
			return adminv1.NewNamespaceServiceClient(c).GetNamespace(c, &adminv1.GetNamespaceRequest{Namespace: c.args[0]})
		}},
		command{use: "create NAME", short: "Found a namespace", args: 1, example: "  tenuto namespace create payments --tenant acme --retention 720h", flags: w.flags,
			call: func(c *call) (proto.Message, error) {
				return adminv1.NewNamespaceServiceClient(c).CreateNamespace(c, &adminv1.CreateNamespaceRequest{
					Tenant: t.tenant, Name: c.args[0], Description: w.description, OwnerEmail: w.owner, Data: w.data, Retention: lasting(w.retention), Protected: w.protect,
					AuditLevel: w.audit, CodecEndpoint: w.codec, CodecCredentials: w.codecCredentials,
				})
			}},
		command{use: "update NAME", short: "Change what a namespace says of itself, its retention, protection, audit level or codec", args: 1,
			flags: func(cmd *cobra.Command) {
				w.flags(cmd)
				cmd.Flags().BoolVar(&w.unprotect, "unprotect", false, "let it be deleted again")
				cmd.MarkFlagsMutuallyExclusive("protect", "unprotect")
			},
			call: func(c *call) (proto.Message, error) {
				r := &adminv1.UpdateNamespaceRequest{Data: w.data, Retention: lasting(w.retention), AuditLevel: w.audit}
				if c.cmd.Flags().Changed("description") {
					r.Description = &w.description
				}
				if c.cmd.Flags().Changed("owner-email") {
					r.OwnerEmail = &w.owner
				}
				if c.cmd.Flags().Changed("codec-endpoint") {
					r.CodecEndpoint = &w.codec
				}
				if c.cmd.Flags().Changed("codec-credentials") {
					r.CodecCredentials = &w.codecCredentials
				}
				if w.protect || w.unprotect {
					r.Protected = &w.protect
				}
				return update(c, r)
			}},
		command{use: "suspend NAME", short: "Have a namespace accept no calls that change anything", args: 1, call: func(c *call) (proto.Message, error) {
			return update(c, &adminv1.UpdateNamespaceRequest{Suspended: proto.Bool(true)})
		}},
		command{use: "resume NAME", short: "End a namespace's suspension", args: 1, call: func(c *call) (proto.Message, error) {
			return update(c, &adminv1.UpdateNamespaceRequest{Suspended: proto.Bool(false)})
		}},
		command{use: "deprecate NAME", short: "Have a namespace accept no new workflows, for ever; what runs goes on", args: 1, flags: yesFlag(&yes),
			call: func(c *call) (proto.Message, error) {
				if !yes {
					return nil, errNotSure
				}
				return update(c, &adminv1.UpdateNamespaceRequest{Deprecated: true})
			}},
		command{use: "delete NAME", short: "Delete a namespace with all its workflows", args: 1,
			long: " The workflows are removed in the background; the answer has the name by which\nthat can be followed with describe, and --wait waits until nothing is left.",
			flags: func(cmd *cobra.Command) {
				yesFlag(&yes)(cmd)
				cmd.Flags().BoolVar(&wait, "wait", false, "wait until all workflows are removed")
			},
			call: func(c *call) (proto.Message, error) {
				if !yes {
					return nil, errNotSure
				}
				return deleteNamespace(c, wait)
			}},
	)
}

// lookAgain is how often a deletion is looked at.
const lookAgain = 500 * time.Millisecond

// deleteNamespace deletes a namespace, and waits for what --wait says, as long as the command may take.
func deleteNamespace(c *call, wait bool) (proto.Message, error) {
	service := adminv1.NewNamespaceServiceClient(c)
	n, err := service.DeleteNamespace(c, &adminv1.DeleteNamespaceRequest{Namespace: c.args[0]})
	for err == nil && wait && n.GetRemaining() > 0 {
		select {
		case <-c.Done():
			return n, status.Error(codes.DeadlineExceeded, "workflows are still being removed: tenuto namespace describe "+n.GetName()+" tells how many")
		case <-time.After(lookAgain):
		}
		var next *adminv1.Namespace
		if next, err = service.GetNamespace(c, &adminv1.GetNamespaceRequest{Namespace: n.GetName()}); status.Code(err) == codes.NotFound {
			n.Remaining, err = 0, nil
			break
		}
		if err == nil {
			n = next
		}
	}
	return n, err
}
