package edge

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// logCalls writes one line per call at debug level: method, namespace, code, duration and client; for a call that another node has passed on, also that
// node. It never writes what a request carries:
// payloads, ids and metadata may be secrets of an application, and a debug log is easily shared.
func (c *chain) logCalls(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if !c.log.Enabled(ctx, slog.LevelDebug) {
		return next(ctx, req)
	}
	begin := time.Now()
	resp, err := next(ctx, req)
	attrs := []slog.Attr{
		slog.String("method", info.FullMethod),
		slog.String("code", status.Code(err).String()),
		slog.Duration("duration", time.Since(begin)),
	}
	if r, ok := req.(interface{ GetNamespace() string }); ok {
		attrs = append(attrs, slog.String("namespace", clip(r.GetNamespace())))
	}
	if name := clientName(ctx); name != "" {
		attrs = append(attrs, slog.String("client", clip(name)))
	}
	if from := senderOf(ctx); from != 0 {
		attrs = append(attrs, slog.Int("from_node", int(from)))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "call", attrs...)
	return resp, err
}

// clip bounds what a caller can put into a log line.
func clip(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
