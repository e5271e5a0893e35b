package machine

import (
	"context"
	"log/slog"
)

// quietInReplay drops what was logged when the code ran for the first time.
type quietInReplay struct {
	slog.Handler
	run *Run
}

func (q quietInReplay) Enabled(ctx context.Context, level slog.Level) bool {
	return !q.run.Replaying && q.Handler.Enabled(ctx, level)
}

func (q quietInReplay) WithAttrs(attributes []slog.Attr) slog.Handler {
	return quietInReplay{Handler: q.Handler.WithAttrs(attributes), run: q.run}
}

func (q quietInReplay) WithGroup(name string) slog.Handler {
	return quietInReplay{Handler: q.Handler.WithGroup(name), run: q.run}
}
