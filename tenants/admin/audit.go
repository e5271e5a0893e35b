package admin

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// ListAuditRecords implements adminv1.AuditServiceServer.
func (s *Service) ListAuditRecords(ctx context.Context, r *adminv1.ListAuditRecordsRequest) (*adminv1.ListAuditRecordsResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	return s.records(ctx, v.ID, r)
}

// ListInstallationAuditRecords implements adminv1.AuditServiceServer.
func (s *Service) ListInstallationAuditRecords(ctx context.Context, r *adminv1.ListInstallationAuditRecordsRequest) (*adminv1.ListAuditRecordsResponse, error) {
	return s.records(ctx, tenants.InstallationTenant, r)
}

// recordsRequest asks for a page of a chain.
type recordsRequest interface {
	GetPageSize() int32
	GetPageToken() string
	GetFilter() *adminv1.AuditFilter
}

// records is a page of a chain.
func (s *Service) records(ctx context.Context, t tenants.TenantID, r recordsRequest) (*adminv1.ListAuditRecordsResponse, error) {
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	f, err := filterOf(r.GetFilter())
	if err != nil {
		return nil, err
	}
	from, err := sequenceOf(p, r.GetFilter())
	if err != nil {
		return nil, err
	}
	found, next, done, err := s.journal.Records(ctx, t, f, from, p.size)
	if err != nil {
		return nil, fmt.Errorf("read audit records: %w", err)
	}
	out := &adminv1.ListAuditRecordsResponse{Sequence: next}
	if !done {
		out.NextPageToken = tokenOf(strconv.FormatInt(next, 10))
	}
	for _, record := range found {
		out.Records = append(out.Records, recordAnswer(&record))
	}
	return out, nil
}

// sequenceOf is the record behind which a page begins. Errors: InvalidArgument.
func sequenceOf(p page, r *adminv1.AuditFilter) (int64, error) {
	if p.after == "" {
		if r.GetFromSequence() < 0 {
			return 0, invalid("The from_sequence is %d; records have numbers from 1.", r.GetFromSequence())
		}
		return r.GetFromSequence(), nil
	}
	from, err := strconv.ParseInt(p.after, 10, 64)
	if err != nil || from < 0 {
		return 0, invalid("The page_token is none that this server has made.")
	}
	return from, nil
}

// filterOf reads which records are wanted. Errors: InvalidArgument.
func filterOf(r *adminv1.AuditFilter) (audit.Filter, error) {
	f := audit.Filter{
		Plane: audit.Plane(r.GetPlane()), Namespace: r.GetNamespace(), Action: r.GetAction(), Resource: r.GetResource(), Run: r.GetRunId(),
		Principal: r.GetPrincipal(), Code: r.GetCode(), Refused: r.GetRefused(), Newest: !r.GetOldestFirst(),
	}
	switch f.Plane {
	case "", audit.Control, audit.Data:
	default:
		return f, invalid("Plane %q: it is control or data.", r.GetPlane())
	}
	for _, text := range []string{f.Namespace, f.Action, f.Resource, f.Run, f.Principal, f.Code} {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return f, invalid("The filter has a text that no record can have: %q.", text)
		}
	}
	if start, end := r.GetStartTime(), r.GetEndTime(); start != nil && !start.IsValid() || end != nil && !end.IsValid() {
		return f, invalid("The start_time or the end_time is no time.")
	}
	if r.GetStartTime() != nil {
		f.Since = r.GetStartTime().AsTime()
	}
	if r.GetEndTime() != nil {
		f.Until = r.GetEndTime().AsTime()
	}
	return f, nil
}

// GetAuditChain implements adminv1.AuditServiceServer.
func (s *Service) GetAuditChain(ctx context.Context, r *adminv1.GetAuditChainRequest) (*adminv1.AuditChain, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	return s.chain(ctx, v.ID)
}

// GetInstallationAuditChain implements adminv1.AuditServiceServer.
func (s *Service) GetInstallationAuditChain(ctx context.Context, _ *adminv1.GetInstallationAuditChainRequest) (*adminv1.AuditChain, error) {
	return s.chain(ctx, tenants.InstallationTenant)
}

func (s *Service) chain(ctx context.Context, t tenants.TenantID) (*adminv1.AuditChain, error) {
	c, _, err := s.journal.Chain(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("read an audit chain: %w", err)
	}
	return &adminv1.AuditChain{TenantId: t.String(), Anchor: linkAnswer(c.Anchor), Head: linkAnswer(c.Head)}, nil
}

// GetAuditStatus implements adminv1.AuditServiceServer.
func (s *Service) GetAuditStatus(context.Context, *adminv1.GetAuditStatusRequest) (*adminv1.AuditStatus, error) {
	return &adminv1.AuditStatus{Waiting: int64(s.recorder.Waiting()), Dropped: s.recorder.Dropped()}, nil
}

func linkAnswer(l audit.Link) *adminv1.AuditLink {
	return &adminv1.AuditLink{Sequence: l.Sequence, Hash: l.Hash.String()}
}

func recordAnswer(r *audit.Record) *adminv1.AuditRecord {
	out := &adminv1.AuditRecord{
		Sequence: r.Sequence, Time: timestamppb.New(r.At), Plane: sent(string(r.Plane)), Namespace: sent(r.Namespace), Action: sent(r.Action),
		Resource: sent(r.Resource), RunId: sent(r.Run), Principal: sent(r.Principal), PrincipalName: sent(r.PrincipalName),
		Credential: sent(r.Credential), CredentialId: sent(r.CredentialID), Address: sent(r.Address), RequestId: sent(r.Request), Code: sent(r.Code),
		Hash: r.Hash.String(),
	}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, &adminv1.AuditChange{Field: sent(c.Field), Before: sent(c.Before), After: sent(c.After)})
	}
	return out
}

// sent is a text that a message can carry. Only who wrote into the database by hand left another one, and its hash shows that.
func sent(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
