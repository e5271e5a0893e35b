package admin

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/usage"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// usualUsage is how far back a report goes that says no beginning.
const usualUsage = 24 * time.Hour

// GetUsage implements adminv1.UsageServiceServer.
func (s *Service) GetUsage(ctx context.Context, r *adminv1.GetUsageRequest) (*adminv1.GetUsageResponse, error) {
	if start, end := r.GetStartTime(), r.GetEndTime(); start != nil && !start.IsValid() || end != nil && !end.IsValid() {
		return nil, invalid("The start_time or the end_time is no time.")
	}
	n, err := s.directory.Describe(ctx, r.GetNamespace())
	if err != nil {
		return nil, err
	}
	now := s.now()
	to := now
	if r.GetEndTime() != nil {
		to = r.GetEndTime().AsTime()
	}
	from := to.Add(-usualUsage)
	if r.GetStartTime() != nil {
		from = r.GetStartTime().AsTime()
	}
	report, err := usage.Read(ctx, s.usage, n.ID, from, to, now)
	if err != nil {
		return nil, err
	}
	out := &adminv1.GetUsageResponse{Namespace: n.Name, Total: hourAnswer(report.Total()), Held: &adminv1.Held{
		ActiveBytes: report.Held.ActiveBytes, RetainedBytes: report.Held.RetainedBytes, OpenRuns: report.Held.OpenRuns,
	}}
	for _, h := range report.Hours {
		out.Hours = append(out.Hours, hourAnswer(h))
	}
	return out, nil
}

func hourAnswer(h usage.Hour) *adminv1.UsageHour {
	out := &adminv1.UsageHour{
		StartTime: timestamppb.New(h.Start), Actions: h.Actions.Total(),
		ActiveGbHours: h.ActiveGBHours(), RetainedGbHours: h.RetainedGBHours(), OpenRunHours: h.OpenRunHours(),
	}
	for kind := range orchestration.ActionKinds {
		out.Kinds = append(out.Kinds, &adminv1.ActionCount{Kind: kind.String(), Count: h.Actions[kind]})
	}
	return out
}
