package peer

import (
	"context"
	"fmt"
)

// CheckAdvertised dials the address that other nodes are told, and makes sure that it reaches this very process, which must be serving. It needs no
// node id. Errors: one sentence for who gave the address.
func (p *Peers) CheckAdvertised(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, p.config.pace.open, errSlow)
	defer cancel()
	d, err := p.secured.open(ctx, address, greeting{from: p.self.Load().id})
	if err != nil {
		return fmt.Errorf("--advertise %s cannot be reached: %s", address, reason(err))
	}
	defer d.close()
	switch {
	case d.reply.identity == p.identity:
		return nil
	case d.reply.node == 0:
		return fmt.Errorf("--advertise %s reaches another process, not this one", address)
	default:
		return fmt.Errorf("--advertise %s reaches node %d, not this one", address, d.reply.node)
	}
}
