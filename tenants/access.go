package tenants

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Access answers who somebody is and what that principal may do, from memory, and changes it. It is safe for concurrent use.
//
//	credential ─▶ ByKey, ByToken, ByCertificates ─▶ Principal    remembered until something of its tenant changes
//	                                                    ▲
//	this node's changes ─▶ log ─▶ CatchUp ─▶ forget, and end Epoch: whoever waits on a principal looks again
//	another node's change: its cast, or at the latest the next look after PollEvery
//
// What it remembers is at most PollEvery behind the database; if the database cannot be asked for StaleAfter, everything is forgotten, and calls are
// answered when it can.
// What it has of Registry is for reading, and for changes of what nobody is allowed anything by; all other changes have a method here, after which they hold.
type Access struct {
	Registry
	now      func() time.Time
	announce func()
	told     func(of []TenantID, whole bool)
	log      *slog.Logger
	loads    singleflight.Group

	catching sync.Mutex // one at a time reads the log
	version  int64      // of the log, as far as it was read; under catching
	caught   time.Time  // when that was; under catching

	asked atomic.Int64 // when Epoch was asked for last, in Unix nanoseconds

	mu      sync.RWMutex
	round   uint64 // grows with everything that is forgotten: what was read before must not be remembered after
	keys    map[KeyID]*knownKey
	homes   map[TenantID][]KeyID    // of the keys, by their tenant; each once
	proofs  map[[32]byte]*Principal // of tokens and certificates
	spilled []KeyUse                // of keys that were forgotten before they were written
	epoch   context.Context
	next    context.CancelFunc
}

const (
	// PollEvery is how often the log of changes is read when nobody has told of one, while there is anything that it could change here: somebody who
	// was let in and is remembered, or who waits since less than WaitsFor.
	PollEvery = 500 * time.Millisecond
	// RestEvery is how often it is read otherwise.
	RestEvery = 10 * time.Second
	// WaitsFor is longer than any call waits. Streams of the console ask again more often.
	WaitsFor = 2 * time.Minute
	// StaleAfter is how long what is remembered counts while the log cannot be read.
	StaleAfter = 5 * time.Second

	loadTime = 5 * time.Second // for reading one principal
	// mostProofs bounds the tokens and certificates that are remembered. Each node's clients come with a few of them for an hour each.
	mostProofs = 10_000
)

// knownKey is a key that has let somebody in.
type knownKey struct {
	hash      [32]byte
	principal *Principal
	uses      uses
}

// AccessConfig is what an Access is made of.
type AccessConfig struct {
	Registry Registry         // required
	Now      func() time.Time // nil: time.Now
	// Announce tells the other nodes to catch up. It must not wait. nil: there are none.
	Announce func()
	// Changed is told which tenants have changed, on this node or elsewhere; whole: anything may have. nil: nobody asks.
	Changed func(of []TenantID, whole bool)
	Logger  *slog.Logger // nil discards
}

