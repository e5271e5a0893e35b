package main

import (
	"context"
	"os/user"

	"github.com/tenuto-io/tenuto/tenants"
)

// breakGlassPrincipal is who the audit log tells of where somebody changed rights in the database itself, past every server.
const breakGlassPrincipal = "break-glass"

// byHand is a context of whoever is at this machine with the configuration of a server. Their name is what the operating system says, which proves nothing
// to another machine, and is better than none.
func byHand(ctx context.Context) context.Context {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return tenants.WithPrincipal(ctx, &tenants.Principal{ID: breakGlassPrincipal, Name: name + " at " + machine()})
}
