package administer

import (
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func holders(c *call) adminv1.HolderServiceClient { return adminv1.NewHolderServiceClient(c) }

func memberCommand() *cobra.Command {
	t := &tool{}
	session := ""
	r := &adminv1.InviteMemberRequest{}
	disable := func(disabled bool) func(*call) (proto.Message, error) {
		return func(c *call) (proto.Message, error) {
			return holders(c).UpdatePerson(c, &adminv1.UpdatePersonRequest{Person: c.args[0], Disabled: &disabled})
		}
	}
	return t.group("member", "Administer members: people in a tenant",
		`Administer members. Who somebody is, an identity provider says: its URL (the issuer) and its id of the person (the subject). Here a member has an id, which
list shows. What a member may do comes from roles and permissions, own ones or a group's: see tenuto role.`, true,
		command{use: "list", short: "List the members of a tenant, with what they may do and why", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListMembersResponse, error) {
				return holders(c).ListMembers(c, &adminv1.ListMembersRequest{Tenant: t.tenant, PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "describe ID", short: "Show a member", args: 1, call: func(c *call) (proto.Message, error) {
			return holders(c).GetMember(c, &adminv1.GetMemberRequest{Tenant: t.tenant, Member: c.args[0]})
		}},
		command{use: "invite", short: "Make a person a member, who need not have signed in yet",
			example: "  tenuto member invite --tenant acme --issuer https://id.example --subject 8f3a… --name Ada",
			flags: func(cmd *cobra.Command) {
				cmd.Flags().StringVar(&r.Issuer, "issuer", "", "`URL` of the identity provider, exactly as its tokens say it")
				cmd.Flags().StringVar(&r.Subject, "subject", "", "the provider's id of the person")
				cmd.Flags().StringVar(&r.Name, "name", "", "what people call them, until the provider says")
				for _, name := range []string{"issuer", "subject"} {
					_ = cmd.MarkFlagRequired(name) // it is there
				}
			},
			call: func(c *call) (proto.Message, error) {
				r.Tenant = t.tenant
				return holders(c).InviteMember(c, r)
			}},
		command{use: "remove ID", short: "Take everything away that a person has in a tenant: roles, groups and keys", args: 1, call: func(c *call) (proto.Message, error) {
			return holders(c).RemoveMember(c, &adminv1.RemoveMemberRequest{Tenant: t.tenant, Member: c.args[0]})
		}},
		command{use: "disable ID", short: "Shut a person out of the whole installation", args: 1, long: " For operators.", call: disable(true)},
		command{use: "enable ID", short: "Let a person in again", args: 1, long: " For operators.", call: disable(false)},
		command{use: "sessions ID", short: "List where a person is signed in to the console", args: 1, long: " For operators.", call: func(c *call) (proto.Message, error) {
			return sessions(c).ListSessions(c, &adminv1.ListSessionsRequest{Person: c.args[0]})
		}},
		command{use: "sign-out ID", short: "End the sessions of a person, all or one", args: 1, long: " For operators. Whoever is not to come in again is disabled: see tenuto member disable.",
			flags: func(cmd *cobra.Command) {
				cmd.Flags().StringVar(&session, "session", "", "`ID` of the one to end, as sessions lists it; otherwise all end")
			},
			call: func(c *call) (proto.Message, error) {
				if c.cmd.Flags().Changed("session") {
					return sessions(c).EndSession(c, &adminv1.EndSessionRequest{Person: c.args[0], Session: session})
				}
				return sessions(c).EndSessions(c, &adminv1.EndSessionsRequest{Person: c.args[0]})
			}},
	)
}

func groupCommand() *cobra.Command {
	t := &tool{}
	r := &adminv1.CreateGroupRequest{}
	return t.group("group", "Administer groups of members",
		`Administer groups. What a group holds counts for its members. A group is filled here, with add and remove; or it is mapped to a group of an identity provider,
whose tokens then say who is in it.`, true,
		command{use: "list", short: "List the groups of a tenant", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListGroupsResponse, error) {
				return holders(c).ListGroups(c, &adminv1.ListGroupsRequest{Tenant: t.tenant, PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "describe NAME", short: "Show a group, and who is in it", args: 1, call: func(c *call) (proto.Message, error) {
			return holders(c).GetGroup(c, &adminv1.GetGroupRequest{Tenant: t.tenant, Group: c.args[0]})
		}},
		command{use: "create NAME", short: "Make a group", args: 1,
			example: "  tenuto group create ops --tenant acme --issuer https://id.example --claim cn=ops",
			flags: func(cmd *cobra.Command) {
				cmd.Flags().StringVar(&r.Issuer, "issuer", "", "`URL` of the identity provider that says who is in it")
				cmd.Flags().StringVar(&r.Claim, "claim", "", "what the provider calls the group")
				cmd.MarkFlagsRequiredTogether("issuer", "claim")
			},
			call: func(c *call) (proto.Message, error) {
				r.Tenant, r.Name = t.tenant, c.args[0]
				return holders(c).CreateGroup(c, r)
			}},
		command{use: "add NAME MEMBER", short: "Put a member into a group", args: 2, call: func(c *call) (proto.Message, error) {
			return holders(c).AddGroupMember(c, &adminv1.AddGroupMemberRequest{Tenant: t.tenant, Group: c.args[0], Member: c.args[1]})
		}},
		command{use: "remove NAME MEMBER", short: "Take a member out of a group", args: 2, call: func(c *call) (proto.Message, error) {
			return holders(c).RemoveGroupMember(c, &adminv1.RemoveGroupMemberRequest{Tenant: t.tenant, Group: c.args[0], Member: c.args[1]})
		}},
		command{use: "delete NAME", short: "Delete a group with what it holds", args: 1, call: func(c *call) (proto.Message, error) {
			return holders(c).DeleteGroup(c, &adminv1.DeleteGroupRequest{Tenant: t.tenant, Group: c.args[0]})
		}},
	)
}

func accountCommand() *cobra.Command {
	t := &tool{}
	disable := func(disabled bool) func(*call) (proto.Message, error) {
		return func(c *call) (proto.Message, error) {
			return holders(c).UpdateAccount(c, &adminv1.UpdateAccountRequest{Tenant: t.tenant, Account: c.args[0], Disabled: &disabled})
		}
	}
	return t.group("account", "Administer service accounts: programs' own identities",
		`Administer service accounts. A worker or a deployment has one, so that it goes on when people leave. What an account may do, tenuto role says; how it proves
who it is, tenuto key.`, true,
		command{use: "list", short: "List the service accounts of a tenant", call: func(c *call) (proto.Message, error) {
			return whole(func(token string) (*adminv1.ListAccountsResponse, error) {
				return holders(c).ListAccounts(c, &adminv1.ListAccountsRequest{Tenant: t.tenant, PageSize: pageSize, PageToken: token})
			})
		}},
		command{use: "describe NAME", short: "Show a service account", args: 1, call: func(c *call) (proto.Message, error) {
			return holders(c).GetAccount(c, &adminv1.GetAccountRequest{Tenant: t.tenant, Account: c.args[0]})
		}},
		command{use: "create NAME", short: "Make a service account", args: 1, call: func(c *call) (proto.Message, error) {
			return holders(c).CreateAccount(c, &adminv1.CreateAccountRequest{Tenant: t.tenant, Name: c.args[0]})
		}},
		command{use: "disable NAME", short: "Have an account's keys let nobody in", args: 1, call: disable(true)},
		command{use: "enable NAME", short: "Let an account in again", args: 1, call: disable(false)},
		command{use: "delete NAME", short: "Delete a service account with its keys", args: 1, call: func(c *call) (proto.Message, error) {
			return holders(c).DeleteAccount(c, &adminv1.DeleteAccountRequest{Tenant: t.tenant, Account: c.args[0]})
		}},
	)
}
