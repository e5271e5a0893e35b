package audit

import (
	"context"
	"fmt"

	"github.com/tenuto-io/tenuto/tenants"
)

// Broken is the first link of a chain that does not hold.
type Broken struct {
	Tenant   tenants.TenantID
	Sequence int64
	Reason   string
}

// Error implements error.
func (b *Broken) Error() string {
	return fmt.Sprintf("audit: the chain of tenant %s is broken at record %d: %s", b.Tenant, b.Sequence, b.Reason)
}

// verifyPage is how many records Verify holds at a time.
const verifyPage = 500

// Verify reads a tenant's chain up to the head that it has at the beginning, and returns that head. kept is a link that was noted earlier, elsewhere: it must be on the chain, unless
// retention has removed it; zero: there is none. Errors: *Broken; else the journal could not be read.
//
// Records may be trimmed and appended meanwhile.
func Verify(ctx context.Context, j Reader, t tenants.TenantID, kept Link) (Link, error) {
	c, ok, err := j.Chain(ctx, t)
	if err != nil {
		return Link{}, err
	}
	if !ok {
		c = Chain{Tenant: t}
	}
	if kept.Sequence > c.Head.Sequence {
		return Link{}, &Broken{t, c.Head.Sequence + 1, fmt.Sprintf("the chain ends before record %d, which it has had", kept.Sequence)}
	}
	at := c.Anchor
	if err := onChain(t, at, kept); err != nil {
		return Link{}, err
	}
	for at.Sequence < c.Head.Sequence {
		found, _, _, err := j.Records(ctx, t, Filter{}, at.Sequence, verifyPage)
		if err != nil {
			return Link{}, err
		}
		if moved, err := anchorNow(ctx, j, t); err != nil {
			return Link{}, err
		} else if moved.Sequence > at.Sequence {
			at = moved
			continue
		}
		if len(found) == 0 {
			return Link{}, &Broken{t, at.Sequence + 1, "it is missing"}
		}
		if at, err = follow(t, at, found, c.Head, kept); err != nil {
			return Link{}, err
		}
	}
	if at != c.Head {
		return Link{}, &Broken{t, c.Head.Sequence, "it is not what the head of the chain says"}
	}
	extra, _, _, err := j.Records(ctx, t, Filter{}, at.Sequence, 1)
	if err != nil {
		return Link{}, err
	}
	if len(extra) > 0 {
		return at, beyondHead(ctx, j, t, extra[0].Sequence)
	}
	return at, nil
}

// follow checks records one after the other, up to the head.
func follow(t tenants.TenantID, at Link, found []Record, head, kept Link) (Link, error) {
	for _, r := range found {
		if at.Sequence == head.Sequence {
			return at, nil // what was appended since
		}
		if r.Sequence != at.Sequence+1 {
			return at, &Broken{t, at.Sequence + 1, "it is missing"}
		}
		want := Append(at, []Event{r.Event})[0]
		if want.Hash != r.Hash {
			return at, &Broken{t, r.Sequence, "its hash is not that of what it says and of the record before it"}
		}
		at = Link{r.Sequence, r.Hash}
		if err := onChain(t, at, kept); err != nil {
			return at, err
		}
	}
	return at, nil
}

// onChain refuses a link at the place of the kept one that is another.
func onChain(t tenants.TenantID, at, kept Link) error {
	if kept.Sequence != 0 && at.Sequence == kept.Sequence && at.Hash != kept.Hash {
		return &Broken{t, at.Sequence, "its hash is not the one that was noted earlier"}
	}
	return nil
}

// anchorNow is the anchor as it is now: retention may have removed what was about to be read.
func anchorNow(ctx context.Context, j Reader, t tenants.TenantID) (Link, error) {
	c, _, err := j.Chain(ctx, t)
	return c.Anchor, err
}

// beyondHead refuses a record that no head covers; one that was appended meanwhile is covered by now.
func beyondHead(ctx context.Context, j Reader, t tenants.TenantID, sequence int64) error {
	c, _, err := j.Chain(ctx, t)
	if err == nil && c.Head.Sequence < sequence {
		return &Broken{t, sequence, "it is beyond the head of the chain"}
	}
	return err
}
