package config

import (
	"errors"
	"fmt"
	"net/url"
)

// SignIn says how people enter the console, if not by the one-time link that the server prints.
type SignIn struct {
	// ProvidersFile is a YAML file that lists the identity providers that people sign in by, and names administrators. It is read once, at start. Default: none: the console asks
	// for the one-time link that the server prints, and is for this machine only. Limit: 64 KiB; needs signin.url and signin.secret.
	ProvidersFile string
	// URL is the address of the console as browsers know it, without a path. Providers send browsers back to it, at /signin/NAME/return; its host is the only one that is answered.
	// Default: none. Limit: https, or http to this machine.
	URL string
	// Secret is what the refresh tokens of providers are encrypted with in the database, the same on all nodes; openssl rand -hex 32 makes one. With another one, everybody has
	// to sign in again within minutes. Default: none. Limit: at least 32 bytes.
	Secret string
	// SecretFile is a file that holds signin.secret and nothing else. It is read once, at start. Default: none. Limit: 64 KiB.
	SecretFile string

	People People // what ProvidersFile says
}

// Configured tells whether people sign in by identity providers.
func (s SignIn) Configured() bool { return s.ProvidersFile != "" }

// minSignInSecret is the least length of SignIn.Secret, in bytes.
const minSignInSecret = 32

// signInProblems are what cannot work of how people enter the console.
func (s Server) signInProblems() (all []error) {
	if !s.SignIn.Configured() {
		if s.SignIn.URL != "" || s.SignIn.Secret != "" {
			all = append(all, errors.New("signin.url and signin.secret are of no use without signin.providers_file"))
		}
		return all
	}
	if s.Auth == AuthOff {
		all = append(all, fmt.Errorf("%s and %s contradict each other: with off, whoever reaches the address of SDKs may do everything that the console asks people to sign in for",
			s.name(keyAuth), s.name(keySignInProviders)))
	}
	if !isConsoleURL(s.SignIn.URL) {
		all = append(all, fmt.Errorf("%s: it is the address of the console as browsers know it, with https and without a path, for example https://tenuto.example.com", s.name(keySignInURL)))
	}
	if n := len(s.SignIn.Secret); n < minSignInSecret {
		all = append(all, fmt.Errorf("%s: it has %d bytes, it needs at least %d: openssl rand -hex 32 makes one", s.secretName(keySignInSecret, s.SignIn.SecretFile), n, minSignInSecret))
	}
	for _, err := range s.SignIn.People.problems() {
		all = append(all, fmt.Errorf("%s: %w", s.SignIn.ProvidersFile, err))
	}
	return all
}

// isConsoleURL accepts an origin, and nothing more.
func isConsoleURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && isTrusted(u) && (u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == ""
}

// isTrusted accepts addresses that nobody between here and there can answer for: with https, or on this machine.
func isTrusted(u *url.URL) bool {
	return u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()))
}
