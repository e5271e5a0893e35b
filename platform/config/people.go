package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// People says who people are: the file that SignIn.ProvidersFile names.
type People struct {
	Providers []Provider `yaml:"providers"`
	Bootstrap struct {
		Admins []Admin `yaml:"admins"`
	} `yaml:"bootstrap"`
}

// Provider is an OpenID Connect provider that people sign in by.
type Provider struct {
	// Name is the provider's in addresses and in Admin: small letters, digits and hyphens. It stays as long as the provider does.
	Name string `yaml:"name"`
	// Title is what people read on the button. Default: Name.
	Title string `yaml:"title"`
	// Issuer is the provider's URL, exactly as its tokens say it. Limit: https, or http to this machine.
	Issuer string `yaml:"issuer"`
	// ClientID and ClientSecret are what this installation is to the provider. A public client has no secret.
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"`
	// ClientSecretFile is a file that holds ClientSecret and nothing else.
	ClientSecretFile string `yaml:"client_secret_file"`
	// Scopes are what to ask for beside openid. Default: profile, email and offline_access; without the last, or what the provider has instead, sessions last an hour.
	Scopes []string `yaml:"scopes"`
	// GroupsClaim is the claim that lists somebody's groups; a path of names with dots finds one within others. Default: groups.
	GroupsClaim string `yaml:"groups_claim"`
}

// Admin is a person who may do everything, because the configuration says so.
type Admin struct {
	Provider string `yaml:"provider"` // by its name
	Subject  string `yaml:"subject"`  // the provider's id of the person
}

// readPeople reads the file of providers, and the secrets that stand in files of their own.
func (s *Server) readPeople() error {
	path := s.SignIn.ProvidersFile
	if path == "" {
		return nil
	}
	text, err := readSecret(s.name(keySignInProviders), path)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.KnownFields(true)
	p := &s.SignIn.People
	if err := decoder.Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", path, plainYAML(err))
	}
	for i := range p.Providers {
		v := &p.Providers[i]
		if v.ClientSecretFile != "" {
			if v.ClientSecret != "" {
				return fmt.Errorf("%s: client_secret and client_secret_file of %s are both set: one of them is enough", path, v.Name)
			}
			if v.ClientSecret, err = readSecret(path+": client_secret_file of "+v.Name, v.ClientSecretFile); err != nil {
				return err
			}
		}
		if v.Scopes == nil {
			v.Scopes = []string{"profile", "email", "offline_access"}
		}
		if v.GroupsClaim == "" {
			v.GroupsClaim = "groups"
		}
	}
	return nil
}

var yamlWords = regexp.MustCompile(`line \d+: field \w+ not found`)

// plainYAML is what may be told of a file that holds secrets: where a key is that does not exist, and of anything else, that it is so.
func plainYAML(err error) error {
	if found := yamlWords.FindString(err.Error()); found != "" {
		return errors.New(found)
	}
	return errors.New("it is not of the expected form: providers and bootstrap.admins are lists of keys and values")
}

var providerName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// problems are what cannot work, one sentence each.
func (p People) problems() (all []error) {
	if len(p.Providers) == 0 {
		all = append(all, errors.New("it lists no providers"))
	}
	var names, issuers []string
	for _, v := range p.Providers {
		u, err := url.Parse(v.Issuer)
		switch {
		case !providerName.MatchString(v.Name):
			all = append(all, fmt.Errorf("provider %q: a name is small letters, digits and hyphens, up to 63", v.Name))
		case slices.Contains(names, v.Name):
			all = append(all, fmt.Errorf("two providers have the name %s", v.Name))
		case err != nil || !isTrusted(u) || u.RawQuery != "" || u.Fragment != "":
			all = append(all, fmt.Errorf("provider %s: its issuer is a URL with https, as its tokens say it", v.Name))
		case slices.Contains(issuers, v.Issuer):
			all = append(all, fmt.Errorf("provider %s: another one has the same issuer", v.Name))
		case v.ClientID == "":
			all = append(all, fmt.Errorf("provider %s: client_id is not set", v.Name))
		}
		names, issuers = append(names, v.Name), append(issuers, v.Issuer)
	}
	for _, a := range p.Bootstrap.Admins {
		if !slices.Contains(names, a.Provider) || a.Subject == "" {
			all = append(all, fmt.Errorf("bootstrap.admins: %q is no subject of a provider that is listed", a.Subject))
		}
	}
	return all
}
