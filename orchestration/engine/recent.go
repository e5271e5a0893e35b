package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/recent"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Recent tells what a namespace did in the last hour, at all nodes that can be asked now.
func (e *Engine) Recent(ctx context.Context, ns orchestration.NamespaceID) recent.Report {
	var others []recent.Report
	for _, body := range e.askAll(ctx, verbRecent, encode(recentMessage{Namespace: ns})) {
		r, err := decodeRecent(body)
		if err != nil {
			e.log.Warn("what another node has counted cannot be read", "error", err)
			continue
		}
		others = append(others, r)
	}
	return recent.Merge(e.recently.Report(ns), others...)
}

// counted has a counter told of what lists show: a run's first row says that it was started, and one that is closed how it ended.
func counted(c *recent.Counter) func(*store.Visibility, bool) {
	return func(row *store.Visibility, first bool) {
		if first {
			c.Started(row.Namespace)
		}
		if !row.CloseTime.IsZero() {
			c.Closed(row.Namespace, row.Type, enumspb.WorkflowExecutionStatus(row.Status))
		}
	}
}

// recentForPeer tells another node what was counted here.
func (e *Engine) recentForPeer(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	var m recentMessage
	if err := decode(body, &m); err != nil {
		return nil, err
	}
	return encodeRecent(e.recently.Report(m.Namespace)), nil
}
