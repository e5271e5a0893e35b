package administer

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// ledger is a chain that a server keeps, as package audit reads one: what verifies and exports a journal does so from here, too.
type ledger struct {
	service adminv1.AuditServiceClient
	tenant  string               // "": of the installation
	want    *adminv1.AuditFilter // what Records reads; nil: all
}

var _ audit.Reader = (*ledger)(nil)

// page reads a page of the chain.
func (l *ledger) page(ctx context.Context, f *adminv1.AuditFilter, size int, token string) (*adminv1.ListAuditRecordsResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if l.tenant == "" {
		return l.service.ListInstallationAuditRecords(ctx, &adminv1.ListInstallationAuditRecordsRequest{PageSize: int32(size), PageToken: token, Filter: f})
	}
	return l.service.ListAuditRecords(ctx, &adminv1.ListAuditRecordsRequest{Tenant: l.tenant, PageSize: int32(size), PageToken: token, Filter: f})
}

// list reads up to limit records, in the order of the filter.
func (l *ledger) list(ctx context.Context, f *adminv1.AuditFilter, limit int) (*adminv1.ListAuditRecordsResponse, error) {
	all := &adminv1.ListAuditRecordsResponse{}
	for token := ""; ; {
		page, err := l.page(ctx, f, min(pageSize, limit-len(all.GetRecords())), token)
		if err != nil {
			return nil, err
		}
		all.Records, all.Sequence = append(all.Records, page.GetRecords()...), page.GetSequence()
		if token = page.GetNextPageToken(); token == "" || len(all.GetRecords()) >= limit {
			return all, nil
		}
	}
}

// Records implements audit.Reader, of what the ledger wants and not the filter, and the oldest first.
func (l *ledger) Records(ctx context.Context, t tenants.TenantID, _ audit.Filter, from int64, limit int) (found []audit.Record, next int64, done bool, err error) {
	f := &adminv1.AuditFilter{}
	if l.want != nil {
		f = proto.CloneOf(l.want)
	}
	f.OldestFirst, f.FromSequence = true, from
	page, err := l.page(ctx, f, limit, "")
	if err != nil {
		return nil, 0, false, err
	}
	for _, m := range page.GetRecords() {
		record, err := recordOf(t, m)
		if err != nil {
			return nil, 0, false, err
		}
		found = append(found, record)
	}
	return found, page.GetSequence(), page.GetNextPageToken() == "", nil
}

// chain is where the chain begins and ends, and whose it is.
func (l *ledger) chain(ctx context.Context) (c audit.Chain, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var m *adminv1.AuditChain
	if l.tenant == "" {
		m, err = l.service.GetInstallationAuditChain(ctx, &adminv1.GetInstallationAuditChainRequest{})
	} else {
		m, err = l.service.GetAuditChain(ctx, &adminv1.GetAuditChainRequest{Tenant: l.tenant})
	}
	if err != nil {
		return c, err
	}
	id, err := uuid.Parse(m.GetTenantId())
	if err != nil {
		return c, fmt.Errorf("the server tells of tenant %q: %w", m.GetTenantId(), err)
	}
	c.Tenant, c.Anchor.Sequence, c.Head.Sequence = tenants.TenantID(id), m.GetAnchor().GetSequence(), m.GetHead().GetSequence()
	if c.Anchor.Hash, err = audit.ParseHash(m.GetAnchor().GetHash()); err != nil {
		return c, err
	}
	c.Head.Hash, err = audit.ParseHash(m.GetHead().GetHash())
	return c, err
}

// Chain implements audit.Reader.
func (l *ledger) Chain(ctx context.Context, t tenants.TenantID) (audit.Chain, bool, error) {
	c, err := l.chain(ctx)
	if err == nil && c.Tenant != t {
		err = fmt.Errorf("the tenant was another one a moment ago")
	}
	return c, true, err
}

// recordOf reads a record as the server tells it.
func recordOf(t tenants.TenantID, m *adminv1.AuditRecord) (r audit.Record, err error) {
	r = audit.Record{Sequence: m.GetSequence(), Event: audit.Event{
		At: m.GetTime().AsTime(), Plane: audit.Plane(m.GetPlane()), Tenant: t, Namespace: m.GetNamespace(), Action: m.GetAction(), Resource: m.GetResource(),
		Run: m.GetRunId(), Principal: m.GetPrincipal(), PrincipalName: m.GetPrincipalName(), Credential: m.GetCredential(), CredentialID: m.GetCredentialId(),
		Address: m.GetAddress(), Request: m.GetRequestId(), Code: m.GetCode(),
	}}
	for _, c := range m.GetChanges() {
		r.Changes = append(r.Changes, audit.Change{Field: c.GetField(), Before: c.GetBefore(), After: c.GetAfter()})
	}
	r.Hash, err = audit.ParseHash(m.GetHash())
	return r, err
}
