package admin

import (
	"context"
	"fmt"
	"slices"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// Limits of what somebody may be called, in bytes. OpenID Connect has subjects of at most 255.
const (
	maxIssuer  = 1024
	maxSubject = 255
)

// InviteMember implements adminv1.HolderServiceServer.
func (s *Service) InviteMember(ctx context.Context, r *adminv1.InviteMemberRequest) (*adminv1.Member, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	switch {
	case len(r.GetIssuer()) > maxIssuer:
		return nil, invalid("The issuer has %d bytes, the limit is %d.", len(r.GetIssuer()), maxIssuer)
	case len(r.GetSubject()) > maxSubject:
		return nil, invalid("The subject has %d bytes, the limit is %d.", len(r.GetSubject()), maxSubject)
	case len(r.GetName()) > tenants.MaxTitleLength:
		return nil, invalid("The name has %d bytes, the limit is %d.", len(r.GetName()), tenants.MaxTitleLength)
	}
	p, err := s.access.Invite(ctx, v.ID, tenants.Identity{Issuer: r.GetIssuer(), Subject: r.GetSubject()}, r.GetName())
	if err != nil {
		return nil, err
	}
	return s.memberAnswer(ctx, v, p)
}

// GetMember implements adminv1.HolderServiceServer.
func (s *Service) GetMember(ctx context.Context, r *adminv1.GetMemberRequest) (*adminv1.Member, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := s.member(ctx, v, r.GetMember())
	if err != nil {
		return nil, err
	}
	return s.memberAnswer(ctx, v, p)
}

// member finds a person of the tenant. Errors: InvalidArgument, NotFound.
func (s *Service) member(ctx context.Context, v visit, text string) (tenants.Person, error) {
	id, err := personID(text)
	if err != nil {
		return tenants.Person{}, err
	}
	p, ok, err := s.access.PersonByID(ctx, id)
	if err != nil {
		return p, fmt.Errorf("read a person: %w", err)
	}
	of, _, err := s.access.RightsOf(ctx, tenants.Holder{Kind: tenants.HolderPerson, ID: id}, nil)
	switch {
	case err != nil:
		return p, fmt.Errorf("read the tenants of a person: %w", err)
	case !ok || !slices.Contains(of, v.ID):
		return tenants.Person{}, missing("Member %s", text)
	}
	return p, nil
}

// ListMembers implements adminv1.HolderServiceServer.
func (s *Service) ListMembers(ctx context.Context, r *adminv1.ListMembersRequest) (*adminv1.ListMembersResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	after, err := idAfter[tenants.HolderID](p)
	if err != nil {
		return nil, err
	}
	found, err := s.access.ListMembers(ctx, v.ID, after, p.size)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListMembersResponse{}
	if n := len(found); n > 0 {
		last := found[n-1].ID
		out.NextPageToken = p.next(n, string(last[:]))
	}
	out.Members, err = answers(found, func(p tenants.Person) (*adminv1.Member, error) { return s.memberAnswer(ctx, v, p) })
	return out, err
}

// RemoveMember implements adminv1.HolderServiceServer.
func (s *Service) RemoveMember(ctx context.Context, r *adminv1.RemoveMemberRequest) (*adminv1.RemoveMemberResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := s.member(ctx, v, r.GetMember())
	if err != nil {
		return nil, err
	}
	if err := s.mayTouch(ctx, v, tenants.Holder{Kind: tenants.HolderPerson, ID: p.ID}); err != nil {
		return nil, err
	}
	return &adminv1.RemoveMemberResponse{}, s.access.Expel(ctx, v.ID, p.ID)
}

// UpdatePerson implements adminv1.HolderServiceServer.
func (s *Service) UpdatePerson(ctx context.Context, r *adminv1.UpdatePersonRequest) (*adminv1.Member, error) {
	p, err := s.person(ctx, r.GetPerson())
	if err != nil {
		return nil, err
	}
	if r.Disabled != nil && r.GetDisabled() != p.Disabled {
		if err := s.access.Disable(ctx, p, r.GetDisabled()); err != nil {
			return nil, err
		}
		p.Disabled = r.GetDisabled()
	}
	return personAnswer(p), nil
}

func (s *Service) memberAnswer(ctx context.Context, v visit, p tenants.Person) (*adminv1.Member, error) {
	out := personAnswer(p)
	var err error
	out.Rights, err = s.rightsOf(ctx, v, tenants.Holder{Kind: tenants.HolderPerson, ID: p.ID})
	return out, err
}

func personAnswer(p tenants.Person) *adminv1.Member {
	return &adminv1.Member{
		Id: p.ID.String(), Issuer: p.Issuer, Subject: p.Subject, Name: p.Name, Email: p.Email, Disabled: p.Disabled,
		CreateTime: timeAnswer(p.Created), LastSeenTime: timeAnswer(p.Seen),
	}
}
