package admin

import (
	"context"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// CreateAccount implements adminv1.HolderServiceServer.
func (s *Service) CreateAccount(ctx context.Context, r *adminv1.CreateAccountRequest) (*adminv1.Account, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	a, err := s.access.CreateAccount(ctx, v.ID, r.GetName())
	if err != nil {
		return nil, err
	}
	return s.accountAnswer(ctx, v, a)
}

// GetAccount implements adminv1.HolderServiceServer.
func (s *Service) GetAccount(ctx context.Context, r *adminv1.GetAccountRequest) (*adminv1.Account, error) {
	v, a, err := s.visitAccount(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.accountAnswer(ctx, v, a)
}

// visitAccount finds the tenant and the service account of a call.
func (s *Service) visitAccount(ctx context.Context, r interface {
	GetTenant() string
	GetAccount() string
}) (visit, tenants.Account, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return v, tenants.Account{}, err
	}
	a, err := s.accountNamed(ctx, v, r.GetAccount())
	return v, a, err
}

// ListAccounts implements adminv1.HolderServiceServer.
func (s *Service) ListAccounts(ctx context.Context, r *adminv1.ListAccountsRequest) (*adminv1.ListAccountsResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	found, err := s.access.ListAccounts(ctx, v.ID, p.after, p.size)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListAccountsResponse{}
	if n := len(found); n > 0 {
		out.NextPageToken = p.next(n, found[n-1].Name)
	}
	out.Accounts, err = answers(found, func(a tenants.Account) (*adminv1.Account, error) { return s.accountAnswer(ctx, v, a) })
	return out, err
}

// UpdateAccount implements adminv1.HolderServiceServer.
func (s *Service) UpdateAccount(ctx context.Context, r *adminv1.UpdateAccountRequest) (*adminv1.Account, error) {
	v, a, err := s.visitAccount(ctx, r)
	if err != nil {
		return nil, err
	}
	if r.Disabled != nil && r.GetDisabled() != a.Disabled {
		if err := s.mayTouch(ctx, v, accountHolder(a)); err != nil {
			return nil, err
		}
		if err := s.access.DisableAccount(ctx, v.ID, a.ID, r.GetDisabled()); err != nil {
			return nil, err
		}
		a.Disabled = r.GetDisabled()
	}
	return s.accountAnswer(ctx, v, a)
}

// DeleteAccount implements adminv1.HolderServiceServer.
func (s *Service) DeleteAccount(ctx context.Context, r *adminv1.DeleteAccountRequest) (*adminv1.DeleteAccountResponse, error) {
	v, a, err := s.visitAccount(ctx, r)
	if err == nil {
		err = s.mayTouch(ctx, v, accountHolder(a))
	}
	if err != nil {
		return nil, err
	}
	return &adminv1.DeleteAccountResponse{}, s.access.DeleteAccount(ctx, v.ID, a.ID)
}

func accountHolder(a tenants.Account) tenants.Holder {
	return tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
}

func (s *Service) accountAnswer(ctx context.Context, v visit, a tenants.Account) (*adminv1.Account, error) {
	rights, err := s.rightsOf(ctx, v, accountHolder(a))
	return &adminv1.Account{Name: a.Name, Disabled: a.Disabled, CreateTime: timeAnswer(a.Created), Rights: rights}, err
}
