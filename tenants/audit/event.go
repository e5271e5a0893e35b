package audit

import (
	"time"
	"unicode/utf8"

	"github.com/tenuto-io/tenuto/tenants"
)

// Plane tells what an event is about.
type Plane string

// The planes.
const (
	Control Plane = "control" // who may do what, and what there is: tenants, namespaces, people, keys
	Data    Plane = "data"    // calls: workflows, and refused calls of every kind
)

// Event is one thing that somebody did, or tried to.
type Event struct {
	At            time.Time // microseconds, UTC
	Plane         Plane
	Tenant        tenants.TenantID // whose it is; InstallationTenant: nobody's
	Namespace     string           // its name then; "": none
	Action        string           // of a call: its method, without the service; of a page: its verb and route; of a change: "key.create", say
	Resource      string           // "workflow:<id>", "key:<id>"; "": the namespace or the installation itself
	Run           string           // the run, when the caller named one or got one
	Principal     string           // the verified one's id; Nobody for a call that proved none, System for the server itself
	PrincipalName string           // for people
	Credential    string           // its kind
	CredentialID  string           // of a key or token, when it has one; never the secret
	Address       string           // where the call came from, without port; "": from within
	Request       string           // the call's request id, as the client chose it
	Code          string           // the call's gRPC code by name; a change that happened is "OK"
	Changes       []Change         // of a change: the fields that it touched, by name
}

// Who acts without a credential.
const (
	Nobody = "nobody"
	System = "system"
)

// Change is one field before and after. "" is absent.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Record is an event in its tenant's chain.
type Record struct {
	Event
	Sequence int64 // from 1, without a gap
	Hash     Hash
}

// MaxText is how many bytes of any text an event keeps; what is longer is cut.
const MaxText = 1000

// Bounded is the event as it is kept: texts cut to MaxText and made valid, the time as it is stored.
func (e Event) Bounded() Event {
	for _, s := range []*string{&e.Namespace, &e.Action, &e.Resource, &e.Run, &e.Principal, &e.PrincipalName, &e.Credential, &e.CredentialID, &e.Address, &e.Request, &e.Code} {
		*s = bounded(*s)
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	if len(e.Changes) == 0 {
		e.Changes = nil
		return e
	}
	changes := make([]Change, len(e.Changes))
	for i, c := range e.Changes {
		changes[i] = Change{bounded(c.Field), bounded(c.Before), bounded(c.After)}
	}
	e.Changes = changes
	return e
}

// bounded is a text that every database takes: short, UTF-8, without the zero byte.
func bounded(s string) string {
	cut := len(s) > MaxText
	if cut {
		s = s[:MaxText]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if len(s) > 0 && s[len(s)-1] >= utf8.RuneSelf {
			s = s[:len(s)-1]
		}
	}
	return clean(s)
}

func clean(s string) string {
	plain := utf8.ValidString(s)
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] != 0
	}
	if plain {
		return s
	}
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r == 0 {
			r = utf8.RuneError
		}
		out = append(out, r)
	}
	return string(out)
}