// NewAccess makes an Access. Run keeps it up to date.
func NewAccess(c AccessConfig) *Access {
	a := &Access{Registry: c.Registry, now: c.Now, announce: c.Announce, told: c.Changed, log: c.Logger, keys: map[KeyID]*knownKey{}, homes: map[TenantID][]KeyID{}, proofs: map[[32]byte]*Principal{}}
	if a.now == nil {
		a.now = time.Now
	}
	if a.announce == nil {
		a.announce = func() {}
	}
	if a.told == nil {
		a.told = func([]TenantID, bool) {}
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.caught = a.now()
	a.epoch, a.next = context.WithCancel(context.Background())
	return a
}

// Refused is why a credential lets nobody in. Its text is for whoever came with it.
type Refused struct{ Reason string }

// Error implements error.
func (r *Refused) Error() string { return r.Reason }

func refused(reason string) error { return &Refused{reason} }

// ErrUnknown is what every credential is answered that proves nothing: what is known of others' is not told.
var ErrUnknown error = &Refused{"The API key is not valid."}

// Epoch ends at the next change of what anybody may do. Who waits for long asks it first, then who the caller is, and looks again when it ends.
func (a *Access) Epoch() context.Context {
	a.asked.Store(a.now().UnixNano())
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.epoch
}

// ByKey is whoever a key's text belongs to. from is where it came from, for the key's last use; nil: it is not noted.
// Errors: *Refused; else the database could not be asked.
func (a *Access) ByKey(ctx context.Context, text string, from net.Addr) (*Principal, error) {
	id, secret, ok := splitKey(text)
	if !ok {
		return nil, ErrUnknown
	}
	k, err := a.key(ctx, id)
	if err != nil {
		return nil, err
	}
	if !sameSecret(&k.hash, secret) {
		return nil, ErrUnknown
	}
	now := a.now()
	if err := k.principal.refusedAt(now); err != nil {
		return nil, err
	}
	k.uses.note(now, from)
	return k.principal, nil
}

// refusedAt is the reason why a credential that was good does not count any more.
func (p *Principal) refusedAt(now time.Time) error {
	if p.refusal != nil {
		return p.refusal
	}
	if end := p.Credential.Expires; !end.IsZero() && !now.Before(end) {
		return refused("The credential has expired.")
	}
	return nil
}

// key is a key by its id, from memory if it is there. A key that lets nobody in is remembered too: its principal has the reason.
func (a *Access) key(ctx context.Context, id KeyID) (*knownKey, error) {
	a.mu.RLock()
	k, round := a.keys[id], a.round
	a.mu.RUnlock()
	if k != nil {
		return k, nil
	}
	// An id that came from a caller is the key of the flight, so that a thundering herd after a change asks once.
	// Who comes after a change does not join a flight from before it.
	v, err, _ := a.loads.Do(fmt.Sprintf("%s %d", id, round), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTime)
		defer cancel()
		k, err := a.loadKey(ctx, id)
		if err != nil {
			return nil, err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if _, there := a.keys[id]; a.round == round && !there {
			a.keys[id] = k
			a.homes[k.principal.home] = append(a.homes[k.principal.home], id)
		}
		return k, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*knownKey), nil
}

func (a *Access) loadKey(ctx context.Context, id KeyID) (*knownKey, error) {
	k, ok, err := a.KeyByID(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read an API key: %w", err)
	}
	if !ok {
		return nil, ErrUnknown
	}
	p := &Principal{ID: k.Holder.String(), Credential: Credential{Kind: KeyCredential, ID: string(k.ID), Expires: k.Expires}, home: k.Tenant}
	known := &knownKey{hash: k.Hash, principal: p}
	switch {
	case !k.Revoked.IsZero():
		p.refusal = refused("The API key has been revoked.")
		return known, nil
	case k.Disabled:
		p.refusal = refused("The API key is disabled.")
		return known, nil
	}
	if p.Name, err = a.holderName(ctx, k.Holder); err != nil {
		p.refusal = err
		var r *Refused
		if errors.As(err, &r) {
			return known, nil
		}
		return nil, err
	}
	member, all, err := a.RightsOf(ctx, k.Holder, nil)
	if err != nil {
		return nil, fmt.Errorf("read the rights of %s: %w", k.Holder, err)
	}
	p.rights = rightsOf(only(k.Tenant, member), all)
	// A key is of one tenant. One that may do everything is of the default tenant, so that nobody can make one who only manages another tenant's keys.
	p.rights.operator = p.rights.operator && k.Tenant == DefaultTenant
	p.rights.limit = limitOf(k)
	return known, nil
}

// only is t if it is among the tenants.
func only(t TenantID, all []TenantID) []TenantID {
	for _, m := range all {
		if m == t {
			return []TenantID{t}
		}
	}
	return nil
}

// holderName is the name of a person or account; Refused if it is disabled or gone.
func (a *Access) holderName(ctx context.Context, h Holder) (string, error) {
	var name string
	var ok, disabled bool
	var err error
	if h.Kind == HolderAccount {
		var v Account
		v, ok, err = a.AccountByID(ctx, h.ID)
		name, disabled = v.Name, v.Disabled
	} else {
		var v Person
		v, ok, err = a.PersonByID(ctx, h.ID)
		name, disabled = v.Name, v.Disabled
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("read %s: %w", h, err)
	case !ok:
		return "", ErrUnknown
	case disabled:
		return "", refused("Whoever holds this API key is disabled.")
	}
	return name, nil
}

// TenantNamed finds a tenant by name. Errors: NotFound; else the database could not be asked.
func (a *Access) TenantNamed(ctx context.Context, name string) (Tenant, error) {
	t, ok, err := a.TenantByName(ctx, name)
	switch {
	case err != nil:
		return Tenant{}, fmt.Errorf("read tenant %s: %w", name, err)
	case !ok:
		return Tenant{}, orchestration.Errorf(orchestration.NotFound, "Tenant %s is not found.", name)
	}
	return t, nil
}
