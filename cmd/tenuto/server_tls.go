package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"

	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/reload"
)

// openTLS reads the certificate that SDKs are shown; nil without one. When its files change, connections made from then on are shown the new one. Clients may
// show a certificate of their own: who has signed it is for the namespaces to accept, so TLS asks for one of anybody and has its key proved, no more.
func openTLS(c config.TLS, log *slog.Logger) (*tls.Config, error) {
	if c.CertFile == "" {
		return nil, nil
	}
	own, err := reload.Open("tls", []string{c.CertFile, c.KeyFile}, func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		return &pair, err
	}, log)
	if err != nil {
		return nil, fmt.Errorf("tls.cert_file %s and tls.key_file %s cannot be used: %w", c.CertFile, c.KeyFile, err)
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		ClientAuth:     tls.RequestClientCert,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own.Current(), nil },
	}, nil
}

// pageTLS is what browsers are spoken to with. They are not asked for a certificate, as they would ask whoever sits there. A page has one stream open, so HTTP/2, which carries many things over one connection, is worth having.
func pageTLS(sdk *tls.Config) *tls.Config {
	c := sdk.Clone()
	c.ClientAuth = tls.NoClientCert
	c.NextProtos = []string{"h2", "http/1.1"}
	return c
}
