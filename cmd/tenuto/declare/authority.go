package declare

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
)

// Authority is what a file says of a certificate authority whose clients a namespace lets in.
type Authority struct {
	Name        string   `yaml:"name"`
	Certificate string   `yaml:"certificate"` // PEM
	Filters     []Filter `yaml:"filters"`     // none: every client
	Permissions []string `yaml:"permissions"`
}

// Filter is what a client's certificate must say, all of it.
type Filter struct {
	CommonName         string `yaml:"common_name"`
	Organization       string `yaml:"organization"`
	OrganizationalUnit string `yaml:"organizational_unit"`
	AlternativeName    string `yaml:"alternative_name"`
}

func (a Authority) check(namespace string) error {
	for _, word := range a.Permissions {
		if !slices.Contains(permissions, word) {
			return fmt.Errorf("authority %s of namespace %s has the permission %q: it is one of %s", a.Name, namespace, word, strings.Join(permissions, ", "))
		}
	}
	switch block, _ := pem.Decode([]byte(a.Certificate)); {
	case len(a.Permissions) == 0:
		return fmt.Errorf("authority %s of namespace %s has no permissions", a.Name, namespace)
	case block == nil || block.Type != "CERTIFICATE":
		return fmt.Errorf("authority %s of namespace %s has no certificate in PEM", a.Name, namespace)
	}
	return nil
}

// certificateSum is how a plan shows a certificate: the beginning of its SHA-256.
func certificateSum(text string) string {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return ""
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:8])
}
