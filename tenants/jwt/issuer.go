package jwt

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

const (
	fetchTime = 5 * time.Second // for one answer of a provider
	// keysFresh is how long a provider's keys are believed without asking again: so long a key counts that the provider has withdrawn.
	keysFresh = 5 * time.Minute
	// keysStale is how long they are believed when it cannot be asked.
	keysStale = time.Hour
	// askAgain is how soon it is asked again because a signature is by none of the keys: anybody can send such tokens.
	askAgain = 10 * time.Second
	maxKeys  = 1 << 20 // bytes of a key set
)

// issuer is one identity provider.
type issuer struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex // held while the provider is asked: everybody else would ask the same
	keysURL string
	keys    *oidc.StaticKeySet
	fetched time.Time // when the keys were
	asked   time.Time // when they were asked for, also in vain
}

// verify verifies issuer and signature. Keys that are not known yet are asked for. Errors: *tenants.Refused; else the provider could not be asked.
func (i *issuer) verify(ctx context.Context, text string) (*oidc.IDToken, error) {
	keys, err := i.current(ctx, keysFresh)
	if err != nil {
		return nil, err
	}
	if t, err := i.signed(ctx, keys, text); err == nil {
		return t, nil
	}
	newer, err := i.current(ctx, askAgain)
	if err != nil {
		return nil, err
	}
	if newer != keys {
		if t, err := i.signed(ctx, newer, text); err == nil {
			return t, nil
		}
	}
	return nil, refused("The token is not signed by its issuer.")
}

func (i *issuer) signed(ctx context.Context, keys *oidc.StaticKeySet, text string) (*oidc.IDToken, error) {
	// The audience is one of several, and times have a leeway: both are checked by whoever asks.
	c := &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: algorithms}
	return oidc.NewVerifier(i.url, keys, c).Verify(ctx, text)
}

// current are the provider's keys, at most that old if it can be asked.
func (i *issuer) current(ctx context.Context, old time.Duration) (*oidc.StaticKeySet, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	if i.keys != nil && now.Sub(i.fetched) < old {
		return i.keys, nil
	}
	if now.Sub(i.asked) < askAgain && !i.asked.IsZero() {
		return i.remembered(now, errors.New("it was asked a moment ago"))
	}
	i.asked = now
	keys, err := i.fetch(ctx)
	if err != nil {
		return i.remembered(now, err)
	}
	i.keys, i.fetched = keys, now
	return keys, nil
}

// remembered are the keys of before, unless they are too old. why is for the log.
func (i *issuer) remembered(now time.Time, why error) (*oidc.StaticKeySet, error) {
	if i.keys != nil && now.Sub(i.fetched) < keysStale {
		return i.keys, nil
	}
	return nil, fmt.Errorf("the keys of %s cannot be read: %w", i.url, why)
}

// fetch asks the provider for its keys, the first time also where they are. A caller that gives up must not spoil it for those who wait with it.
func (i *issuer) fetch(ctx context.Context) (*oidc.StaticKeySet, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*fetchTime)
	defer cancel()
	if i.keysURL == "" {
		p, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.url) // which compares the issuer with what the provider says of itself
		if err != nil {
			return nil, err
		}
		var said struct {
			KeysURL string `json:"jwks_uri"`
		}
		if err := p.Claims(&said); err != nil {
			return nil, err
		}
		i.keysURL = said.KeysURL
	}
	return i.fetchKeys(ctx)
}

func (i *issuer) fetchKeys(ctx context.Context) (_ *oidc.StaticKeySet, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.keysURL, nil)
	if err != nil {
		return nil, err
	}
	resp, err := i.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", i.keysURL, resp.Status)
	}
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxKeys)).Decode(&set); err != nil {
		return nil, err
	}
	keys := &oidc.StaticKeySet{}
	for _, k := range set.Keys {
		if public, ok := k.Key.(crypto.PublicKey); ok && k.IsPublic() && k.Use != "enc" {
			keys.PublicKeys = append(keys.PublicKeys, public)
		}
	}
	return keys, nil
}
