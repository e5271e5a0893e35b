package tenants

import (
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// Session is a signed-in browser. Its id is known to the browser alone.
type Session struct {
	Hash     [32]byte // SHA-256 of the id
	Person   HolderID
	Created  time.Time
	Seen     time.Time
	Expires  time.Time // absolute; an idle limit is for who reads Seen
	Address  string    // where it was made from
	Agent    string    // of the browser, for the person who looks at a list of sessions
	Provider string    // which of the configured providers
	Within   string    // what the provider calls its own session, of whose end it may tell; "": nothing
	Refresh  []byte    // the provider's refresh token, encrypted by whoever stores it; nil: none
	Verified time.Time // when the provider last vouched for the person
	Tried    time.Time // when it was last asked to
}

// Ref names a session to its person and in records. It cannot be signed in with, and says nothing of what is stored, either.
func (s Session) Ref() string {
	sum := sha256.Sum256(s.Hash[:])
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// Ending is why a session is over, as records tell it.
type Ending string

// The endings.
const (
	SignedOut    Ending = "signed out"
	Replaced     Ending = "signed in again"
	Ended        Ending = "ended in a list"            // by its person, or an operator: the record says by whom
	RanOut       Ending = "too old or idle"            // by itself
	Unvouched    Ending = "the provider refused"       // to vouch any longer for the person
	ProviderLeft Ending = "signed out at the provider" // who has told so
)

// Logout is what an identity provider tells of a session of its own that has ended.
type Logout struct {
	ID       [32]byte  // of the message; one counts once
	Provider string    // which of the configured providers
	Issuer   string    // of that provider: sessions that it began under another one stay
	Subject  string    // whose sessions end; "": whoever's
	Within   string    // the provider's session; "": all of Subject's
	Expires  time.Time // from when on the message is refused for its age, and need not be remembered
}
