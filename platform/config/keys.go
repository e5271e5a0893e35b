package config

import "strings"

// The names of the keys, as a configuration file nests them.
const (
	keyPostgresURL     = "postgres.url"
	keyPostgresURLFile = "postgres.url_file"
	keyRedisURL        = "redis.url"
	keyRedisURLFile    = "redis.url_file"
	keyPeer            = "peer.address"
	keyAdvertise       = "peer.advertise"
	keyPeerSecret      = "peer.secret"
	keyPeerSecretFile  = "peer.secret_file"
	keyPeerCert        = "peer.cert_file"
	keyPeerKey         = "peer.key_file"
	keyPeerCA          = "peer.ca_file"
	keyGRPC            = "grpc"
	keyConsole         = "console"
	keyAuth            = "auth"
	keyJWTIssuers      = "auth.jwt.issuers"
	keyJWTAudiences    = "auth.jwt.audiences"
	keyJWTPermissions  = "auth.jwt.permissions_claim"
	keyJWTGroups       = "auth.jwt.groups_claim"
	keyTLSCert         = "tls.cert_file"
	keyTLSKey          = "tls.key_file"
	keySignInProviders = "signin.providers_file"
	keySignInURL       = "signin.url"
	keySignInSecret    = "signin.secret"
	keySignInFile      = "signin.secret_file"
	keyQuotaRequests   = "quota.requests"
	keyQuotaStarts     = "quota.starts"
	keyQuotaPollers    = "quota.pollers"
	keyQuotaOpenRuns   = "quota.open_runs"
	keyQuotaRetained   = "quota.retained_bytes"
	keyAuditCalls      = "audit.calls"
	keyAuditRetention  = "audit.retention_days"
	keyOTLP            = "otlp.url"
	keyOTLPLink        = "otlp.link"
	keyOTLPHeaders     = "otlp.headers"
	keyOTLPHeadersFile = "otlp.headers_file"
	keyOTLPCA          = "otlp.ca_file"
	keyOTLPRatio       = "otlp.traces.ratio"
	keyOTLPErrors      = "otlp.traces.errors"
	keyOTLPSlow        = "otlp.traces.slow"
	keyOTLPNamespaces  = "otlp.traces.namespaces"
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

	field string                // struct and field, for the test that compares the comments
	at    func(*Server) *string // where the value is
}

