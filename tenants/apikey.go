package tenants

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// A key's text is "tnt_", its id, "_" and its secret. The id is what people see of the key ever after; the secret is 256 random bits, and only its hash is kept.
// A fast hash is enough for it: it cannot be guessed, so it needs no slow one.
const (
	keyMark       = "tnt_"
	keyIDBytes    = 10
	keyIDLength   = 16 // characters
	secretBytes   = 32
	secretLength  = 52 // characters
	keyTextLength = len(keyMark) + keyIDLength + 1 + secretLength
)

// letters are base32's in lower case: no character of a key needs quoting anywhere, and a double click selects all of it.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// KeyID is the part of a key that is no secret.
type KeyID string

// Scope is where a key may be used, and for what.
type Scope struct {
	Namespace   orchestration.NamespaceID // zero: every namespace of its tenant
	Permissions Permission
}

// Key is an API key. What it allows is what its holder may do, and of that only what its scopes say.
type Key struct {
	ID      KeyID
	Tenant  TenantID
	Holder  Holder // a person or an account
	Name    string
	Hash    [32]byte // SHA-256 of its secret
	Scopes  []Scope  // none: everything that its holder may do, roles included
	Created time.Time
	Expires time.Time // zero: never
	Revoked time.Time // zero: it is not. There is no way back
	// Disabled keys let nobody in until they are enabled again.
	Disabled bool
	Used     time.Time // zero: never. Written with a delay: see Access
	UsedFrom string    // address
	Replaces KeyID     // the key that it takes over from, which goes on until its own end; "" for none
}

// usable tells whether the key lets anybody in at that time.
func (k Key) usable(now time.Time) bool {
	return !k.Disabled && k.Revoked.IsZero() && (k.Expires.IsZero() || now.Before(k.Expires))
}

// newSecret makes the id and the text of a key, and the hash to keep.
func newSecret() (id KeyID, text string, hash [32]byte) {
	var random [keyIDBytes + secretBytes]byte
	_, _ = rand.Read(random[:]) // never fails
	id = KeyID(letters.EncodeToString(random[:keyIDBytes]))
	secret := letters.EncodeToString(random[keyIDBytes:])
	return id, keyMark + string(id) + "_" + secret, sha256.Sum256([]byte(secret))
}

// IsKey tells whether a credential is meant to be a key, and not a token of an identity provider.
func IsKey(text string) bool { return strings.HasPrefix(text, keyMark) }

// splitKey is the id and the secret of a key's text; ok is false for what can be none.
func splitKey(text string) (id KeyID, secret string, ok bool) {
	if len(text) != keyTextLength || !IsKey(text) || text[len(keyMark)+keyIDLength] != '_' {
		return "", "", false
	}
	return KeyID(text[len(keyMark) : len(keyMark)+keyIDLength]), text[len(text)-secretLength:], true
}

// sameSecret compares in a time that tells nothing. It allocates nothing.
func sameSecret(hash *[32]byte, secret string) bool {
	var b [secretLength]byte
	copy(b[:], secret)
	sum := sha256.Sum256(b[:])
	return subtle.ConstantTimeCompare(hash[:], sum[:]) == 1
}
