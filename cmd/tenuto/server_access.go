package main

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// verbAccess tells another node that something has changed of who may do what.
const verbAccess = "access.changed"

// openAccess makes who may do what known to this process.
func (s *server) openAccess(context.Context) error {
	s.access = tenants.NewAccess(tenants.AccessConfig{Registry: s.storage.registry, Announce: s.announceAccess, Logger: s.log})
	return nil
}

// announceAccess tells every other node that something has changed of who may do what.
func (s *server) announceAccess() {
	if s.node == nil {
		return
	}
	for _, other := range s.node.Others() {
		s.node.Cast(other, verbAccess, nil)
	}
}

// accessChanged has this node look at what another one has changed.
func (s *server) accessChanged(ctx context.Context, _ orchestration.NodeID, _ []byte) ([]byte, error) {
	return nil, s.access.CatchUp(ctx)
}
