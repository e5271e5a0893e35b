package edge

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tenuto-io/tenuto/tenants"
)

// A forwarded call says who made it, for what the owner of its workflow writes down. What that principal may do does not travel: it was decided where the call
// came in, and payloads are hidden there too.
const (
	fieldPrincipalID    protowire.Number = 1
	fieldPrincipalName  protowire.Number = 2
	fieldCredentialKind protowire.Number = 3
	fieldCredentialID   protowire.Number = 4
)

func appendPrincipal(b []byte, p *tenants.Principal) []byte {
	b = protowire.AppendString(protowire.AppendTag(b, fieldPrincipalID, protowire.BytesType), p.ID)
	b = protowire.AppendString(protowire.AppendTag(b, fieldPrincipalName, protowire.BytesType), p.Name)
	b = protowire.AppendString(protowire.AppendTag(b, fieldCredentialKind, protowire.BytesType), string(p.Credential.Kind))
	return protowire.AppendString(protowire.AppendTag(b, fieldCredentialID, protowire.BytesType), p.Credential.ID)
}

// decodePrincipal reads who made a forwarded call. Errors: InvalidArgument.
func decodePrincipal(b []byte) (*tenants.Principal, error) {
	p := &tenants.Principal{}
	for len(b) > 0 {
		number, value, rest, ok := consume(b)
		if !ok {
			return nil, invalid("The principal of a forwarded call cannot be read.")
		}
		switch number {
		case fieldPrincipalID:
			p.ID = string(value)
		case fieldPrincipalName:
			p.Name = string(value)
		case fieldCredentialKind:
			p.Credential.Kind = tenants.CredentialKind(value)
		case fieldCredentialID:
			p.Credential.ID = string(value)
		}
		b = rest
	}
	return p, nil
}
