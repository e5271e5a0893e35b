package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// JWT says whose tokens let their bearers in, and what is read of them.
type JWT struct {
	// Issuers is the identity providers whose tokens let their bearers in, each as its tokens say it, with commas between them. The keys to verify a token by are found
	// by OpenID Connect discovery. Default: none: only API keys count. Limit: https, or http to this machine.
	Issuers string
	// Audiences is what tokens must be meant for, with commas between several: a token whose audience names none of these is refused. Default: none.
	// Limit: must be set with auth.jwt.issuers.
	Audiences string
	// PermissionsClaim is the claim in which a token lists what its bearer may do, as <namespace>:<admin, write, worker, read or payload:read>; system:<permission> counts in every
	// namespace, and system:admin makes an operator. A path of names with dots finds a claim within others. Default: permissions. Limit: a claim of the token itself.
	PermissionsClaim string
	// GroupsClaim is the claim in which a token lists the groups of its bearer, to which tenants map groups of theirs. A path of names with dots finds a claim within others.
	// Default: groups. Limit: a claim of the token itself.
	GroupsClaim string
}

// TLS says by which certificate SDKs know this server.
type TLS struct {
	// CertFile is the PEM file of the certificate that SDKs are shown, with those between it and the authority behind it. With it, SDKs have to use TLS. When the file changes, new
	// connections get the new one. Default: none: connections are not encrypted. Limit: needs tls.key_file.
	CertFile string
	// KeyFile is the PEM file of that certificate's private key. Default: none. Limit: needs tls.cert_file.
	KeyFile string
}

// IssuerList are the issuers, one each.
func (j JWT) IssuerList() []string { return words(j.Issuers) }

// AudienceList are the audiences, one each.
func (j JWT) AudienceList() []string { return words(j.Audiences) }

// words are the parts of a list with commas.
func words(list string) (all []string) {
	for w := range strings.SplitSeq(list, ",") {
		if w = strings.TrimSpace(w); w != "" {
			all = append(all, w)
		}
	}
	return all
}

// authProblems are what cannot work of how callers prove who they are.
func (s Server) authProblems() (all []error) {
	issuers := s.JWT.IssuerList()
	switch {
	case s.Auth == AuthOff && len(issuers) > 0:
		all = append(all, fmt.Errorf("%s and %s contradict each other: with off, nobody's token is looked at", s.name(keyAuth), s.name(keyJWTIssuers)))
	case s.Auth == AuthOff || s.Auth == AuthKeys:
	case s.Auth == "" && len(issuers) == 0 && !s.SignIn.Configured():
		all = append(all, errors.New("auth is not set: say auth: keys (TENUTO_AUTH=keys) to let in whoever has an API key, of which tenuto key create --break-glass makes the first; "+
			"or name an identity provider, in auth.jwt.issuers for programs or in the file of signin.providers_file for people; or say auth: off (TENUTO_AUTH=off) to let in everybody who reaches the server"))
	case s.Auth != "":
		all = append(all, fmt.Errorf("%s %q: it is keys or off", s.name(keyAuth), s.Auth))
	}
	for _, i := range issuers {
		if u, err := url.Parse(i); err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil || !(u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())) {
			all = append(all, fmt.Errorf("%s: an issuer is a URL with https, as its tokens say it", s.name(keyJWTIssuers)))
			break
		}
	}
	if len(issuers) > 0 && len(s.JWT.AudienceList()) == 0 {
		all = append(all, fmt.Errorf("%s is set without auth.jwt.audiences: tokens that are meant for other servers would count here", s.name(keyJWTIssuers)))
	}
	if (s.TLS.CertFile == "") != (s.TLS.KeyFile == "") {
		all = append(all, errors.New("tls.cert_file and tls.key_file belong together: set both or none"))
	}
	return all
}
