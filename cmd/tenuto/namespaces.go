package main

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/retention"
	"github.com/tenuto-io/tenuto/tenants"
)

// verbNamespace tells another node that a namespace has changed.
const verbNamespace = "namespace.changed"

// announceNamespace tells every node, this one too, that a namespace has changed.
func (s *server) announceNamespace(id orchestration.NamespaceID) {
	if s.retention != nil { // which is opened after the first namespaces are founded
		s.retention.Nudge()
	}
	if s.node == nil {
		return
	}
	for _, other := range s.node.Others() {
		s.node.Cast(other, verbNamespace, id[:])
	}
}

// namespaceChanged forgets what this node remembers of a namespace that another one has changed.
func (s *server) namespaceChanged(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	var id orchestration.NamespaceID
	if copy(id[:], body) == len(id) {
		s.directory.Forget(id)
		s.retention.Nudge()
	}
	return nil, nil
}

// leaving is the directory as retention sees it.
type leaving struct{ *tenants.Directory }

// Page implements retention.Namespaces.
func (l leaving) Page(ctx context.Context, after string, limit int) ([]retention.Namespace, error) {
	found, err := l.List(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	out := make([]retention.Namespace, len(found))
	for i, n := range found {
		out[i] = retention.Namespace{
			ID: n.ID, Name: n.Name, Retention: time.Duration(n.Retention), Deleted: n.State == tenants.Deleted, RemoveAfter: n.RemoveAfter,
		}
	}
	return out, nil
}

// ending is the engine as administration sees it.
type ending struct{ *engine.Engine }

// Remaining implements admin.Namespaces.
func (e ending) Remaining(ctx context.Context, id orchestration.NamespaceID) (int64, error) {
	return e.Count(ctx, engine.ListRequest{Namespace: id})
}
