package main

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// openAudit begins to record calls, and to remove old records. It ends when nobody is answered any more, with everything written.
func (s *server) openAudit(context.Context) error {
	s.recorder = audit.NewRecorder(s.storage.journal, s.log)
	keeper := audit.Keeper{Journal: s.storage.journal, Retention: s.want.audit.Retention(), Own: s.auditRetentionOf, Logger: s.log}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- s.recorder.Run(ctx) }()
	go func() { ended <- keeper.Run(ctx) }()
	s.atClose("audit", func(context.Context) error {
		end()
		return errors.Join(<-ended, <-ended)
	})
	return nil
}

// auditRetentionOf is how long a tenant wants its audit records kept; 0: it does not say.
func (s *server) auditRetentionOf(ctx context.Context, id tenants.TenantID) (time.Duration, error) {
	t, _, err := s.storage.registry.TenantByID(ctx, id)
	return time.Duration(t.AuditDays) * 24 * time.Hour, err
}
