package main

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/tenants/audit"
)

// auditRetention is how long audit records stay.
const auditRetention = 90 * 24 * time.Hour

// openAudit begins to record calls, and to remove old records. It ends when nobody is answered any more, with everything written.
func (s *server) openAudit(context.Context) error {
	s.recorder = audit.NewRecorder(s.storage.journal, s.log)
	keeper := audit.Keeper{Journal: s.storage.journal, Retention: auditRetention, Logger: s.log}
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
