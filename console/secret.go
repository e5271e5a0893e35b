package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// digest is what the console keeps of a secret. Looking one up by map is safe: an attacker who could time the lookup would learn
// about a hash that the secret cannot be computed from.
type digest [sha256.Size]byte

// newSecret makes 256 random bits in a form that fits URLs and cookies, and its digest.
func newSecret() (string, digest) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails on supported systems
	s := base64.RawURLEncoding.EncodeToString(b[:])
	return s, digestOf(s)
}

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }
