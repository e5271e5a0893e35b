package config

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

func complete() Server {
	s := DefaultServer()
	s.Auth, s.Postgres.URL = AuthOff, someURL
	return s
}

func TestCompleteServerIsValid(t *testing.T) {
	if err := complete().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestServerRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Server)
		want   []string
	}{
		"no database":       {func(s *Server) { s.Postgres.URL = "" }, []string{"postgres.url", "TENUTO_POSTGRES_URL"}},
		"no auth":           {func(s *Server) { s.Auth = "" }, []string{"auth", "TENUTO_AUTH=off"}},
		"another auth":      {func(s *Server) { s.Auth = "oidc" }, []string{"auth", "oidc", "keys or off"}},
		"off with tokens":   {func(s *Server) { s.JWT = JWT{Issuers: "https://id.example", Audiences: "a"} }, []string{"auth and auth.jwt.issuers", "contradict"}},
		"no audience":       {func(s *Server) { s.Auth, s.JWT.Issuers = "", "https://id.example" }, []string{"auth.jwt.audiences", "other servers"}},
		"issuer in clear":   {func(s *Server) { s.Auth, s.JWT = "", JWT{Issuers: "http://id.example", Audiences: "a"} }, []string{"auth.jwt.issuers", "https"}},
		"issuer of no URL":  {func(s *Server) { s.Auth, s.JWT = "", JWT{Issuers: "id.example", Audiences: "a"} }, []string{"auth.jwt.issuers", "https"}},
		"no key":            {func(s *Server) { s.TLS.CertFile = "server.pem" }, []string{"tls.cert_file", "belong together"}},
		"public console":    {func(s *Server) { s.Console = "0.0.0.0:8233" }, []string{"console", "this machine"}},
		"one address":       {func(s *Server) { s.Console = s.GRPC }, []string{"grpc and console", "two addresses"}},
		"unknown level":     {func(s *Server) { s.LogLevel = "" }, []string{"log.level"}},
		"unknown format":    {func(s *Server) { s.LogFormat = "xml" }, []string{"log.format", "xml"}},
		"named by source":   {func(s *Server) { s.GRPC, s.from = "x", map[string]string{"grpc": "TENUTO_GRPC"} }, []string{"TENUTO_GRPC \"x\""}},
		"one peer address":  {func(s *Server) { s.Peer = s.GRPC }, []string{"grpc and peer.address", "two addresses"}},
		"every interface":   {func(s *Server) { s.Peer = ":7234" }, []string{"peer.advertise is not set", "peer.address :7234"}},
		"no port":           {func(s *Server) { s.Peers.Advertise = "db" }, []string{"peer.advertise \"db\"", "HOST:PORT"}},
		"short secret":      {func(s *Server) { s.Peers.Secret = "hunter2" }, []string{"peer.secret", "7 bytes", "at least 16"}},
		"short in a file":   {func(s *Server) { s.Peers = Peers{Secret: "hunter2", SecretFile: "/run/peer"} }, []string{"/run/peer: it has 7 bytes"}},
		"half of the files": {func(s *Server) { s.Peers.CertFile = "node.pem" }, []string{"peer.cert_file", "belong together"}},
		"two ways": {func(s *Server) {
			s.Peers = Peers{Secret: "0123456789abcdef", CertFile: "a", KeyFile: "b", CAFile: "c"}
		}, []string{"peer.secret and peer.cert_file"}},
		"audit of no level":  {func(s *Server) { s.Audit.Calls = "some" }, []string{"audit.calls \"some\"", "interventions"}},
		"audit of a default": {func(s *Server) { s.Audit.Calls = "default" }, []string{"audit.calls"}},
		"audit for long":     {func(s *Server) { s.Audit.RetentionDays = "36501" }, []string{"audit.retention_days", "36500"}},
		"collector unknown":  {func(s *Server) { s.OTLP.URL = "collector:4317" }, []string{"otlp.url", "grpcs://"}},
		"collector with key": {func(s *Server) { s.OTLP.URL = "https://me:hunter2@collector" }, []string{"otlp.url", "without user"}},
		"collector with CA":  {func(s *Server) { s.OTLP.URL, s.OTLP.CAFile = "grpc://collector:4317", "ca.pem" }, []string{"otlp.ca_file", "grpcs://"}},
		"traces elsewhere":   {func(s *Server) { s.OTLP.Link = "https://jaeger.example/trace/" }, []string{"otlp.link", "{trace}"}},
		"traces of a host":   {func(s *Server) { s.OTLP.Link = "https://{trace}" }, []string{"otlp.link", "https://jaeger.example/trace/{trace}"}},
		"traces of a script": {func(s *Server) { s.OTLP.Link = "javascript:{trace}" }, []string{"otlp.link", "such as"}},
		"collector headers":  {func(s *Server) { s.OTLP.Headers = "Api-Key: a\nhunter2" }, []string{"otlp.headers", "line 2"}},
		"traces beyond all":  {func(s *Server) { s.OTLP.Ratio = "1.1" }, []string{"otlp.traces.ratio", "1.1"}},
		"traces of a word":   {func(s *Server) { s.OTLP.Errors = "yes" }, []string{"otlp.traces.errors", "on or off"}},
		"traces at once":     {func(s *Server) { s.OTLP.Slow = "10ms" }, []string{"otlp.traces.slow", "1s"}},
		"traces of none":     {func(s *Server) { s.OTLP.Namespaces = "orders=0.1 billing" }, []string{"otlp.traces.namespaces", "billing"}},
		"audit for a word":   {func(s *Server) { s.Audit.RetentionDays = "ever" }, []string{"audit.retention_days"}},
		"quota of a word":    {func(s *Server) { s.Quota.Starts = "many" }, []string{"quota.starts \"many\"", "10^15"}},
		"quota of less":      {func(s *Server) { s.Quota.OpenRuns = "-1" }, []string{"quota.open_runs"}},
		"quota too large":    {func(s *Server) { s.Quota.Retained = "9000000000000000" }, []string{"quota.retained_bytes"}},
		"no redis":           {func(s *Server) { s.Redis.URL = "localhost:6379" }, []string{"redis.url: ", "URL"}},
		"url from a file":    {func(s *Server) { s.Postgres = Postgres{URL: "x", URLFile: "/run/secret"} }, []string{"/run/secret: it is a URL"}},
	} {
		s := complete()
		c.change(&s)
		err := s.Validate()
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 {
			t.Errorf("%s: %v, want one problem", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
	}
}

func TestWaysToAuthenticate(t *testing.T) {
	for name, change := range map[string]func(*Server){
		"keys": func(s *Server) { s.Auth = AuthKeys },
		"tokens": func(s *Server) {
			s.Auth, s.JWT = "", JWT{Issuers: "https://a.example, https://b.example/realm", Audiences: "x, y"}
		},
		"keys and tokens": func(s *Server) { s.Auth, s.JWT = AuthKeys, JWT{Issuers: "http://127.0.0.1:80", Audiences: "x"} },
		"encrypted":       func(s *Server) { s.TLS = TLS{CertFile: "a", KeyFile: "b"} },
	} {
		s := complete()
		change(&s)
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	j := JWT{Issuers: " https://a.example,, https://b.example ", Audiences: "x"}
	if got := j.IssuerList(); !slices.Equal(got, []string{"https://a.example", "https://b.example"}) || !slices.Equal(j.AudienceList(), []string{"x"}) {
		t.Errorf("%q, %q", got, j.AudienceList())
	}
}

func TestAllProblemsAreFound(t *testing.T) {
	err := Server{}.Validate()
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 11 {
		t.Fatalf("%d problems: %v", len(problems), errors.Join(problems...))
	}
	if text := err.Error(); !strings.Contains(text, "postgres.url is not set") || !strings.Contains(text, "and 10 more: tenuto config check") || strings.Contains(text, "\n") {
		t.Errorf("%q", text)
	}
}

func TestURLs(t *testing.T) {
	for text, shown := range map[string]string{
		someURL:                     "postgres://tenuto:xxxxx@db.example:5432/tenuto",
		"postgresql://ada@db/x":     "postgresql://ada@db/x",
		"postgres://a:p%2F%23@db/x": "postgres://a:xxxxx@db/x",
		"postgres:///tenuto?host=/var/run/postgresql&user=ada":         "postgres:///tenuto?host=%2Fvar%2Frun%2Fpostgresql&user=ada",
		"postgres://a@db/x?password=hunter2&sslmode=verify-full":       "postgres://a@db/x?password=xxxxx&sslmode=verify-full",
		"postgres://a@db/x?sslpassword=hunter2&options=-c%20a=hunter2": "postgres://a@db/x?options=xxxxx&sslpassword=xxxxx",
		"postgres://a:hunter2@[::1]:5432/x":                            "postgres://a:xxxxx@[::1]:5432/x",
	} {
		if err := validURL("it", text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := RedactURL(text); got != shown {
			t.Errorf("%s is shown as %s, want %s", text, got, shown)
		}
	}
	for _, text := range []string{
		"", "db.example:5432", "host=db user=a password=hunter2 dbname=x", "mysql://a:hunter2@db/x", "postgres:a:hunter2@db/x",
		"postgres://a:hun#ter2@db/x", "postgres://a:1#hunter2@db/x", "postgres://a:1/hunter2@db/x", "postgres://a:1?hunter2@db/x",
		"postgres://a:1?x=hunter2@db/x", "postgres://a:%zzhunter2@db/x", "postgres://:hunter2@db/x", "postgres://db/x", "postgres://a:hunter2@db",
		"postgres://a:hunter2@db/", "postgres://a@db/x?%zz=hunter2",
	} {
		err := validURL("it", text)
		if err == nil {
			t.Errorf("%s is accepted", text)
			continue
		}
		if shown := err.Error() + RedactURL(text); strings.Contains(shown, "hunter2") || strings.Contains(shown, "ter2") || strings.Contains(shown, "\n") {
			t.Errorf("%s: %s", text, shown)
		}
	}
}

func TestShowHidesSecrets(t *testing.T) {
	hidesOther(t)
	path := written(t, someURL)
	for _, src := range []Sources{
		{Getenv: environment("TENUTO_POSTGRES_URL", someURL)},
		{Getenv: environment("TENUTO_POSTGRES_URL_FILE", path)},
		{Getenv: environment(), File: written(t, "postgres: {url: '"+someURL+"'}\n")},
		{Getenv: environment("TENUTO_POSTGRES_URL", "db hunter2")},
	} {
		var b bytes.Buffer
		if err := load(t, src).Show(&b); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); strings.Contains(text, "hunter2") || !strings.Contains(text, hidden) || strings.Count(text, "\n") != len(Keys) {
			t.Errorf("%+v: it shows\n%s", src, text)
		}
	}
}

// hidesOther: the secrets beside the database's URL, from the environment and from files.
func hidesOther(t *testing.T) {
	t.Helper()
	for _, src := range []Sources{
		{Getenv: environment("TENUTO_PEER_SECRET", "hunter2hunter2hunter2", "TENUTO_REDIS_URL", "redis://a:hunter2@cache")},
		{Getenv: environment("TENUTO_PEER_SECRET_FILE", written(t, "hunter2hunter2hunter2"), "TENUTO_REDIS_URL_FILE", written(t, "redis://a:hunter2@cache"))},
	} {
		var b bytes.Buffer
		s := load(t, src)
		if s.Peers.Secret != "hunter2hunter2hunter2" || s.Redis.URL != "redis://a:hunter2@cache" {
			t.Errorf("%+v", s)
		}
		if err := s.Show(&b); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); strings.Contains(text, "hunter2") || strings.Count(text, hidden) != 2 {
			t.Errorf("it shows\n%s", text)
		}
	}
}

func TestShowSaysWhereValuesComeFrom(t *testing.T) {
	path := written(t, someURL)
	file := written(t, "log:\n  format: json\n")
	s := load(t, Sources{File: file, Getenv: environment("TENUTO_POSTGRES_URL_FILE", path, "TENUTO_AUTH", "off"), Flags: map[string]string{"grpc": ":1"}})
	var b bytes.Buffer
	if err := s.Show(&b); err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(b.String()) {
		fields := strings.Fields(line)
		lines[fields[0]] = strings.Join(fields[1:], " ")
	}
	for key, want := range map[string]string{
		"postgres.url": "postgres://tenuto:xxxxx@db.example:5432/tenuto (" + path + ")", "postgres.url_file": path + " (TENUTO_POSTGRES_URL_FILE)",
		"grpc": ":1 (--grpc)", "auth": "off (TENUTO_AUTH)", "log.level": "info (default)", "log.format": "json (" + file + ", line 2)",
	} {
		if lines[key] != want {
			t.Errorf("%s: %q, want %q", key, lines[key], want)
		}
	}
}

// The comments of the fields and the table say the same.
func TestKeysAreTheDocumentedFields(t *testing.T) {
	comments := map[string]string{}
	for _, name := range []string{"node.go", "peers.go", "server.go", "auth.go", "signin.go", "quota.go", "audit.go", "otlp.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		of := ""
		ast.Inspect(file, func(n ast.Node) bool {
			if t, ok := n.(*ast.TypeSpec); ok {
				of = t.Name.Name
			}
			if f, ok := n.(*ast.Field); ok && f.Doc != nil && len(f.Names) == 1 {
				comments[of+"."+f.Names[0].Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
			}
			return true
		})
	}
	for _, k := range Keys {
		_, name, _ := strings.Cut(k.field, ".")
		want := name + " is " + k.Meaning + " Default: " + k.Default + ". Limit: " + k.Limit + "."
		if comments[k.field] != want {
			t.Errorf("%s: the comment says\n%s\nthe table says\n%s", k.Name, comments[k.field], want)
		}
		delete(comments, k.field)
	}
	for field := range comments {
		t.Errorf("the field %s has no key", field)
	}
}

func TestDefaultsAreAsDocumented(t *testing.T) {
	s := DefaultServer()
	for _, k := range Keys {
		want := k.Default
		if strings.HasPrefix(want, "none") {
			want = ""
		}
		if got := *k.at(&s); got != want {
			t.Errorf("%s: the default is %q, the table says %q", k.Name, got, k.Default)
		}
	}
}

func TestReferencePageIsCurrent(t *testing.T) {
	var b bytes.Buffer
	if err := Reference(&b); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, b.Bytes()) {
		t.Error("docs/configuration.md is not what the table of keys says: run make generate")
	}
}

// The example on the reference page is a configuration.
func TestExampleOnTheReferencePage(t *testing.T) {
	_, rest, _ := strings.Cut(referenceHead, "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("there is no example")
	}
	s := load(t, Sources{File: written(t, strings.ReplaceAll(example, "/run/secrets/tenuto-postgres", written(t, someURL)))})
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}
