package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
)

// How long things last.
const (
	Idle         = 2 * time.Hour    // a session without a request
	Absolute     = 24 * time.Hour   // a session from sign-in
	Vouched      = time.Hour        // a session since the provider has vouched for the person
	RefreshEvery = 5 * time.Minute  // how often the provider is asked
	AttemptLife  = 10 * time.Minute // from being sent to the provider to coming back
	LinkLife     = 30 * time.Minute // a set-up link

	retryAfter  = 30 * time.Second // from one try to ask the provider to the next
	refreshTime = 15 * time.Second // for asking it
	endTime     = 5 * time.Second  // for telling it of a session's end
	noteEvery   = time.Minute      // how often it is written that a session is in use
	sweepEvery  = 10 * time.Minute
)

// Errors beside those of tenants/oidc.
var (
	// ErrNoSession: there is no such session (any more).
	ErrNoSession = errors.New("the session is over")
	// ErrNoAttempt: nobody is expected back like this: it took too long, it was done already, or another browser began it.
	ErrNoAttempt = errors.New("this sign-in is over, or was begun elsewhere")
	// ErrNoLink: the set-up link was used, is too old, or there is an administrator already.
	ErrNoLink = errors.New("the set-up link does not count any more")
	// ErrNoProvider: there is no provider of that name.
	ErrNoProvider = errors.New("there is no such identity provider")
	// ErrUnvouched: the provider has to be asked first whether the person is still who it was, and has not answered yet.
	ErrUnvouched = errors.New("the session waits for the identity provider")
)

// Config is what a desk is made of.
type Config struct {
	Access    *tenants.Access
	Providers []*oidc.Provider
	Secret    []byte  // what is kept for providers is encrypted with; the same on every node, at least MinSecret bytes
	After     string  // URL of the console that a provider sends browsers to when its session is over
	Auditor   Auditor // nil: nobody takes note of who is refused
	Logger    *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Desk signs people in. It is safe for concurrent use.
type Desk struct {
	access    *tenants.Access
	providers []*oidc.Provider
	seal      seal
	after     string
	auditor   Auditor
	log       *slog.Logger
	clock     func() time.Time
	flights   singleflight.Group
	begun     pace // sign-ins
	told      pace // logouts, by providers or in their name
}

// New makes a desk. Errors: the secret is too short.
func New(c Config) (*Desk, error) {
	s, err := newSeal(c.Secret)
	if err != nil {
		return nil, err
	}
	d := &Desk{access: c.Access, providers: c.Providers, seal: s, after: c.After, auditor: c.Auditor, log: c.Logger, clock: c.Now}
	if d.clock == nil {
		d.clock = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	return d, nil
}

// Providers are the ways in, for people to choose from.
func (d *Desk) Providers() []*oidc.Provider { return d.providers }

func (d *Desk) provider(name string) (*oidc.Provider, error) {
	for _, p := range d.providers {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, ErrNoProvider
}

// now is the time as it is stored.
func (d *Desk) now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// Run deletes sessions that are over, now and then, until ctx ends. It returns nil.
func (d *Desk) Run(ctx context.Context) error {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
			if err := d.Sweep(ctx); err != nil && ctx.Err() == nil {
				d.log.Warn("cannot delete sessions that are over", "error", err)
			}
		}
	}
}

// Sweep deletes sessions that are over.
func (d *Desk) Sweep(ctx context.Context) error {
	for {
		now := d.now()
		if more, err := d.access.DeleteExpired(ctx, now, now.Add(-Idle)); err != nil || !more {
			return err
		}
	}
}

// newSecret makes 256 random bits, and what is kept of them.
func newSecret() (text string, hash [32]byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails on supported systems
	text = base64.RawURLEncoding.EncodeToString(b[:])
	return text, digest(text)
}

// digest is what is kept of a secret. Looking one up by it tells who measures nothing: the secret cannot be computed from it.
func digest(text string) [32]byte { return sha256.Sum256([]byte(text)) }
