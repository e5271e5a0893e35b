package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// line is a record as Export writes it: one JSON object, whose fields are only ever added to.
type line struct {
	Sequence      int64     `json:"sequence"`
	Time          time.Time `json:"time"`
	Plane         Plane     `json:"plane"`
	Tenant        string    `json:"tenant,omitempty"`
	Namespace     string    `json:"namespace,omitempty"`
	Action        string    `json:"action"`
	Resource      string    `json:"resource,omitempty"`
	Run           string    `json:"run_id,omitempty"`
	Principal     string    `json:"principal"`
	PrincipalName string    `json:"principal_name,omitempty"`
	Credential    string    `json:"credential,omitempty"`
	CredentialID  string    `json:"credential_id,omitempty"`
	Address       string    `json:"address,omitempty"`
	Request       string    `json:"request_id,omitempty"`
	Code          string    `json:"code"`
	Changes       []Change  `json:"changes,omitempty"`
	Hash          string    `json:"hash"`
}

// MarshalJSON implements json.Marshaler: a record as a line of an export.
func (r Record) MarshalJSON() ([]byte, error) {
	l := line{
		r.Sequence, r.At, r.Plane, "", r.Namespace, r.Action, r.Resource, r.Run, r.Principal, r.PrincipalName, r.Credential, r.CredentialID, r.Address, r.Request,
		r.Code, r.Changes, r.Hash.String(),
	}
	if r.Tenant != tenants.InstallationTenant {
		l.Tenant = r.Tenant.String()
	}
	return json.Marshal(l)
}

// exportPage is how many records Export holds at a time.
const exportPage = 500

// Export writes a tenant's records that match, after the given sequence, as JSON lines. It returns the sequence up to which the export goes: what follows is had
// by another export from there. Errors: w's, or the journal's; what was written until then is whole lines, except the last one if w failed.
func Export(ctx context.Context, j Reader, t tenants.TenantID, f Filter, after int64, w io.Writer) (last int64, err error) {
	f.Newest = false
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for {
		found, next, done, err := j.Records(ctx, t, f, after, exportPage)
		if err != nil {
			return after, fmt.Errorf("read audit records: %w", err)
		}
		for _, r := range found {
			if err := out.Encode(r); err != nil {
				return after, fmt.Errorf("write an export: %w", err)
			}
			after = r.Sequence
		}
		after = next
		if done {
			return after, nil
		}
	}
}
