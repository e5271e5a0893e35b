package admin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// maxOverlap is how long two keys may go on beside each other.
const maxOverlap = 30 * 24 * time.Hour

// CreateKey implements adminv1.KeyServiceServer.
func (s *Service) CreateKey(ctx context.Context, r *adminv1.CreateKeyRequest) (*adminv1.CreateKeyResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	n := tenants.NewKey{Tenant: v.ID, Name: r.GetName()}
	if n.Holder, err = s.keyHolder(ctx, v, r.GetHolder()); err != nil {
		return nil, err
	}
	if err := s.mayHaveSecret(ctx, v, n.Holder); err != nil {
		return nil, err
	}
	if t := r.GetExpireTime(); t != nil {
		if !t.IsValid() {
			return nil, invalid("The expire_time is no time.")
		}
		n.Expires = t.AsTime()
	}
	if n.Scopes, err = s.scopesOf(ctx, v, r.GetScopes()); err != nil {
		return nil, err
	}
	k, secret, err := s.access.CreateKey(ctx, n)
	if err != nil {
		return nil, err
	}
	a, err := s.keyAnswer(ctx, k)
	return &adminv1.CreateKeyResponse{Key: a, Secret: secret}, err
}

// keyHolder is for whom to make a key: whom the request names, or the caller.
func (s *Service) keyHolder(ctx context.Context, v visit, text string) (tenants.Holder, error) {
	if text != "" {
		return s.holderNamed(ctx, v, text)
	}
	h, ok := callerHolder(v.by)
	if !ok {
		return h, invalid("The holder is not set, and the caller is no person or service account that could hold a key.")
	}
	return h, nil
}

// callerHolder is who the caller is as a holder; ok is false for one that is known by a token alone, and for everybody when authentication is off.
func callerHolder(by *tenants.Principal) (h tenants.Holder, ok bool) {
	kind, text, _ := strings.Cut(by.ID, ":")
	id, err := uuid.Parse(text)
	switch {
	case err == nil && kind == "person":
		return tenants.Holder{Kind: tenants.HolderPerson, ID: tenants.HolderID(id)}, true
	case err == nil && kind == "account":
		return tenants.Holder{Kind: tenants.HolderAccount, ID: tenants.HolderID(id)}, true
	}
	return tenants.Holder{}, false
}

// mayHaveSecret refuses a caller who would get a secret to act as somebody else: a person's is for that person, a service account's for who may manage it.
func (s *Service) mayHaveSecret(ctx context.Context, v visit, h tenants.Holder) error {
	if v.role() == tenants.NoRole {
		return denied("A key with scopes makes no keys.")
	}
	if own, ok := callerHolder(v.by); ok && own == h {
		return nil
	}
	switch {
	case h.Kind == tenants.HolderPerson:
		return denied("A person's keys are made by that person alone; make one for a service account instead.")
	case !v.manages():
		return denied("Only owners and admins of a tenant make keys for others.")
	}
	return s.mayTouch(ctx, v, h)
}

// scopesOf reads the scopes of a key.
func (s *Service) scopesOf(ctx context.Context, v visit, all []*adminv1.Scope) ([]tenants.Scope, error) {
	return answers(all, func(r *adminv1.Scope) (c tenants.Scope, err error) {
		if c.Permissions, err = permissionsOf(r.GetPermissions()); err != nil || r.GetNamespace() == "" {
			return c, err
		}
		n, err := s.namespaceIn(ctx, v, r.GetNamespace())
		c.Namespace = n.ID
		return c, err
	})
}

// RotateKey implements adminv1.KeyServiceServer.
func (s *Service) RotateKey(ctx context.Context, r *adminv1.RotateKeyRequest) (*adminv1.CreateKeyResponse, error) {
	v, k, err := s.visitKey(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := s.mayHaveSecret(ctx, v, k.Holder); err != nil {
		return nil, err
	}
	overlap := r.GetOverlap().AsDuration()
	if overlap < 0 || overlap > maxOverlap {
		return nil, invalid("The overlap is %v; it may be 0 to %v.", overlap, maxOverlap)
	}
	made, secret, err := s.access.RotateKey(ctx, v.ID, k.ID, overlap)
	if err != nil {
		return nil, err
	}
	a, err := s.keyAnswer(ctx, made)
	return &adminv1.CreateKeyResponse{Key: a, Secret: secret}, err
}

// visitKey finds the tenant and the key of a call. A key that is not the caller's own is there only for auditors and admins.
func (s *Service) visitKey(ctx context.Context, r interface {
	GetTenant() string
	GetKey() string
}) (visit, tenants.Key, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return v, tenants.Key{}, err
	}
	k, ok, err := s.access.KeyByID(ctx, tenants.KeyID(r.GetKey()))
	switch {
	case err != nil:
		return v, k, fmt.Errorf("read a key: %w", err)
	case !ok || k.Tenant != v.ID || !v.sees(k):
		return v, tenants.Key{}, missing("Key %s", r.GetKey())
	}
	return v, k, nil
}

// sees tells whether the caller may know of a key.
func (v visit) sees(k tenants.Key) bool {
	return v.role() == tenants.Auditor || v.manages() || v.owns(k)
}

// owns tells whether a key is the caller's own.
func (v visit) owns(k tenants.Key) bool {
	h, ok := callerHolder(v.by)
	return ok && h == k.Holder
}

func (s *Service) keyAnswer(ctx context.Context, k tenants.Key) (*adminv1.Key, error) {
	holder, err := s.access.HolderNamed(ctx, k.Holder)
	if err != nil {
		return nil, err
	}
	out := &adminv1.Key{
		Id: string(k.ID), Holder: holder, Name: k.Name, CreateTime: timeAnswer(k.Created), ExpireTime: timeAnswer(k.Expires), RevokeTime: timeAnswer(k.Revoked),
		Disabled: k.Disabled, LastUsedTime: timeAnswer(k.Used), LastUsedFrom: k.UsedFrom, Replaces: string(k.Replaces),
	}
	out.Scopes, err = answers(k.Scopes, func(c tenants.Scope) (*adminv1.Scope, error) {
		name, err := s.namespaceName(ctx, c.Namespace)
		return &adminv1.Scope{Namespace: name, Permissions: permissionWords(c.Permissions)}, err
	})
	return out, err
}
