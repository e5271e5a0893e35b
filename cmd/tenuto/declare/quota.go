package declare

import (
	"context"

	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// Quota is what a file says that a namespace may do at most. 0 is the default of the installation, -1 is no bound; what is not said stays.
type Quota struct {
	Requests      *int64 `yaml:"requests"`       // calls per second
	Starts        *int64 `yaml:"starts"`         // of them, those that start a workflow
	Pollers       *int64 `yaml:"pollers"`        // polls that wait at once
	OpenRuns      *int64 `yaml:"open_runs"`      // from which on none are started
	RetainedBytes *int64 `yaml:"retained_bytes"` // likewise, of closed runs' histories
}

// quota has a namespace have the bounds that the file says.
func (p *planner) quota(name string, w *Quota) {
	if w == nil {
		return
	}
	is := p.is.quotas[name]
	if is == nil {
		is = &adminv1.Quota{}
	}
	q := proto.CloneOf(is)
	var d differences
	for _, b := range []struct {
		what string
		is   *int64
		wish *int64
	}{
		{"requests", &q.Requests, w.Requests}, {"starts", &q.Starts, w.Starts}, {"pollers", &q.Pollers, w.Pollers}, {"open_runs", &q.OpenRuns, w.OpenRuns},
		{"retained_bytes", &q.RetainedBytes, w.RetainedBytes},
	} {
		if b.wish != nil && *b.wish != *b.is {
			d.note(b.what, *b.is, *b.wish)
			*b.is = *b.wish
		}
	}
	if len(d) > 0 {
		p.alter(func(ctx context.Context) error {
			_, err := p.SetQuota(ctx, &adminv1.SetQuotaRequest{Namespace: name, Quota: q})
			return err
		}, "quota of namespace %s: %s", name, d)
	}
}

// readQuotas reads the bounds of namespaces of which a file says some.
func (s server) readQuotas(ctx context.Context, p *present, w Tenant, wireName func(string) string) error {
	for _, n := range w.Namespaces {
		name := wireName(n.Name)
		if n.Quota == nil || p.namespaces[name] == nil {
			continue
		}
		q, err := s.GetQuota(ctx, &adminv1.GetQuotaRequest{Namespace: name})
		if err != nil {
			return err
		}
		p.quotas[name] = q
	}
	return nil
}
