package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// loaded is a server's configuration with a file of providers.
func loaded(t *testing.T, people string) (Server, error) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	people = strings.ReplaceAll(people, "SECRET", write("secret", " hunter2-of-corp\n"))
	env := map[string]string{
		"TENUTO_POSTGRES_URL": someURL, "TENUTO_SIGNIN_PROVIDERS_FILE": write("people.yaml", people), "TENUTO_SIGNIN_URL": "https://console.example",
		"TENUTO_SIGNIN_SECRET_FILE": write("signin", strings.Repeat("s", 32)),
	}
	return Load(Sources{Getenv: func(name string) string { return env[name] }})
}

const twoProviders = `
providers:
  - {name: corp, title: Corporate login, issuer: "https://login.example/", client_id: tenuto, client_secret_file: SECRET, scopes: [email], groups_claim: realm.roles}
  - {name: other, issuer: "http://127.0.0.1:8080/realm", client_id: t2}
bootstrap:
  admins: [{provider: corp, subject: 248289761001}]
`

func TestPeople(t *testing.T) {
	s, err := loaded(t, twoProviders)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil { // without auth: people sign in, and SDKs have keys
		t.Fatal(err)
	}
	p := s.SignIn.People.Providers
	if len(p) != 2 || p[0].ClientSecret != "hunter2-of-corp" || !reflect.DeepEqual(p[0].Scopes, []string{"email"}) || p[0].GroupsClaim != "realm.roles" {
		t.Fatalf("%+v", p)
	}
	if !reflect.DeepEqual(p[1].Scopes, []string{"profile", "email", "offline_access"}) || p[1].GroupsClaim != "groups" {
		t.Fatalf("%+v", p[1])
	}
	if admins := s.SignIn.People.Bootstrap.Admins; !reflect.DeepEqual(admins, []Admin{{"corp", "248289761001"}}) {
		t.Fatalf("%+v", admins)
	}
	s.Console = "0.0.0.0:443"
	if err := s.Validate(); err != nil {
		t.Fatalf("the console stays on this machine: %v", err)
	}
}

func TestPeopleThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"unknown key": {"providers:\n  - {name: corp, client_sekret: hunter2}\n", "line 2: field client_sekret not found"},
		"not a list":  {"providers: hunter2\n", "not of the expected form"},
		"not YAML":    {"\thunter2: [", "not of the expected form"},
		"two secrets": {"providers:\n  - {name: corp, client_secret: hunter2, client_secret_file: SECRET}\n", "one of them is enough"},
		"no secret":   {"providers:\n  - {name: corp, client_secret_file: /nowhere}\n", "client_secret_file of corp"},
	} {
		_, err := loaded(t, c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPeopleRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Server)
		want   string
	}{
		"no providers":     {func(s *Server) { s.SignIn.People.Providers, s.SignIn.People.Bootstrap.Admins = nil, nil }, "lists no providers"},
		"bad name":         {func(s *Server) { s.SignIn.People.Providers[1].Name = "A b" }, "small letters"},
		"twice":            {func(s *Server) { s.SignIn.People.Providers[1].Name = "corp" }, "two providers"},
		"same issuer":      {func(s *Server) { s.SignIn.People.Providers[1].Issuer = "https://login.example/" }, "same issuer"},
		"in clear":         {func(s *Server) { s.SignIn.People.Providers[1].Issuer = "http://login.example" }, "https"},
		"no client":        {func(s *Server) { s.SignIn.People.Providers[1].ClientID = "" }, "client_id"},
		"unknown admin":    {func(s *Server) { s.SignIn.People.Bootstrap.Admins[0].Provider = "x" }, "bootstrap.admins"},
		"url with path":    {func(s *Server) { s.SignIn.URL = "https://console.example/tenuto" }, "without a path"},
		"url in clear":     {func(s *Server) { s.SignIn.URL = "http://console.example" }, "https"},
		"short secret":     {func(s *Server) { s.SignIn.Secret = "hunter2" }, "7 bytes"},
		"and everybody":    {func(s *Server) { s.Auth = AuthOff }, "contradict"},
		"without the file": {func(s *Server) { s.Auth, s.SignIn.ProvidersFile = AuthKeys, "" }, "no use"},
	} {
		s, err := loaded(t, twoProviders)
		if err != nil {
			t.Fatal(err)
		}
		c.change(&s)
		var problems Problems
		if err := s.Validate(); !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
