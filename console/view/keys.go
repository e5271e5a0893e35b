package view

import (
	"strings"
	"time"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// KeysPage lists the keys of a tenant that the reader may see.
type KeysPage struct {
	TenantFrame
	Keys       []*adminv1.Key
	Accounts   []*adminv1.Account // that the reader may make keys for
	Own        bool               // the reader is a person, who may have keys
	Holder     string             // to make a key for; "": the first of the choices
	Namespaces []string
	Next       string // token of the next page; "": this is the last
}

// KeyPage is one key.
type KeyPage struct {
	TenantFrame
	Key    *adminv1.Key
	Own    bool // the reader's
	Person bool // a person's
}

// RevealedKeyPage has the secret of a key, which no other page has.
type RevealedKeyPage struct {
	TenantFrame
	Key       *adminv1.Key
	Secret    string
	Snippets  []Snippet
	Encrypted bool // the server's own address speaks TLS
}

// holders are whom the reader may make a key for.
func (p KeysPage) holders() (all []Choice) {
	if p.Own {
		all = append(all, Choice{"", "me"})
	}
	for _, a := range p.Accounts {
		all = append(all, Choice{"account:" + a.GetName(), "service account " + a.GetName()})
	}
	return all
}

// making tells whether the form for a new key is to be open.
func (p KeysPage) making() bool { return p.Filled.Form == "key" || p.Holder != "" }

// holderName is a holder as pages call it.
func holderName(holder string) string {
	kind, name, _ := strings.Cut(holder, ":")
	switch kind {
	case "person":
		return "person …" + name[max(0, len(name)-8):]
	case "account":
		return "service account " + Visible(name)
	}
	return Visible(holder)
}

// scoped is in short what a key may be used for.
func scoped(k *adminv1.Key) string {
	var all []string
	for _, s := range k.GetScopes() {
		where := "every namespace"
		if s.GetNamespace() != "" {
			where = Visible(s.GetNamespace())
		}
		all = append(all, strings.Join(s.GetPermissions(), ", ")+" in "+where)
	}
	if len(all) == 0 {
		return "all that its holder may"
	}
	return strings.Join(all, "; ")
}

// keyState is a word for whether a key lets anybody in, and the class of its tag; "": it does.
func keyState(k *adminv1.Key, now time.Time) (word, class string) {
	expires := at(k.GetExpireTime())
	switch {
	case k.GetRevokeTime() != nil:
		return "revoked", "bad"
	case !expires.IsZero() && !now.Before(expires):
		return "expired", "bad"
	case k.GetDisabled():
		return "disabled", "warn"
	}
	return "active", ""
}

// over is why a key cannot be changed any more; "": it can.
func (p KeyPage) over() string {
	if word, _ := keyState(p.Key, p.Now); word == "revoked" || word == "expired" {
		return "The key is " + word + ": nothing brings it back. Make a new one."
	}
	return ""
}

// cannotRotate is why the reader cannot have a successor of the key; "": the reader can.
func (p KeyPage) cannotRotate() string {
	switch {
	case p.over() != "":
		return p.over()
	case p.Own:
		return ""
	case p.Person:
		return "A person's keys are made by that person alone."
	case p.May < Manages:
		return onlyAdmins
	}
	return ""
}

// changes tells whether the reader may disable and revoke the key.
func (p KeyPage) changes() bool { return p.Own || p.May >= Manages }

// called is what a key is called.
func called(k *adminv1.Key) string {
	if k.GetName() != "" {
		return k.GetName()
	}
	return k.GetId()
}
