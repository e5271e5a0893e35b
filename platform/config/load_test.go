package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const someURL = "postgres://tenuto:hunter2@db.example:5432/tenuto"

// written is a file with this text.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tenuto.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, src Sources) Server {
	t.Helper()
	if src.Getenv == nil {
		src.Getenv = environment()
	}
	s, err := Load(src)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNothingToldIsTheDefault(t *testing.T) {
	for name, file := range map[string]string{"no file": "", "empty": written(t, ""), "comments": written(t, "# nothing\n"), "headings": written(t, "log:\npostgres: {}\n")} {
		s := load(t, Sources{File: file})
		if s.Node != defaultNode() || s.Auth != "" || s.Postgres != (Postgres{}) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestPrecedence(t *testing.T) {
	file := written(t, "grpc: 127.0.0.1:1\nconsole: 127.0.0.1:1\nauth: off\nlog:\n  level: warn\n  format: json\n")
	s := load(t, Sources{
		File:   file,
		Getenv: environment("TENUTO_GRPC", "127.0.0.1:2", "TENUTO_CONSOLE", "127.0.0.1:2", "TENUTO_LOG_LEVEL", "debug", "TENUTO_LOG_FORMAT", ""),
		Flags:  map[string]string{"grpc": "127.0.0.1:3"},
	})
	want := Node{GRPC: "127.0.0.1:3", Console: "127.0.0.1:2", Peer: "127.0.0.1:7234", LogLevel: "debug", LogFormat: "json"}
	if s.Node != want || s.Auth != AuthOff {
		t.Errorf("%+v", s)
	}
	for key, want := range map[string]string{"grpc": "--grpc", "console": "TENUTO_CONSOLE", "auth": file + ", line 3: auth", "postgres.url": "postgres.url"} {
		if got := s.name(key); got != want {
			t.Errorf("%s is called %q, want %q", key, got, want)
		}
	}
}

func TestFileNamedByTheEnvironment(t *testing.T) {
	other := written(t, "auth: other\n")
	getenv := environment("TENUTO_CONFIG", written(t, "auth: off\n"))
	if s := load(t, Sources{Getenv: getenv}); s.Auth != "off" {
		t.Errorf("%+v", s)
	}
	if s := load(t, Sources{Getenv: getenv, File: other}); s.Auth != "other" {
		t.Errorf("the flag does not win: %+v", s)
	}
}

// Each key is reachable by its file name and by its variable, and no two are one.
func TestEveryKeyCanBeSet(t *testing.T) {
	secret, people := written(t, someURL), written(t, "providers: []\n")
	fields := map[*string]string{}
	for _, k := range Keys {
		value := "value-of-" + k.Name
		if strings.HasSuffix(k.Name, "url_file") || k.Name == keyPeerSecretFile || k.Name == keySignInFile || k.Name == keyOTLPHeadersFile {
			value = secret
		}
		if k.Name == keySignInProviders {
			value = people
		}
		file := ""
		for depth, part := range strings.Split(k.Name, ".") {
			file += strings.Repeat("  ", depth) + part + ":\n"
		}
		for how, src := range map[string]Sources{
			"file": {File: written(t, strings.TrimSuffix(file, "\n")+" "+value+"\n")},
			"env":  {Getenv: environment(k.Env(), value)},
		} {
			s := load(t, src)
			if got := *k.at(&s); got != value {
				t.Errorf("%s by %s: %q", k.Name, how, got)
			}
		}
		var s Server
		if other := fields[k.at(&s)]; other != "" {
			t.Errorf("%s and %s are one field", k.Name, other)
		}
		fields[k.at(&s)] = k.Name
	}
}

func TestSecretFromAFile(t *testing.T) {
	path := written(t, someURL+"\n")
	s := load(t, Sources{Getenv: environment("TENUTO_POSTGRES_URL_FILE", path)})
	if s.Postgres.URL != someURL {
		t.Fatalf("%q", s.Postgres.URL)
	}
	// The two ways to say it are one value: the higher source wins, whichever way it says it.
	file := written(t, "postgres:\n  url: postgres://other@db/other\n")
	if s := load(t, Sources{File: file, Getenv: environment("TENUTO_POSTGRES_URL_FILE", path)}); s.Postgres.URL != someURL {
		t.Errorf("a file in the environment against a URL in the file: %q", s.Postgres.URL)
	}
	file = written(t, "postgres:\n  url_file: "+path+"\n")
	if s := load(t, Sources{File: file, Getenv: environment("TENUTO_POSTGRES_URL", "postgres://other@db/other")}); s.Postgres.URL != "postgres://other@db/other" || s.Postgres.URLFile != "" {
		t.Errorf("a URL in the environment against a file in the file: %+v", s.Postgres)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	large := written(t, strings.Repeat("x", maxSecret+1))
	for _, c := range []struct {
		name, file string
		env        []string
		want       []string
	}{
		{name: "unknown key", file: "grpc: a:1\ngprc: a:1\n", want: []string{"line 2", "gprc", "did you mean grpc?"}},
		{name: "unknown nested key", file: "postgres:\n  ulr: x\n", want: []string{"line 2", "postgres.ulr", "did you mean postgres.url?"}},
		{name: "key at the wrong place", file: "level: info\n", want: []string{"line 1", "level", "did you mean log.level?"}},
		{name: "unknown heading", file: "postgre:\n  url: x\n", want: []string{"line 1", "no key postgre"}},
		{name: "nothing near", file: "zzzzzzzz: 1\n", want: []string{"there is no key zzzzzzzz"}},
		{name: "dotted", file: "log.level: info\nlog:\n  level: warn\n", want: []string{"line 3", "twice"}},
		{name: "twice", file: "auth: off\nauth: off\n", want: []string{"line 2"}},
		{name: "list", file: "grpc: [a, b]\n", want: []string{"line 1", "grpc is one value"}},
		{name: "group", file: "auth:\n  mode: off\n", want: []string{"line 2", "no key auth.mode"}},
		{name: "value for a heading", file: "postgres: " + someURL + "\n", want: []string{"line 1", "postgres holds keys"}},
		{name: "no keys at all", file: "just words\n", want: []string{"line 1", "the file holds keys"}},
		{name: "not YAML", file: "auth: off\n\tgrpc: hunter2\n", want: []string{"line 2", "not YAML"}},
		{name: "two documents", file: "auth: off\n---\nauth: on\n", want: []string{"more than one"}},
		{name: "alias", file: "auth: &a off\ngrpc: *a\n", want: []string{"line 2", "grpc is one value"}},
		{name: "both", env: []string{"TENUTO_POSTGRES_URL", someURL, "TENUTO_POSTGRES_URL_FILE", missing}, want: []string{"TENUTO_POSTGRES_URL and TENUTO_POSTGRES_URL_FILE", "both"}},
		{name: "no secret", env: []string{"TENUTO_POSTGRES_URL_FILE", missing}, want: []string{"TENUTO_POSTGRES_URL_FILE", missing, "no such file"}},
		{name: "empty secret", env: []string{"TENUTO_POSTGRES_URL_FILE", written(t, " \n")}, want: []string{"empty"}},
		{name: "large secret", env: []string{"TENUTO_POSTGRES_URL_FILE", large}, want: []string{large, "65536"}},
		{name: "directory", env: []string{"TENUTO_POSTGRES_URL_FILE", t.TempDir()}, want: []string{"is a directory"}},
		{name: "no file", env: []string{"TENUTO_CONFIG", missing}, want: []string{missing, "no such file"}},
	} {
		src := Sources{Getenv: environment(c.env...)}
		if c.file != "" {
			src.File = written(t, c.file)
			c.want = append(c.want, src.File)
		}
		_, err := Load(src)
		if err == nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", c.name, err, want)
			}
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: not one sentence without secrets: %q", c.name, err)
		}
	}
}

func TestHints(t *testing.T) {
	for name, want := range map[string]string{
		"gprc": "grpc", "consol": "console", "postgres.uri": "postgres.url", "postgres.url-file": "postgres.url_file", "log.lvl": "log.level",
		"format": "log.format", "url": "postgres.url", "log.colour": "", "redis.adress": "", "x": "",
	} {
		got := didYouMean(name)
		if want != "" {
			want = ": did you mean " + want + "?"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
