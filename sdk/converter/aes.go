package converter

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"
)

const (
	encodingEncrypted = "binary/encrypted"
	metadataKeyID     = "encryption-key-id"
	aesKeyBytes       = 32
)

var (
	// ErrKey is returned for a key of the wrong size or an unknown key id.
	ErrKey = errors.New("converter: encryption key")
	// ErrCiphertext is returned for an encrypted payload that is cut, altered or made with another key.
	ErrCiphertext = errors.New("converter: the encrypted payload does not verify")
)

// AESCodec encrypts payloads with AES-256-GCM. A sealed payload has the encoding binary/encrypted, the id of its key in the
// metadata, and as data a random 96-bit nonce followed by the sealed bytes of the whole original payload, metadata
// included. The format is that of the encryption samples of the other SDKs, so their workers can share a key with ours.
//
// Keys are rotated by id: new payloads use the active key, and old ones stay readable while their key is in the ring. One key
// should seal no more than 2^32 payloads, the limit for random nonces (NIST SP 800-38D, 8.3).
type AESCodec struct {
	activeID string
	rings    map[string]cipher.AEAD
}

// NewAESCodec returns a codec that seals with keys[activeID] and opens with any of the keys, each of 32 bytes. It returns
// [ErrKey] if a key has another size or the active one is missing.
func NewAESCodec(activeID string, keys map[string][]byte) (*AESCodec, error) {
	codec := &AESCodec{activeID: activeID, rings: make(map[string]cipher.AEAD, len(keys))}
	for id, key := range keys {
		if len(key) != aesKeyBytes {
			return nil, fmt.Errorf("%w %q has %d bytes, want %d", ErrKey, id, len(key), aesKeyBytes)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("%w %q: %w", ErrKey, id, err)
		}
		// The nonce is random and put in front by the cipher itself.
		if codec.rings[id], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("%w %q: %w", ErrKey, id, err)
		}
	}
	if codec.rings[activeID] == nil {
		return nil, fmt.Errorf("%w %q is the active one but is not in the ring", ErrKey, activeID)
	}
	return codec, nil
}

// Encode seals every payload with the active key.
func (c *AESCodec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, c.seal)
}

// Decode opens the payloads that are encrypted and returns the others as they are. It returns [ErrKey] for an unknown key
// id and [ErrCiphertext] for a payload that does not verify.
func (c *AESCodec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, c.open)
}

func (c *AESCodec) seal(payload *commonpb.Payload) (*commonpb.Payload, error) {
	plain, err := proto.Marshal(payload)
	if err != nil {
		return nil, err
	}
	sealed := newPayload(encodingEncrypted, c.rings[c.activeID].Seal(nil, nil, plain, nil))
	sealed.Metadata[metadataKeyID] = []byte(c.activeID)
	return sealed, nil
}

func (c *AESCodec) open(payload *commonpb.Payload) (*commonpb.Payload, error) {
	if encodingOf(payload) != encodingEncrypted {
		return payload, nil
	}
	id := string(payload.GetMetadata()[metadataKeyID])
	ring := c.rings[id]
	if ring == nil {
		return nil, fmt.Errorf("%w %q is unknown", ErrKey, id)
	}
	plain, err := ring.Open(nil, nil, payload.GetData(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w (key %q)", ErrCiphertext, id)
	}
	opened := &commonpb.Payload{}
	if err := proto.Unmarshal(plain, opened); err != nil {
		return nil, fmt.Errorf("%w (key %q): %w", ErrCiphertext, id, err)
	}
	return opened, nil
}

func each(
	payloads []*commonpb.Payload, transform func(*commonpb.Payload) (*commonpb.Payload, error),
) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		transformed, err := transform(payload)
		if err != nil {
			return nil, fmt.Errorf("payload %d: %w", i, err)
		}
		out[i] = transformed
	}
	return out, nil
}
