package edge

import (
	"context"

	"google.golang.org/grpc"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/quota"
)

// Quotas hold calls to the quotas of their namespaces; *quota.Limiter does.
type Quotas interface {
	// Admit admits a call or refuses it with ResourceExhausted. done is never nil, and is called when an admitted call has ended.
	Admit(ctx context.Context, ns orchestration.NamespaceID, name string, q tenants.Quota, call quota.Call) (done func(), err error)
}

// holdToQuota refuses a call for which its namespace's quota leaves no room. What is forwarded was admitted where it came in.
func (c *chain) holdToQuota(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	call, bounded := costs[info.FullMethod]
	if !bounded || c.quotas == nil {
		return next(ctx, req)
	}
	ns := namespaceOf(ctx)
	done, err := c.quotas.Admit(ctx, ns.id, ns.name, ns.quota, call)
	if err != nil {
		return nil, err
	}
	defer done()
	return next(ctx, req)
}
