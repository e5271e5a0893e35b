package client

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
)

// Environment variables that [FromEnvironment] reads. Empty ones count as absent.
const (
	EnvAddress   = "TENUTO_ADDRESS"   // host:port of the server
	EnvNamespace = "TENUTO_NAMESPACE" // the namespace to work in
	EnvAPIKey    = "TENUTO_API_KEY"   // sent with every call; means TLS
	// EnvTLS is "on", "off", or absent: then there is TLS if one of the other variables asks for it.
	EnvTLS           = "TENUTO_TLS"
	EnvTLSCA         = "TENUTO_TLS_CA"          // PEM file of the authorities to trust in place of the system's
	EnvTLSCert       = "TENUTO_TLS_CERT"        // PEM file of this client's certificate; with EnvTLSKey
	EnvTLSKey        = "TENUTO_TLS_KEY"         // PEM file of its private key
	EnvTLSServerName = "TENUTO_TLS_SERVER_NAME" // the name to expect in the server's certificate; default: that of the address
)

// FromEnvironment returns options that say where the server is and who calls, from the environment variables above; what they do not say stays
// empty, and has its default. A program reads them once and adds what is its own:
//
//	options, err := client.FromEnvironment()
//	options.DataConverter = encrypting
//	c, err := client.Dial(ctx, options)
//
// An API key is sent only over TLS, unless TENUTO_TLS=off says otherwise. Errors name the variable and what is wrong with it, never a secret.
func FromEnvironment() (Options, error) {
	o := Options{Address: os.Getenv(EnvAddress), Namespace: os.Getenv(EnvNamespace), APIKey: strings.TrimSpace(os.Getenv(EnvAPIKey))}
	if !printable(o.APIKey) {
		return Options{}, fmt.Errorf("client: %s holds something that no header can carry", EnvAPIKey)
	}
	switch mode := os.Getenv(EnvTLS); mode {
	case "", "on":
		config, err := tlsFromEnvironment(mode == "on")
		if err != nil {
			return Options{}, err
		}
		o.TLS = config
	case "off":
		for _, name := range []string{EnvTLSCA, EnvTLSCert, EnvTLSKey, EnvTLSServerName} {
			if os.Getenv(name) != "" {
				return Options{}, fmt.Errorf("client: %s=off and %s contradict each other", EnvTLS, name)
			}
		}
		o.Plaintext = true
	default:
		return Options{}, fmt.Errorf("client: %s is %q; it may be on or off", EnvTLS, mode)
	}
	return o, nil
}

// tlsFromEnvironment is what the variables say of TLS; nil if they say nothing and it is not wanted anyway.
func tlsFromEnvironment(wanted bool) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if path := os.Getenv(EnvTLSCA); path != "" {
		wanted = true
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("client: read %s: %w", EnvTLSCA, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("client: %s: %s has no certificate in PEM", EnvTLSCA, path)
		}
	}
	cert, key := os.Getenv(EnvTLSCert), os.Getenv(EnvTLSKey)
	if (cert == "") != (key == "") {
		return nil, fmt.Errorf("client: %s and %s go together, and only one of them is set", EnvTLSCert, EnvTLSKey)
	}
	if cert != "" {
		wanted = true
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("client: %s and %s: %w", EnvTLSCert, EnvTLSKey, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if name := os.Getenv(EnvTLSServerName); name != "" {
		wanted = true
		config.ServerName = name
	}
	if !wanted {
		return nil, nil
	}
	return config, nil
}

// printable tells whether a header can carry the text.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
