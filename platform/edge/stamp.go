package edge

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/tenants"
)

// stampOf is the caller as history events keep it: how it proved who it is, and its id. It is what the server has verified; the identity beside it is what the
// client says of itself, and stays as it is. nil: authentication is off, or the server itself acts.
func stampOf(ctx context.Context) *commonpb.Principal {
	p := tenants.PrincipalOf(ctx)
	if p == nil || p.Credential.Kind == tenants.NoCredential {
		return nil
	}
	return &commonpb.Principal{Type: string(p.Credential.Kind), Name: p.ID}
}
