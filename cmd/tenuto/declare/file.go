package declare

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Wish is what a file says of an installation. A list that is nil says nothing; a pointer that is nil neither.
type Wish struct {
	Tenants []Tenant `yaml:"tenants"`
}

// Tenant is what a file says of a tenant.
type Tenant struct {
	Name       string      `yaml:"name"`
	Title      string      `yaml:"title"`
	Protected  *bool       `yaml:"protected"`
	Suspended  *bool       `yaml:"suspended"`  // for operators
	AuditDays  *int32      `yaml:"audit_days"` // likewise
	Namespaces []Namespace `yaml:"namespaces"`
	Groups     []Group     `yaml:"groups"`
	Accounts   []Account   `yaml:"accounts"`
	Members    []Member    `yaml:"members"`
}

// Namespace is what a file says of a namespace. Its name is the short one, without the tenant.
type Namespace struct {
	Name        string            `yaml:"name"`
	Description *string           `yaml:"description"`
	OwnerEmail  *string           `yaml:"owner_email"`
	Data        map[string]string `yaml:"data"`
	Retention   Duration          `yaml:"retention"`
	Protected   *bool             `yaml:"protected"`
	Suspended   *bool             `yaml:"suspended"`
	Audit       string            `yaml:"audit"` // which calls are recorded
	Codec       *string           `yaml:"codec_endpoint"`
	Credentials *bool             `yaml:"codec_credentials"` // browsers send the codec their cookies for it
	Authorities []Authority       `yaml:"authorities"`
	Quota       *Quota            `yaml:"quota"` // for operators
}

// Rights are what a file says that somebody may do: a role, and permissions by the short names of namespaces.
type Rights struct {
	Role        string              `yaml:"role"`
	Permissions map[string][]string `yaml:"permissions"`
}

// Group is what a file says of a group: mapped, with an issuer and a claim; or with members that are chosen here.
type Group struct {
	Name   string `yaml:"name"`
	Issuer string `yaml:"issuer"`
	Claim  string `yaml:"claim"`
	Rights `yaml:",inline"`
}

// Account is what a file says of a service account.
type Account struct {
	Name     string `yaml:"name"`
	Disabled *bool  `yaml:"disabled"`
	Rights   `yaml:",inline"`
}

// Member is what a file says of a person.
type Member struct {
	Issuer  string   `yaml:"issuer"`
	Subject string   `yaml:"subject"`
	Name    string   `yaml:"name"`
	Groups  []string `yaml:"groups"` // whose members are chosen here
	Rights  `yaml:",inline"`
}

// Duration is a time in days or in Go's units: "30d", "720h".
type Duration time.Duration

// UnmarshalYAML implements yaml.Unmarshaler.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	if days, ok := strings.CutSuffix(n.Value, "d"); ok {
		if count, err := strconv.Atoi(days); err == nil && count > 0 && count <= 36_500 {
			*d = Duration(time.Duration(count) * 24 * time.Hour)
			return nil
		}
	}
	v, err := time.ParseDuration(n.Value)
	if err != nil || v <= 0 {
		return fmt.Errorf("line %d: %q is no time like 30d or 720h", n.Line, n.Value)
	}
	*d = Duration(v)
	return nil
}

// Read reads a file. Errors name the line, or the thing, that is wrong.
func Read(text []byte) (Wish, error) {
	var w Wish
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil && !errors.Is(err, io.EOF) {
		return w, oneLine(err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return w, errors.New("the file has more than one document")
	}
	return w, w.check()
}

// oneLine is what YAML found wrong, as one sentence.
func oneLine(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n")
	return errors.New(strings.Join(strings.Fields(text), " "))
}

// The words for what somebody may do, and for what is recorded.
var (
	roles       = []string{"owner", "admin", "developer", "auditor", "member"}
	permissions = []string{"admin", "write", "worker", "read", "payload:read"}
	auditLevels = []string{"none", "interventions", "writes", "all", "default"}
)

// check returns what can be known to be wrong without asking a server.
func (w Wish) check() error {
	seen := names{}
	for _, t := range w.Tenants {
		if err := errors.Join(seen.add("tenant", t.Name), t.check()); err != nil {
			return firstOf(err)
		}
	}
	return nil
}

func (t Tenant) check() error {
	seen := names{}
	var all []error
	for _, n := range t.Namespaces {
		all = append(all, seen.add("namespace of tenant "+t.Name, n.Name))
		if n.Audit != "" && !slices.Contains(auditLevels, n.Audit) {
			all = append(all, fmt.Errorf("namespace %s has the audit level %q: it is one of %s", n.Name, n.Audit, strings.Join(auditLevels, ", ")))
		}
		for _, a := range n.Authorities {
			all = append(all, seen.add("authority of namespace "+n.Name, a.Name), a.check(n.Name))
		}
	}
	for _, g := range t.Groups {
		all = append(all, seen.add("group of tenant "+t.Name, g.Name), g.Rights.check("group "+g.Name))
		if (g.Issuer == "") != (g.Claim == "") {
			all = append(all, fmt.Errorf("group %s: issuer and claim belong together", g.Name))
		}
	}
	for _, a := range t.Accounts {
		all = append(all, seen.add("service account of tenant "+t.Name, a.Name), a.Rights.check("service account "+a.Name))
	}
	for _, m := range t.Members {
		who := "member " + m.Issuer + "#" + m.Subject
		all = append(all, seen.add("member of tenant "+t.Name, m.Issuer+"#"+m.Subject), m.Rights.check(who))
		if m.Issuer == "" || m.Subject == "" {
			all = append(all, fmt.Errorf("%s of tenant %s: a member has an issuer and a subject", who, t.Name))
		}
	}
	return errors.Join(all...)
}

func (r Rights) check(who string) error {
	if r.Role != "" && !slices.Contains(roles, r.Role) {
		return fmt.Errorf("%s has the role %q: it is one of %s", who, r.Role, strings.Join(roles, ", "))
	}
	for namespace, words := range r.Permissions {
		for _, word := range words {
			if !slices.Contains(permissions, word) {
				return fmt.Errorf("%s has the permission %q in %s: it is one of %s", who, word, namespace, strings.Join(permissions, ", "))
			}
		}
	}
	return nil
}

// names are those that were met, by kind.
type names map[string]bool

func (n names) add(kind, name string) error {
	switch {
	case name == "" || name == "#":
		return fmt.Errorf("a %s has no name", kind)
	case n[kind+" "+name]:
		return fmt.Errorf("the %s %s is there twice", kind, name)
	}
	n[kind+" "+name] = true
	return nil
}

// firstOf is the first of several errors: one sentence.
func firstOf(err error) error {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return firstOf(all.Unwrap()[0])
	}
	return err
}
