package admin

import (
	"context"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// GetQuota implements adminv1.QuotaServiceServer.
func (s *Service) GetQuota(ctx context.Context, r *adminv1.GetQuotaRequest) (*adminv1.Quota, error) {
	n, err := s.directory.Describe(ctx, r.GetNamespace())
	if err != nil {
		return nil, err
	}
	return quotaAnswer(n.Quota), nil
}

// SetQuota implements adminv1.QuotaServiceServer.
func (s *Service) SetQuota(ctx context.Context, r *adminv1.SetQuotaRequest) (*adminv1.Quota, error) {
	q := r.GetQuota()
	if q == nil {
		return nil, invalid("The quota is not set.")
	}
	n, err := s.directory.Update(ctx, r.GetNamespace(), tenants.Change{Quota: &tenants.Quota{
		Requests: q.GetRequests(), Starts: q.GetStarts(), Pollers: q.GetPollers(), OpenRuns: q.GetOpenRuns(), Retained: q.GetRetainedBytes(),
	}})
	if err != nil {
		return nil, err
	}
	return quotaAnswer(n.Quota), nil
}

func quotaAnswer(q tenants.Quota) *adminv1.Quota {
	return &adminv1.Quota{Requests: q.Requests, Starts: q.Starts, Pollers: q.Pollers, OpenRuns: q.OpenRuns, RetainedBytes: q.Retained}
}
