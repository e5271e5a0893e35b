package signin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// MinSecret is the least length of Config.Secret, in bytes.
const MinSecret = 32

// seal encrypts what is stored for a provider, with AES-256-GCM. What it belongs to is authenticated with it, so that a row's secret is worth nothing in another.
type seal struct{ cipher.AEAD }

func newSeal(secret []byte) (seal, error) {
	if len(secret) < MinSecret {
		return seal{}, fmt.Errorf("the secret of the sign-in has %d bytes, it needs at least %d", len(secret), MinSecret)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "tenuto sign-in", 32)
	if err != nil {
		return seal{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, err
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	return seal{a}, err
}

// The kinds of what is sealed.
const (
	forAttempt = "attempt"
	forSession = "session"
)

// close seals a text that belongs to a row. An empty text is nothing.
func (s seal) close(kind string, row [32]byte, text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	return s.Seal(nil, nil, text, append([]byte(kind), row[:]...))
}

var errSealed = errors.New("what is stored cannot be decrypted: it was stored with another secret, or belongs to something else")

// open is what was sealed for a row.
func (s seal) open(kind string, row [32]byte, box []byte) ([]byte, error) {
	text, err := s.Open(nil, nil, box, append([]byte(kind), row[:]...))
	if err != nil {
		return nil, errSealed
	}
	return text, nil
}
