package admin

import (
	"context"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// CreateGroup implements adminv1.HolderServiceServer.
func (s *Service) CreateGroup(ctx context.Context, r *adminv1.CreateGroupRequest) (*adminv1.Group, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	g, err := s.access.CreateGroup(ctx, v.ID, r.GetName(), r.GetIssuer(), r.GetClaim())
	if err != nil {
		return nil, err
	}
	return s.groupAnswer(ctx, v, g)
}

// GetGroup implements adminv1.HolderServiceServer.
func (s *Service) GetGroup(ctx context.Context, r *adminv1.GetGroupRequest) (*adminv1.Group, error) {
	v, g, err := s.visitGroup(ctx, r)
	if err != nil {
		return nil, err
	}
	out, err := s.groupAnswer(ctx, v, g)
	if err != nil {
		return nil, err
	}
	members, err := s.access.ListGroupMembers(ctx, g.ID, tenants.HolderID{}, maxPage)
	for _, id := range members {
		out.Members = append(out.Members, id.String())
	}
	return out, err
}

// visitGroup finds the tenant and the group of a call.
func (s *Service) visitGroup(ctx context.Context, r interface {
	GetTenant() string
	GetGroup() string
}) (visit, tenants.Group, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return v, tenants.Group{}, err
	}
	g, err := s.groupNamed(ctx, v, r.GetGroup())
	return v, g, err
}

// ListGroups implements adminv1.HolderServiceServer.
func (s *Service) ListGroups(ctx context.Context, r *adminv1.ListGroupsRequest) (*adminv1.ListGroupsResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	found, err := s.access.ListGroups(ctx, v.ID, p.after, p.size)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListGroupsResponse{}
	if n := len(found); n > 0 {
		out.NextPageToken = p.next(n, found[n-1].Name)
	}
	out.Groups, err = answers(found, func(g tenants.Group) (*adminv1.Group, error) { return s.groupAnswer(ctx, v, g) })
	return out, err
}

// DeleteGroup implements adminv1.HolderServiceServer.
func (s *Service) DeleteGroup(ctx context.Context, r *adminv1.DeleteGroupRequest) (*adminv1.DeleteGroupResponse, error) {
	v, g, err := s.visitGroup(ctx, r)
	if err == nil {
		err = s.mayTouch(ctx, v, tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID})
	}
	if err != nil {
		return nil, err
	}
	return &adminv1.DeleteGroupResponse{}, s.access.DeleteGroup(ctx, v.ID, g.ID)
}

// AddGroupMember implements adminv1.HolderServiceServer. Whoever comes into a group gets what it holds.
func (s *Service) AddGroupMember(ctx context.Context, r *adminv1.AddGroupMemberRequest) (*adminv1.AddGroupMemberResponse, error) {
	v, g, err := s.visitGroup(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := s.mayTouch(ctx, v, tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID}); err != nil {
		return nil, err
	}
	p, err := s.member(ctx, v, r.GetMember())
	if err != nil {
		return nil, err
	}
	return &adminv1.AddGroupMemberResponse{}, s.access.AddToGroup(ctx, g, p.ID)
}

// RemoveGroupMember implements adminv1.HolderServiceServer.
func (s *Service) RemoveGroupMember(ctx context.Context, r *adminv1.RemoveGroupMemberRequest) (*adminv1.RemoveGroupMemberResponse, error) {
	v, g, err := s.visitGroup(ctx, r)
	if err != nil {
		return nil, err
	}
	id, err := personID(r.GetMember())
	if err == nil {
		err = s.mayTouch(ctx, v, tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID})
	}
	if err != nil {
		return nil, err
	}
	return &adminv1.RemoveGroupMemberResponse{}, s.access.RemoveFromGroup(ctx, g, id)
}

func (s *Service) groupAnswer(ctx context.Context, v visit, g tenants.Group) (*adminv1.Group, error) {
	rights, err := s.rightsOf(ctx, v, tenants.Holder{Kind: tenants.HolderGroup, ID: g.ID})
	return &adminv1.Group{Name: g.Name, Issuer: g.Issuer, Claim: g.Claim, CreateTime: timeAnswer(g.Created), Rights: rights}, err
}
