package peer

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"os"

	"github.com/tenuto-io/tenuto/platform/reload"
)

// Files name PEM files.
type Files struct {
	Cert string // the node's certificate, with those between it and the authority behind it
	Key  string // its key
	CA   string // the authorities of the installation's nodes, and of nothing else: every certificate of theirs is taken for a node
}

// FromFiles reads the credentials of nodes whose certificates come from an authority of their own. When a file changes, connections made from then on
// use its new content; while that cannot be used, the old one, and the log says why. The mark is that of the first authority in the file
// at the time of this call, so another one can be added behind it while nodes run.
// Errors: a file cannot be read, does not hold what it should, or the certificate is refused by what others would check.
func FromFiles(f Files, logger *slog.Logger) (*Credentials, error) {
	type content struct {
		proof
		mark [32]byte
	}
	l, err := reload.Open("peer", []string{f.Cert, f.Key, f.CA}, func() (content, error) {
		p, mark, err := f.load()
		return content{p, mark}, err
	}, logger)
	if err != nil {
		return nil, err
	}
	return &Credentials{mark: l.Current().mark, current: func() proof { return l.Current().proof }}, nil
}

// load reads the files, and checks the own certificate as others will.
func (f Files) load() (proof, [32]byte, error) {
	var mark [32]byte
	own, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return proof{}, mark, fmt.Errorf("the certificate %s and key %s of this node cannot be used: %w", f.Cert, f.Key, err)
	}
	roots, err := readAuthorities(f.CA)
	if err != nil {
		return proof{}, mark, err
	}
	p := proof{own: own, roots: x509.NewCertPool()}
	for _, root := range roots {
		p.roots.AddCert(root)
	}
	if err := p.checkOwn(); err != nil {
		return proof{}, mark, fmt.Errorf("other nodes would refuse the certificate %s: %w", f.Cert, err)
	}
	return p, sha256.Sum256(roots[0].RawSubjectPublicKeyInfo), nil
}

// checkOwn checks the own certificate for both parts: each node is a server and a client.
func (p proof) checkOwn() error {
	var chain []*x509.Certificate
	for _, der := range p.own.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		chain = append(chain, c)
	}
	for _, part := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		if err := p.check(chain, part); err != nil {
			return err
		}
	}
	return nil
}

func readAuthorities(name string) ([]*x509.Certificate, error) {
	rest, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the nodes' authority cannot be read: %w", err)
	}
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the nodes' authority %s cannot be read: %w", name, err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the nodes' authority %s has no certificate in PEM form", name)
	}
	return all, nil
}
