package config

import "strings"

// The names of the keys, as a configuration file nests them.
const (
	keyPostgresURL     = "postgres.url"
	keyPostgresURLFile = "postgres.url_file"
	keyGRPC            = "grpc"
	keyConsole         = "console"
	keyAuth            = "auth"
	keyLogLevel        = "log.level"
	keyLogFormat       = "log.format"
)

// Key is one value of Server: everything that its reference page says, and where it is kept. The field's comment in the source says the same.
type Key struct {
	Name    string // dots nest, as in a YAML file
	Flag    string // of tenuto server, with its dashes; empty without one
	Meaning string // sentences that complete "the value is …"
	Unit    string // form or unit of the value
	Default string
	Limit   string
	Secret  bool // never shown, except for what shows no secret

	field string                // of Server, for the test that compares the comments
	at    func(*Server) *string // where the value is
}

// Env is the environment variable of the key.
func (k Key) Env() string { return "TENUTO_" + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_")) }

// Keys are all keys, in the order in which an operator meets them.
var Keys = []Key{
	{
		Name: keyPostgresURL, Unit: "URL", Secret: true, field: "URL", at: func(s *Server) *string { return &s.Postgres.URL },
		Meaning: "the database to use, postgres://USER:PASSWORD@HOST:PORT/DATABASE with the parameters of libpq, such as sslmode. " +
			"A pooler between server and database must pool sessions, not transactions.",
		Default: "none; it or postgres.url_file must be set", Limit: "PostgreSQL 14 or later; one database per installation",
	}, {
		Name: keyPostgresURLFile, Unit: "path", field: "URLFile", at: func(s *Server) *string { return &s.Postgres.URLFile },
		Meaning: "a file that holds postgres.url and nothing else, so that the password is in no environment. It is read once, at start.",
		Default: "none", Limit: "64 KiB",
	}, {
		Name: keyGRPC, Flag: "--grpc", Unit: "HOST:PORT", field: "GRPC", at: func(s *Server) *string { return &s.GRPC },
		Meaning: "the address that SDKs connect to, HOST:PORT; port 0 takes a free one.",
		Default: "127.0.0.1:7233", Limit: "an address of this machine; calls need no credential, so whoever reaches it may use the server",
	}, {
		Name: keyConsole, Flag: "--console", Unit: "HOST:PORT", field: "Console", at: func(s *Server) *string { return &s.Console },
		Meaning: "the address of the web console, HOST:PORT; port 0 takes a free one.",
		Default: "127.0.0.1:8233", Limit: "a loopback host, because the console speaks plain HTTP and its one user is the person at this machine",
	}, {
		Name: keyAuth, Unit: "word", field: "Auth", at: func(s *Server) *string { return &s.Auth },
		Meaning: "how callers prove who they are. There is no way yet, so it must be turned off in so many words: then whoever reaches the address of SDKs may " +
			"do everything, and the console asks for the one-time link that the server prints.",
		Default: "none; it must be set", Limit: "off",
	}, {
		Name: keyLogLevel, Flag: "--log-level", Unit: "word", field: "LogLevel", at: func(s *Server) *string { return &s.LogLevel },
		Meaning: "the least level that is logged.",
		Default: "info", Limit: "debug, info, warn or error",
	}, {
		Name: keyLogFormat, Flag: "--log-format", Unit: "word", field: "LogFormat", at: func(s *Server) *string { return &s.LogFormat },
		Meaning: "how log lines look on standard error.",
		Default: "text", Limit: "text or json",
	},
}

// keyNamed finds a key; ok is false when there is none.
func keyNamed(name string) (k Key, ok bool) {
	for _, k := range Keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

// flagOf is the flag of a key that has one, for commands that take nothing but flags.
func flagOf(name string) string {
	k, _ := keyNamed(name)
	return k.Flag
}
