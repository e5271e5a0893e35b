package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// TestHistoryWaitThatIsCutShort: whatever ends a wait for news, its caller gets a token to go on with.
func TestHistoryWaitThatIsCutShort(t *testing.T) {
	r := newRig(t)
	run := r.start("w")
	read, err := r.History(r.ctx(), engine.HistoryRequest{Run: run, Wait: true})
	if err != nil || len(read.Events) == 0 || len(read.PageToken) == 0 {
		t.Fatalf("%+v, %v", read, err)
	}
	for name, in := range map[string]engine.HistoryRequest{
		"for the close":                    {Run: run, Wait: true, CloseOnly: true},
		"for the close of the current run": {Run: key("w"), Wait: true, CloseOnly: true},
		"for any event":                    {Run: run, Wait: true, PageToken: read.PageToken},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			page, err := r.History(ctx, in)
			if err != nil || len(page.Events) > 0 || len(page.PageToken) == 0 {
				t.Fatalf("%d events, token %x, %v", len(page.Events), page.PageToken, err)
			}
		})
	}
}
