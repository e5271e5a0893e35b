package declare

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func (p *planner) groups() error {
	has := map[string]bool{}
	for _, w := range p.wish.Groups {
		has[w.Name] = true
		is := p.is.groups[w.Name]
		if is == nil {
			p.make(func(ctx context.Context) error {
				_, err := p.CreateGroup(ctx, &adminv1.CreateGroupRequest{Tenant: p.wish.Name, Name: w.Name, Issuer: w.Issuer, Claim: w.Claim})
				return err
			}, "group %s of %s", w.Name, p.wish.Name)
		} else if is.GetIssuer() != w.Issuer || is.GetClaim() != w.Claim {
			return fmt.Errorf("group %s of %s is mapped to %q of %q, the file says %q of %q: what it is mapped to cannot change, so give the new one another name",
				w.Name, p.wish.Name, is.GetClaim(), is.GetIssuer(), w.Claim, w.Issuer)
		}
		if err := p.rights(fixed("group:"+w.Name), w.Rights); err != nil {
			return err
		}
	}
	for _, name := range p.surplus(p.wish.Groups != nil, slices.Collect(maps.Keys(p.is.groups)), has) {
		p.take(func(ctx context.Context) error {
			_, err := p.DeleteGroup(ctx, &adminv1.DeleteGroupRequest{Tenant: p.wish.Name, Group: name})
			return err
		}, "group %s of %s", name, p.wish.Name)
	}
	return nil
}

// wayBackIn is the service account of the keys that are made on the server's machine. A file does not take the way back in away.
const wayBackIn = "break-glass"

func (p *planner) accounts() error {
	has := map[string]bool{wayBackIn: true}
	for _, w := range p.wish.Accounts {
		has[w.Name] = true
		is := p.is.accounts[w.Name]
		if is == nil {
			p.make(func(ctx context.Context) error {
				_, err := p.CreateAccount(ctx, &adminv1.CreateAccountRequest{Tenant: p.wish.Name, Name: w.Name})
				return err
			}, "service account %s of %s", w.Name, p.wish.Name)
		}
		var d differences
		if wish := d.truth("disabled", is.GetDisabled(), w.Disabled); wish != nil {
			p.alter(func(ctx context.Context) error {
				_, err := p.UpdateAccount(ctx, &adminv1.UpdateAccountRequest{Tenant: p.wish.Name, Account: w.Name, Disabled: wish})
				return err
			}, "service account %s of %s: %s", w.Name, p.wish.Name, d)
		}
		if err := p.rights(fixed("account:"+w.Name), w.Rights); err != nil {
			return err
		}
	}
	for _, name := range p.surplus(p.wish.Accounts != nil, slices.Collect(maps.Keys(p.is.accounts)), has) {
		p.take(func(ctx context.Context) error {
			_, err := p.DeleteAccount(ctx, &adminv1.DeleteAccountRequest{Tenant: p.wish.Name, Account: name})
			return err
		}, "service account %s of %s, with its keys", name, p.wish.Name)
	}
	return nil
}

func (p *planner) members() error {
	has := map[string]bool{}
	for _, w := range p.wish.Members {
		who := identity(w.Issuer, w.Subject)
		has[who] = true
		if p.is.members[who] == nil {
			p.make(func(ctx context.Context) error {
				m, err := p.InviteMember(ctx, &adminv1.InviteMemberRequest{Tenant: p.wish.Name, Issuer: w.Issuer, Subject: w.Subject, Name: w.Name})
				p.ids[who] = m.GetId()
				return err
			}, "member %s of %s", who, p.wish.Name)
		}
		h := holder{shown: "member " + who, is: "person:" + p.ids[who], ref: func() string { return "person:" + p.ids[who] }}
		if err := errors.Join(p.rights(h, w.Rights), p.inGroups(who, w)); err != nil {
			return err
		}
	}
	for _, who := range p.surplus(p.wish.Members != nil, slices.Collect(maps.Keys(p.is.members)), has) {
		p.take(func(ctx context.Context) error {
			_, err := p.RemoveMember(ctx, &adminv1.RemoveMemberRequest{Tenant: p.wish.Name, Member: p.ids[who]})
			return err
		}, "member %s of %s, with their keys", who, p.wish.Name)
	}
	return nil
}

// inGroups has a member be in the groups that the file says, and with pruning in no others.
func (p *planner) inGroups(who string, w Member) error {
	for _, name := range w.Groups {
		if p.mapped(name) {
			return fmt.Errorf("member %s of %s: who is in the group %s, an identity provider says", who, p.wish.Name, name)
		}
		if is := p.is.groups[name]; is != nil && slices.Contains(is.GetMembers(), p.ids[who]) {
			continue
		}
		p.make(func(ctx context.Context) error {
			_, err := p.AddGroupMember(ctx, &adminv1.AddGroupMemberRequest{Tenant: p.wish.Name, Group: name, Member: p.ids[who]})
			return err
		}, "member %s in group %s of %s", who, name, p.wish.Name)
	}
	if !p.prune.Rights || w.Groups == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(p.is.groups)) {
		g := p.is.groups[name]
		if g.GetClaim() != "" || slices.Contains(w.Groups, name) || !slices.Contains(g.GetMembers(), p.ids[who]) {
			continue
		}
		p.take(func(ctx context.Context) error {
			_, err := p.RemoveGroupMember(ctx, &adminv1.RemoveGroupMemberRequest{Tenant: p.wish.Name, Group: name, Member: p.ids[who]})
			return err
		}, "member %s in group %s of %s", who, name, p.wish.Name)
	}
	return nil
}

// mapped tells whether an identity provider says who is in a group.
func (p *planner) mapped(group string) bool {
	if is := p.is.groups[group]; is != nil {
		return is.GetClaim() != ""
	}
	return slices.ContainsFunc(p.wish.Groups, func(g Group) bool { return g.Name == group && g.Claim != "" })
}

// surplus are the names that are there and that the file does not have, if they are to be taken away.
func (p *planner) surplus(listed bool, names []string, has map[string]bool) []string {
	if !p.prune.Rights || !listed {
		return nil
	}
	slices.Sort(names)
	return slices.DeleteFunc(names, func(name string) bool { return has[name] })
}