// Env is the environment variable of the key.
func (k Key) Env() string { return "TENUTO_" + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_")) }

// Keys are all keys, in the order in which an operator meets them.
var Keys = []Key{
	{
		Name: keyPostgresURL, Unit: "URL", Secret: true, field: "Postgres.URL", at: func(s *Server) *string { return &s.Postgres.URL },
		Meaning: "the database to use, postgres://USER:PASSWORD@HOST:PORT/DATABASE with the parameters of libpq, such as sslmode. " +
			"A pooler between server and database must pool sessions, not transactions.",
		Default: "none; it or postgres.url_file must be set", Limit: "PostgreSQL 14 or later; one database per installation",
	}, {
		Name: keyPostgresURLFile, Unit: "path", field: "Postgres.URLFile", at: func(s *Server) *string { return &s.Postgres.URLFile },
		Meaning: "a file that holds postgres.url and nothing else, so that the password is in no environment. It is read once, at start.",
		Default: "none", Limit: "64 KiB",
	}, {
		Name: keyRedisURL, Unit: "URL", Secret: true, field: "Redis.URL", at: func(s *Server) *string { return &s.Redis.URL },
		Meaning: "the Redis through which nodes share waiting tasks and rate limits, redis://USER:PASSWORD@HOST:PORT/DB; rediss:// for TLS; redis+sentinel:// " +
			"and redis+cluster:// with several hosts. It holds nothing that cannot be lost. Without it, nodes ask each other.",
		Default: "none", Limit: "Redis 6.2 or later",
	}, {
		Name: keyRedisURLFile, Unit: "path", field: "Redis.URLFile", at: func(s *Server) *string { return &s.Redis.URLFile },
		Meaning: "a file that holds redis.url and nothing else. It is read once, at start.",
		Default: "none", Limit: "64 KiB",
	}, {
		Name: keyPeer, Flag: "--peer", Unit: "HOST:PORT", field: "Node.Peer", at: func(s *Server) *string { return &s.Peer },
		Meaning: "the address that other nodes connect to, HOST:PORT; port 0 takes a free one. Nodes prove to each other who they are; nobody else is answered.",
		Default: "127.0.0.1:7234", Limit: "an address of this machine",
	}, {
		Name: keyAdvertise, Flag: "--advertise", Unit: "HOST:PORT", field: "Peers.Advertise", at: func(s *Server) *string { return &s.Peers.Advertise },
		Meaning: "the address by which other nodes reach this one, HOST:PORT, if it is not the one that it listens on.",
		Default: "none: peer.address is what they connect to; it must be set where that is an address of every interface", Limit: "an address that reaches this node from itself, too; it is tried at start",
	}, {
		Name: keyPeerSecret, Unit: "text", Secret: true, field: "Peers.Secret", at: func(s *Server) *string { return &s.Peers.Secret },
		Meaning: "what the nodes of an installation know each other by, the same on all of them; openssl rand -hex 32 makes one. Connections between nodes are " +
			"encrypted with keys that are derived from it.",
		Default: "none: no other node can join", Limit: "at least 16 bytes",
	}, {
		Name: keyPeerSecretFile, Unit: "path", field: "Peers.SecretFile", at: func(s *Server) *string { return &s.Peers.SecretFile },
		Meaning: "a file that holds peer.secret and nothing else. It is read once, at start.",
		Default: "none", Limit: "64 KiB",
	}, {
		Name: keyPeerCert, Unit: "path", field: "Peers.CertFile", at: func(s *Server) *string { return &s.Peers.CertFile },
		Meaning: "the PEM file of this node's certificate for connections between nodes, instead of peer.secret. It is for both ends: client and server.",
		Default: "none", Limit: "needs peer.key_file and peer.ca_file",
	}, {
		Name: keyPeerKey, Unit: "path", field: "Peers.KeyFile", at: func(s *Server) *string { return &s.Peers.KeyFile },
		Meaning: "the PEM file of that certificate's private key.",
		Default: "none", Limit: "needs peer.cert_file and peer.ca_file",
	}, {
		Name: keyPeerCA, Unit: "path", field: "Peers.CAFile", at: func(s *Server) *string { return &s.Peers.CAFile },
		Meaning: "the PEM file of the authority that signs the certificates of nodes, and of nodes only: whoever has such a certificate is a node.",
		Default: "none", Limit: "needs peer.cert_file and peer.key_file",
	}, {
		Name: keyGRPC, Flag: "--grpc", Unit: "HOST:PORT", field: "Node.GRPC", at: func(s *Server) *string { return &s.GRPC },
		Meaning: "the address that SDKs connect to, HOST:PORT; port 0 takes a free one.",
		Default: "127.0.0.1:7233", Limit: "an address of this machine; with auth off, whoever reaches it may use the server",
	}, {
		Name: keyConsole, Flag: "--console", Unit: "HOST:PORT", field: "Node.Console", at: func(s *Server) *string { return &s.Console },
		Meaning: "the address of the web console, HOST:PORT; port 0 takes a free one.",
		Default: "127.0.0.1:8233", Limit: "a loopback host, unless people sign in by identity providers (signin.providers_file); then the console speaks TLS with tls.cert_file, " +
			"and without it needs a proxy that does",
	}, {
		Name: keyAuth, Unit: "word", field: "Server.Auth", at: func(s *Server) *string { return &s.Auth },
		Meaning: "how callers prove who they are. With keys, by API keys; tenuto key create --break-glass makes the first. With auth.jwt.issuers, also by tokens of " +
			"identity providers; then it need not be set. With off nobody has to: whoever reaches the address of SDKs may do everything. The console asks for the " +
			"one-time link that the server prints in any case.",
		Default: "none; it, auth.jwt.issuers or signin.providers_file must be set", Limit: "keys or off",
	}, {
		Name: keyJWTIssuers, Unit: "URLs", field: "JWT.Issuers", at: func(s *Server) *string { return &s.JWT.Issuers },
		Meaning: "the identity providers whose tokens let their bearers in, each as its tokens say it, with commas between them. The keys to verify a token by are found " +
			"by OpenID Connect discovery.",
		Default: "none: only API keys count", Limit: "https, or http to this machine",
	}, {
		Name: keyJWTAudiences, Unit: "words", field: "JWT.Audiences", at: func(s *Server) *string { return &s.JWT.Audiences },
		Meaning: "what tokens must be meant for, with commas between several: a token whose audience names none of these is refused.",
		Default: "none", Limit: "must be set with auth.jwt.issuers",
	}, {
		Name: keyJWTPermissions, Unit: "path", field: "JWT.PermissionsClaim", at: func(s *Server) *string { return &s.JWT.PermissionsClaim },
		Meaning: "the claim in which a token lists what its bearer may do, as <namespace>:<admin, write, worker, read or payload:read>; system:<permission> counts in every " +
			"namespace, and system:admin makes an operator. A path of names with dots finds a claim within others.",
		Default: "permissions", Limit: "a claim of the token itself",
	}, {
		Name: keyJWTGroups, Unit: "path", field: "JWT.GroupsClaim", at: func(s *Server) *string { return &s.JWT.GroupsClaim },
		Meaning: "the claim in which a token lists the groups of its bearer, to which tenants map groups of theirs. A path of names with dots finds a claim within others.",
		Default: "groups", Limit: "a claim of the token itself",
	}, {
		Name: keyTLSCert, Unit: "path", field: "TLS.CertFile", at: func(s *Server) *string { return &s.TLS.CertFile },
		Meaning: "the PEM file of the certificate that SDKs are shown, with those between it and the authority behind it. With it, SDKs have to use TLS. When the file changes, new " +
			"connections get the new one.",
		Default: "none: connections are not encrypted", Limit: "needs tls.key_file",
	}, {
		Name: keyTLSKey, Unit: "path", field: "TLS.KeyFile", at: func(s *Server) *string { return &s.TLS.KeyFile },
		Meaning: "the PEM file of that certificate's private key.",
		Default: "none", Limit: "needs tls.cert_file",
	}, {
		Name: keySignInProviders, Unit: "path", field: "SignIn.ProvidersFile", at: func(s *Server) *string { return &s.SignIn.ProvidersFile },
		Meaning: "a YAML file that lists the identity providers that people sign in by, and names administrators. It is read once, at start.",
		Default: "none: the console asks for the one-time link that the server prints, and is for this machine only", Limit: "64 KiB; needs signin.url and signin.secret",
	}, {
		Name: keySignInURL, Unit: "URL", field: "SignIn.URL", at: func(s *Server) *string { return &s.SignIn.URL },
		Meaning: "the address of the console as browsers know it, without a path. Providers send browsers back to it, at /signin/NAME/return; its host is the only one that is answered.",
		Default: "none", Limit: "https, or http to this machine",
	}, {
		Name: keySignInSecret, Unit: "text", Secret: true, field: "SignIn.Secret", at: func(s *Server) *string { return &s.SignIn.Secret },
		Meaning: "what the refresh tokens of providers are encrypted with in the database, the same on all nodes; openssl rand -hex 32 makes one. With another one, everybody has " +
			"to sign in again within minutes.",
		Default: "none", Limit: "at least 32 bytes",
	}, {
		Name: keySignInFile, Unit: "path", field: "SignIn.SecretFile", at: func(s *Server) *string { return &s.SignIn.SecretFile },
		Meaning: "a file that holds signin.secret and nothing else. It is read once, at start.",
		Default: "none", Limit: "64 KiB",
	}, {
		Name: keyQuotaRequests, Unit: "calls per second", field: "Quota.Requests", at: func(s *Server) *string { return &s.Quota.Requests },
		Meaning: "the calls per second that a namespace may make which has no quota of its own for that. What is beyond is refused, starts and lists first, and SDKs repeat it.",
		Default: "none: there is no bound", Limit: "a whole number, at most 10^15",
	}, {
		Name: keyQuotaStarts, Unit: "calls per second", field: "Quota.Starts", at: func(s *Server) *string { return &s.Quota.Starts },
		Meaning: "the calls per second that may start workflows in a namespace which has no quota of its own for that.",
		Default: "none: there is no bound", Limit: "a whole number, at most 10^15",
	}, {
		Name: keyQuotaPollers, Unit: "polls", field: "Quota.Pollers", at: func(s *Server) *string { return &s.Quota.Pollers },
		Meaning: "the polls of workers that may wait at once in a namespace which has no quota of its own for that.",
		Default: "none: there is no bound", Limit: "a whole number, at most 10^15",
	}, {
		Name: keyQuotaOpenRuns, Unit: "workflows", field: "Quota.OpenRuns", at: func(s *Server) *string { return &s.Quota.OpenRuns },
		Meaning: "the workflows that may be open at once in a namespace which has no quota of its own for that: nothing more is started.",
		Default: "none: there is no bound", Limit: "a whole number, at most 10^15",
	}, {
		Name: keyQuotaRetained, Unit: "bytes", field: "Quota.Retained", at: func(s *Server) *string { return &s.Quota.Retained },
		Meaning: "the bytes of history that closed workflows may hold in a namespace which has no quota of its own for that: nothing more is started until some have left.",
		Default: "none: there is no bound", Limit: "a whole number, at most 10^15",
	}, {
		Name: keyAuditCalls, Unit: "word", field: "Audit.Calls", at: func(s *Server) *string { return &s.Audit.Calls },
		Meaning: "which calls are recorded in a namespace that has no level of its own: none; interventions, which are calls that were refused, and those that people make, " +
			"like terminate; writes, which adds starts, signals and updates; or all.",
		Default: "interventions", Limit: "none, interventions, writes or all",
	}, {
		Name: keyAuditRetention, Unit: "days", field: "Audit.RetentionDays", at: func(s *Server) *string { return &s.Audit.RetentionDays },
		Meaning: "how long audit records stay. 0: for ever.",
		Default: "90", Limit: "a whole number, at most 36500",
	}, {
		Name: keyOTLP, Unit: "URL", field: "OTLP.URL", at: func(s *Server) *string { return &s.OTLP.URL },
		Meaning: "the collector that the traces of workflows are sent to: http://HOST:PORT or https://, to which /v1/traces is added, or grpc://HOST:PORT or grpcs://.",
		Default: "none: nothing is sent", Limit: "without user and parameters",
	}, {
		Name: keyOTLPLink, Unit: "URL", field: "OTLP.Link", at: func(s *Server) *string { return &s.OTLP.Link },
		Meaning: "where pages lead from a run to its trace: an address of the tracing backend, in which {trace} stands for the id of the trace.",
		Default: "none: pages show the id alone", Limit: "https:// or http://, with {trace} after the host",
	}, {
		Name: keyOTLPHeaders, Unit: "text", Secret: true, field: "OTLP.Headers", at: func(s *Server) *string { return &s.OTLP.Headers },
		Meaning: "what comes with each call to the collector, credentials for example: one header a line, as Name: value.",
		Default: "none", Limit: "none",
	}, {
		Name: keyOTLPHeadersFile, Unit: "path", field: "OTLP.HeadersFile", at: func(s *Server) *string { return &s.OTLP.HeadersFile },
		Meaning: "a file that holds otlp.headers and nothing else. It is read once, at start.",
		Default: "none", Limit: "64 KiB",
	}, {
		Name: keyOTLPCA, Unit: "path", field: "OTLP.CAFile", at: func(s *Server) *string { return &s.OTLP.CAFile },
		Meaning: "a PEM file of the certificate authorities that may vouch for the collector; without it, those of the machine. It is read once, at start.",
		Default: "none", Limit: "needs https or grpcs",
	}, {
		Name: keyOTLPRatio, Unit: "number", field: "OTLP.Ratio", at: func(s *Server) *string { return &s.OTLP.Ratio },
		Meaning: "which part of the traces is sent. Whose caller records its own trace is sent in any case.",
		Default: "1", Limit: "0 to 1",
	}, {
		Name: keyOTLPErrors, Unit: "word", field: "OTLP.Errors", at: func(s *Server) *string { return &s.OTLP.Errors },
		Meaning: "whether workflows that failed, timed out or were terminated are sent in any case.",
		Default: "on", Limit: "on or off",
	}, {
		Name: keyOTLPSlow, Unit: "time", field: "OTLP.Slow", at: func(s *Server) *string { return &s.OTLP.Slow },
		Meaning: "how long a workflow takes at least that is sent in any case.",
		Default: "none: no workflow is sent for that", Limit: "at least 1s",
	}, {
		Name: keyOTLPNamespaces, Unit: "text", field: "OTLP.Namespaces", at: func(s *Server) *string { return &s.OTLP.Namespaces },
		Meaning: "which part of the traces is sent of namespaces that differ, as NAME=RATIO with spaces between; what is sent in any case stays.",
		Default: "none", Limit: "0 to 1 each",
	}, {
		Name: keyLogLevel, Flag: "--log-level", Unit: "word", field: "Node.LogLevel", at: func(s *Server) *string { return &s.LogLevel },
		Meaning: "the least level that is logged.",
		Default: "info", Limit: "debug, info, warn or error",
	}, {
		Name: keyLogFormat, Flag: "--log-format", Unit: "word", field: "Node.LogFormat", at: func(s *Server) *string { return &s.LogFormat },
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
