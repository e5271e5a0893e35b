package admin

import (
	"context"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// GetKey implements adminv1.KeyServiceServer.
func (s *Service) GetKey(ctx context.Context, r *adminv1.GetKeyRequest) (*adminv1.Key, error) {
	_, k, err := s.visitKey(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.keyAnswer(ctx, k)
}

// ListKeys implements adminv1.KeyServiceServer.
func (s *Service) ListKeys(ctx context.Context, r *adminv1.ListKeysRequest) (*adminv1.ListKeysResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	found, err := s.access.ListKeys(ctx, v.ID, tenants.KeyID(p.after), p.size)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListKeysResponse{}
	for _, k := range found {
		if !v.sees(k) {
			continue
		}
		a, err := s.keyAnswer(ctx, k)
		if err != nil {
			return nil, err
		}
		out.Keys = append(out.Keys, a)
	}
	if n := len(found); n > 0 {
		out.NextPageToken = p.next(n, string(found[n-1].ID))
	}
	return out, nil
}

// UpdateKey implements adminv1.KeyServiceServer. Enabling a key is as much as having it made; disabling one takes nothing.
func (s *Service) UpdateKey(ctx context.Context, r *adminv1.UpdateKeyRequest) (*adminv1.Key, error) {
	v, k, err := s.visitKey(ctx, r)
	if err != nil {
		return nil, err
	}
	if r.Disabled != nil && r.GetDisabled() != k.Disabled {
		if err := s.mayChange(ctx, v, k, !r.GetDisabled()); err != nil {
			return nil, err
		}
		if err := s.access.DisableKey(ctx, v.ID, k.ID, r.GetDisabled()); err != nil {
			return nil, err
		}
	}
	return s.GetKey(ctx, &adminv1.GetKeyRequest{Tenant: r.GetTenant(), Key: r.GetKey()})
}

// RevokeKey implements adminv1.KeyServiceServer.
func (s *Service) RevokeKey(ctx context.Context, r *adminv1.RevokeKeyRequest) (*adminv1.Key, error) {
	v, k, err := s.visitKey(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := s.mayChange(ctx, v, k, false); err != nil {
		return nil, err
	}
	if err := s.access.RevokeKey(ctx, v.ID, k.ID); err != nil {
		return nil, err
	}
	return s.GetKey(ctx, &adminv1.GetKeyRequest{Tenant: r.GetTenant(), Key: r.GetKey()})
}

// mayChange refuses who may only look. gives: the change lets somebody in.
func (s *Service) mayChange(ctx context.Context, v visit, k tenants.Key, gives bool) error {
	switch {
	case v.owns(k):
		return nil
	case !v.manages():
		return denied("Only owners and admins of a tenant change the keys of others.")
	case gives:
		return s.mayTouch(ctx, v, k.Holder)
	}
	return nil
}
