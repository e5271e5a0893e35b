package peer

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"
)

func fromFiles(t testing.TB, f Files) (*Credentials, *journal) {
	t.Helper()
	log := &journal{}
	c, err := FromFiles(f, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return c, log
}

// node makes the files of one more node of an authority.
func (a *authority) node(t testing.TB) Files {
	cert, key := a.issue(t)
	return files(t, cert, key, a.pem)
}

func TestFiles(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "ours") // of the same name
	a, _ := fromFiles(t, ours.node(t))
	b, _ := fromFiles(t, ours.node(t))
	other, _ := fromFiles(t, theirs.node(t))
	if c, s := handshake(t, a.client(), b.server()); c != nil || s != nil {
		t.Errorf("nodes of one authority: %v, %v", c, s)
	}
	if c, s := handshake(t, other.client(), b.server()); !errors.Is(c, errStranger) || s == nil {
		t.Errorf("nodes of two: %v, %v", c, s)
	}
	if c, s := handshake(t, shared(t, secret).client(), b.server()); !errors.Is(c, errStranger) || s == nil {
		t.Errorf("one with a secret: %v, %v", c, s)
	}
	if want := sha256.Sum256(ours.cert.RawSubjectPublicKeyInfo); !bytes.Equal(a.Mark(), want[:]) || !bytes.Equal(a.Mark(), b.Mark()) {
		t.Errorf("the mark is %x", a.Mark())
	}
	if bytes.Equal(a.Mark(), other.Mark()) {
		t.Error("the mark is that of another authority")
	}
}

// Each mistake is found when the files are read, by its own sentence.
func TestFilesRefused(t *testing.T) {
	a, b := newAuthority(t, "a"), newAuthority(t, "b")
	cert, key := a.issue(t)
	_, otherKey := a.issue(t)
	server, serverKey := a.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	old, oldKey := a.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	for _, c := range []struct {
		what          string
		cert, key, ca []byte
		says          string
	}{
		{"of another authority", cert, key, b.pem, "other nodes would refuse the certificate"},
		{"with another key", cert, otherKey, a.pem, "private key does not match"},
		{"for servers only", server, serverKey, a.pem, "other nodes would refuse the certificate"},
		{"expired", old, oldKey, a.pem, "expired"},
		{"no certificate", nil, key, a.pem, "cannot be used"},
		{"no authority", cert, key, []byte("nothing"), "has no certificate in PEM form"},
		{"a key as authority", cert, key, key, "has no certificate in PEM form"},
		{"a broken authority", cert, key, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "cannot be read"},
	} {
		f := files(t, c.cert, c.key, c.ca)
		_, err := FromFiles(f, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
		if err != nil && bytes.Contains(key, []byte(err.Error())) {
			t.Errorf("%s: the key shows: %v", c.what, err)
		}
	}
	f := a.node(t)
	if err := os.Remove(f.CA); err != nil {
		t.Fatal(err)
	}
	if _, err := FromFiles(f, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), f.CA) {
		t.Errorf("without its authority: %v", err)
	}
}

// A certificate for no particular purpose will do: many authorities make those.
func TestFilesOfNoPurpose(t *testing.T) {
	a := newAuthority(t, "a")
	cert, key := a.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = nil })
	c, _ := fromFiles(t, files(t, cert, key, a.pem))
	if c, s := handshake(t, c.client(), c.server()); c != nil || s != nil {
		t.Errorf("%v, %v", c, s)
	}
}

// Certificates between a node's own and the authority stand behind the node's.
func TestFilesWithAChain(t *testing.T) {
	root := newAuthority(t, "root")
	middle := newAuthority(t, "middle")
	between, _ := root.issue(t, func(c *x509.Certificate) {
		c.Subject, c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.ExtKeyUsage = middle.cert.Subject, true, true, x509.KeyUsageCertSign, nil
	})
	crossed := crossSign(t, root, middle)
	cert, key := middle.issue(t)
	c, _ := fromFiles(t, files(t, append(bytes.Clone(cert), crossed...), key, root.pem))
	plain, _ := fromFiles(t, root.node(t))
	if c, s := handshake(t, c.client(), plain.server()); c != nil || s != nil {
		t.Errorf("%v, %v", c, s)
	}
	if _, err := FromFiles(files(t, append(bytes.Clone(cert), between...), key, root.pem), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a chain through another key was taken")
	}
}

// Changed files are used by the next connection; while they do not belong together, the old ones are.
func TestFilesChange(t *testing.T) {
	old, young := newAuthority(t, "old"), newAuthority(t, "young")
	f := old.node(t)
	a, log := fromFiles(t, f)
	mark := a.Mark()
	b, _ := fromFiles(t, old.node(t))
	cert, key := young.issue(t)
	replace(t, f.Cert, cert)
	if c, s := handshake(t, a.client(), b.server()); c != nil || s != nil {
		t.Errorf("after the certificate alone has changed: %v, %v", c, s)
	}
	if n := strings.Count(log.String(), "stay in use"); n != 1 {
		t.Errorf("said %d times: %s", n, log)
	}
	replace(t, f.Key, key)
	replace(t, f.CA, append(bytes.Clone(old.pem), young.pem...))
	if c, _ := handshake(t, a.client(), b.server()); c == nil { // which knows the old authority only
		t.Error("the old certificate is still in use")
	}
	if c, s := handshake(t, b.client(), b.server()); c != nil || s != nil {
		t.Errorf("%v, %v", c, s)
	}
	both, _ := fromFiles(t, files(t, cert, key, append(bytes.Clone(old.pem), young.pem...)))
	if c, s := handshake(t, a.client(), both.server()); c != nil || s != nil {
		t.Errorf("after all have changed: %v, %v", c, s)
	}
	if !bytes.Equal(a.Mark(), mark) || !bytes.Equal(both.Mark(), mark) {
		t.Error("the mark has changed though the first authority has not")
	}
}

// replace writes a file as tools do that renew certificates: a new one is moved over it.
func replace(t testing.TB, name string, content []byte) {
	t.Helper()
	write(t, name+".new", content)
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}
