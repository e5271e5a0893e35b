package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/tenuto-io/tenuto/tenants"
)

// Hash is the hash of a record and, through it, of all before it.
type Hash [sha256.Size]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText implements encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// ParseHash reads what String writes.
func ParseHash(s string) (h Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("audit: %q is no hash of %d hexadecimal digits", s, 2*len(h))
	}
	return Hash(b), nil
}

// Link is one place in a chain. Kept elsewhere, it shows later that the chain up to there is still what it was.
type Link struct {
	Sequence int64
	Hash     Hash
}

// Chain is what a journal keeps of a tenant's chain beside its records.
type Chain struct {
	Tenant tenants.TenantID
	Anchor Link // of the last record that retention removed; zero: of none
	Head   Link // of the last record
}

// Append links events, which must be Bounded and of one tenant, to the link before them.
func Append(before Link, events []Event) []Record {
	records := make([]Record, len(events))
	var b []byte
	for i, e := range events {
		before.Sequence++
		b = encode(b[:0], before.Hash, before.Sequence, &e)
		before.Hash = sha256.Sum256(b)
		records[i] = Record{Event: e, Sequence: before.Sequence, Hash: before.Hash}
	}
	return records
}

// encode is what a record's hash covers: nothing of it can move from one field into another.
func encode(b []byte, before Hash, sequence int64, e *Event) []byte {
	b = append(append(b, before[:]...), e.Tenant[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(sequence))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	for _, s := range [...]string{
		string(e.Plane), e.Namespace, e.Action, e.Resource, e.Run, e.Principal, e.PrincipalName, e.Credential, e.CredentialID, e.Address, e.Request, e.Code,
	} {
		b = text(b, s)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Changes)))
	for _, c := range e.Changes {
		b = text(text(text(b, c.Field), c.Before), c.After)
	}
	return b
}

func text(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}
