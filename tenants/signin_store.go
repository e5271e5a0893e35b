package tenants

import (
	"context"
	"time"
)

// Attempt is a sign-in that is under way: a browser has been sent to an identity provider, and is expected back.
type Attempt struct {
	State    [32]byte // SHA-256 of the state that the provider gives back
	Browser  [32]byte // SHA-256 of the secret in the cookie of the browser that was sent
	Provider string   // which of the configured providers
	Secret   []byte   // what the provider's answer is checked with, encrypted by whoever stores it
	Return   string   // path of the console to go on to
	Link     [32]byte // hash of the set-up link that it began with; zero: none
	Expires  time.Time
}

// SetupLink makes whoever signs in with it an operator, once.
type SetupLink struct {
	Hash    [32]byte // SHA-256 of its token
	Expires time.Time
	Anyway  bool // also when there is an operator already: somebody at the machine has asked for it
}

// SignInStore keeps sign-ins that are under way, and set-up links. Nothing of it changes what anybody may do.
type SignInStore interface {
	// InsertAttempt stores an attempt, and drops those that have expired by at.
	InsertAttempt(ctx context.Context, a Attempt, at time.Time) error
	// TakeAttempt removes an attempt and returns it: of several calls with one state, one gets it.
	TakeAttempt(ctx context.Context, state [32]byte) (a Attempt, ok bool, err error)
	// InsertLink stores a set-up link, and drops those that have expired by at.
	InsertLink(ctx context.Context, l SetupLink, at time.Time) error
	LinkByHash(ctx context.Context, hash [32]byte) (l SetupLink, ok bool, err error)
	// TakeLink removes a set-up link, and all others with it: of several calls, whatever their links, one gets one.
	TakeLink(ctx context.Context, hash [32]byte) (l SetupLink, ok bool, err error)
	// GrantsBy are all grants that were given by somebody, of every tenant.
	GrantsBy(ctx context.Context, by string) ([]Grant, error)
}
