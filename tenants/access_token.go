package tenants

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// Token is what an identity provider says of a bearer of its token, verified.
type Token struct {
	Identity
	Name    string   // for people
	ID      string   // "jti"; "" without one
	Groups  []string // as the provider calls them
	Permits []string // "<namespace>:<permission>", the community's format
	Expires time.Time
}

// rememberToken is how long a token's verification counts: a provider that has withdrawn its signing key is believed no longer than that.
const rememberToken = time.Minute

// ByToken is the bearer of a token. verify looks at a token that is not remembered. Beside what the token permits, the grants count of the person that it
// names, and of the groups that it lists. Errors: *Refused, verify's; else the database could not be asked.
func (a *Access) ByToken(ctx context.Context, text string, verify func(context.Context, string) (Token, error)) (*Principal, error) {
	sum := sha256.Sum256([]byte(text))
	now := a.now()
	p, round := a.proved(sum)
	if p != nil {
		return p, p.refusedAt(now)
	}
	t, err := verify(ctx, text)
	if err != nil {
		return nil, err
	}
	if p, err = a.bearer(ctx, t); err != nil {
		return nil, err
	}
	p.remember = now.Add(rememberToken)
	a.keepProof(sum, p, round)
	return p, p.refusedAt(now)
}

// proved is whom a token or a certificate is remembered to prove, nil for nobody, and the round to remember it in.
func (a *Access) proved(sum [32]byte) (p *Principal, round uint64) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if p = a.proofs[sum]; p != nil && !a.now().Before(p.remember) {
		p = nil
	}
	return p, a.round
}

// keepProof remembers whom a token or a certificate proves, unless something has changed since the round began.
func (a *Access) keepProof(sum [32]byte, p *Principal, round uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.round != round {
		return
	}
	if len(a.proofs) >= mostProofs {
		clear(a.proofs)
	}
	a.proofs[sum] = p
}

// bearer is the principal of a verified token.
func (a *Access) bearer(ctx context.Context, t Token) (*Principal, error) {
	p := &Principal{ID: "token:" + t.Issuer + "#" + t.Subject, Name: t.Name, Credential: Credential{Kind: TokenCredential, ID: t.ID, Expires: t.Expires}}
	person, ok, err := a.PersonByIdentity(ctx, t.Identity)
	if err != nil {
		return nil, fmt.Errorf("read a person: %w", err)
	}
	if ok && person.Disabled {
		p.refusal = refused("Whoever this token names is disabled.")
		return p, nil
	}
	h := Holder{Kind: HolderPerson, ID: person.ID}
	if ok {
		p.ID = h.String()
	}
	groups, err := a.GroupsByClaims(ctx, t.Issuer, t.Groups)
	if err != nil {
		return nil, fmt.Errorf("read groups: %w", err)
	}
	ids := make([]HolderID, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	member, all, err := a.RightsOf(ctx, h, ids)
	if err != nil {
		return nil, fmt.Errorf("read the rights of %s: %w", h, err)
	}
	p.rights = rightsOf(member, all)
	p.rights.permit(t.Permits)
	return p, nil
}

// systemNamespace stands in the community's format for the installation: its permissions count in every namespace, and admin makes an operator.
const systemNamespace = "system"

// permit adds what a token's claim permits. What is no permission of ours is left out: the claim may be for other servers too.
func (r *rights) permit(all []string) {
	for _, s := range all {
		name, word, ok := strings.Cut(s, ":") // the name has no colon; payload:read has one
		if !ok {
			continue
		}
		p, err := ParsePermission(word)
		if err != nil {
			continue
		}
		if name == systemNamespace {
			r.everywhere |= p.closed()
			r.operator = r.operator || p == Admin
			continue
		}
		if r.names == nil {
			r.names = map[string]Permission{}
		}
		r.names[name] |= p.closed()
	}
}

// OfPerson is a person that has signed in, with a credential that somebody else has looked at. It is not remembered. Errors: *Refused; else the database
// could not be asked.
func (a *Access) OfPerson(ctx context.Context, id HolderID, c Credential) (*Principal, error) {
	h := Holder{Kind: HolderPerson, ID: id}
	name, err := a.holderName(ctx, h)
	if err != nil {
		return nil, err
	}
	member, all, err := a.RightsOf(ctx, h, nil)
	if err != nil {
		return nil, fmt.Errorf("read the rights of %s: %w", h, err)
	}
	return &Principal{ID: h.String(), Name: name, Credential: c, rights: rightsOf(member, all)}, nil
}
