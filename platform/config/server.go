package config

import (
	"errors"
	"fmt"
)

// The values of Server.Auth.
const (
	AuthOff  = "off"  // lets everybody in
	AuthKeys = "keys" // lets in whoever has an API key
)

// Server is what `tenuto server` can be told. The table Keys names each value in files and in the environment; Load fills it from there.
type Server struct {
	Node
	Postgres Postgres
	Redis    Redis
	Peers    Peers
	// Auth is how callers prove who they are. With keys, by API keys; tenuto key create --break-glass makes the first. With auth.jwt.issuers, also by tokens of
	// identity providers; then it need not be set. With off nobody has to: whoever reaches the address of SDKs may do everything. The console asks for the
	// one-time link that the server prints in any case. Default: none; it, auth.jwt.issuers or signin.providers_file must be set. Limit: keys or off.
	Auth   string
	JWT    JWT
	TLS    TLS
	SignIn SignIn
	Quota  Quota
	Audit  Audit
	OTLP   OTLP

	from map[string]string // what the operator called the value of a key; a key without entry has its default
}

// Postgres says which database to use.
type Postgres struct {
	// URL is the database to use, postgres://USER:PASSWORD@HOST:PORT/DATABASE with the parameters of libpq, such as sslmode. A pooler between server and database
	// must pool sessions, not transactions. Default: none; it or postgres.url_file must be set. Limit: PostgreSQL 14 or later; one database per installation.
	URL string
	// URLFile is a file that holds postgres.url and nothing else, so that the password is in no environment. It is read once, at start. Default: none.
	// Limit: 64 KiB.
	URLFile string
}

// DefaultServer is the configuration of `tenuto server` that nobody has told anything.
func DefaultServer() Server {
	return Server{Node: defaultNode(), JWT: JWT{PermissionsClaim: "permissions", GroupsClaim: "groups"}, Audit: defaultAudit(), OTLP: defaultOTLP()}
}

// Validate returns everything that cannot work, one sentence each, joined as Problems; nil when there is nothing.
func (s Server) Validate() error {
	var all Problems
	if err := s.ValidatePostgres(); err != nil {
		all = append(all, err)
	}
	all = append(all, s.peerProblems()...)
	if s.Redis.URL != "" {
		if err := validRedisURL(s.secretName(keyRedisURL, s.Redis.URLFile), s.Redis.URL); err != nil {
			all = append(all, err)
		}
	}
	all = append(all, s.authProblems()...)
	all = append(all, s.signInProblems()...)
	all = append(all, s.quotaProblems()...)
	all = append(all, s.auditProblems()...)
	all = append(all, s.otlpProblems()...)
	return append(all, s.Node.problems(s.name, s.SignIn.Configured())...).orNil()
}

// ValidatePostgres is the part of Validate that says whether the database can be addressed: all that `tenuto migrate` needs.
func (s Server) ValidatePostgres() error {
	if s.Postgres.URL == "" {
		return errors.New("postgres.url is not set: name a database in the configuration file, in TENUTO_POSTGRES_URL, or in a file that TENUTO_POSTGRES_URL_FILE names")
	}
	return validURL(s.secretName(keyPostgresURL, s.Postgres.URLFile), s.Postgres.URL)
}

// secretName is what the operator called a secret: the file that holds it, if there is one.
func (s Server) secretName(key, file string) string {
	if file != "" {
		return file
	}
	return s.name(key)
}

// name is what the operator called the value of a key.
func (s Server) name(key string) string {
	if from, ok := s.from[key]; ok {
		return from
	}
	return key
}

// Problems are several things that are wrong with a configuration.
type Problems []error

// Error is the first problem, and how to see the others.
func (p Problems) Error() string {
	if len(p) == 1 {
		return p[0].Error()
	}
	return fmt.Sprintf("%v (and %d more: tenuto config check lists them)", p[0], len(p)-1)
}

// Unwrap gives each problem to errors.Is and errors.As.
func (p Problems) Unwrap() []error { return p }

func (p Problems) orNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
