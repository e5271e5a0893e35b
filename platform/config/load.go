package config

import (
	"fmt"
	"maps"
	"os"
)

// Sources are where the values of Server come from.
type Sources struct {
	// File is the path of a YAML file; empty: the one that TENUTO_CONFIG names, or none.
	File string
	// Getenv is os.Getenv. A variable that is set to nothing counts as not set: compose files and charts pass on what they do not have.
	// Other variables that begin with TENUTO_ are left alone: Kubernetes makes some of its own for a service named tenuto.
	Getenv func(string) string
	// Flags are the values of the flags that were given, by the name of their key.
	Flags map[string]string
}

// FileVariable is the environment variable that names the configuration file when no flag does.
const FileVariable = "TENUTO_CONFIG"

// layer is what one source says.
type layer struct {
	values map[string]string // by key
	from   map[string]string // what the operator called each
}

// Load gathers the configuration: flags win over the environment, which wins over the file, which wins over the defaults. It validates
// nothing, but fails for what cannot be read: a file that is missing or no YAML, a key that does not exist, a secret's file.
func Load(src Sources) (Server, error) {
	s := DefaultServer()
	s.from = map[string]string{}
	file, err := src.file()
	if err != nil {
		return s, err
	}
	for _, l := range []layer{file, src.environment(), src.flags()} {
		if err := s.take(l); err != nil {
			return s, err
		}
	}
	if err := s.readSecrets(); err != nil {
		return s, err
	}
	return s, s.readPeople()
}

// secrets are the keys whose values may stand in a file, and the keys that name the file.
var secrets = []struct{ direct, file string }{
	{keyPostgresURL, keyPostgresURLFile}, {keyRedisURL, keyRedisURLFile}, {keyPeerSecret, keyPeerSecretFile}, {keySignInSecret, keySignInFile},
	{keyOTLPHeaders, keyOTLPHeadersFile},
}

// readSecrets reads the secrets that stand in files.
func (s *Server) readSecrets() (err error) {
	for _, secret := range secrets {
		if path := *s.value(secret.file); path != "" {
			if *s.value(secret.direct), err = readSecret(s.name(secret.file), path); err != nil {
				return err
			}
		}
	}
	return nil
}

// take lays a source over what is there. A secret and the file that holds it are one value: whichever the higher source has, counts.
func (s *Server) take(l layer) error {
	for _, secret := range secrets {
		_, direct := l.values[secret.direct]
		_, inFile := l.values[secret.file]
		switch {
		case direct && inFile:
			return fmt.Errorf("%s and %s are both set: one of them is enough", l.from[secret.direct], l.from[secret.file])
		case direct:
			s.forget(secret.file)
		case inFile:
			s.forget(secret.direct)
		}
	}
	for _, k := range Keys {
		if v, ok := l.values[k.Name]; ok {
			*k.at(s) = v
		}
	}
	maps.Copy(s.from, l.from)
	return nil
}

func (s *Server) forget(key string) {
	*s.value(key) = ""
	delete(s.from, key)
}

// value is where the value of a key is.
func (s *Server) value(key string) *string {
	k, _ := keyNamed(key)
	return k.at(s)
}

func (src Sources) file() (layer, error) {
	path := src.File
	if path == "" {
		path = src.Getenv(FileVariable)
	}
	if path == "" {
		return layer{}, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return layer{}, fmt.Errorf("cannot read the configuration file %s: %w", path, reason(err))
	}
	return parseFile(path, text)
}

func (src Sources) environment() layer {
	l := layer{map[string]string{}, map[string]string{}}
	for _, k := range Keys {
		if v := src.Getenv(k.Env()); v != "" {
			l.values[k.Name], l.from[k.Name] = v, k.Env()
		}
	}
	return l
}

func (src Sources) flags() layer {
	l := layer{src.Flags, map[string]string{}}
	for key := range src.Flags {
		l.from[key] = flagOf(key)
	}
	return l
}
