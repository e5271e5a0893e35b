package main

import (
	"context"
	"errors"

	"github.com/tenuto-io/tenuto/tenants/audit"
)

// openAudit begins to record calls, and to remove old records. It ends when nobody is answered any more, with everything written.
func (s *server) openAudit(context.Context) error {
	s.recorder = audit.NewRecorder(s.storage.journal, s.log)
	keeper := audit.Keeper{Journal: s.storage.journal, Retention: s.want.audit.Retention(), Logger: s.log}
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
