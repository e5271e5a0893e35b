package pages

import (
	"strings"
	"testing"
)

// A newcomer's worker gets in: a service account, what it may do, its key, the lines to connect, and its successor.
func TestAccountsAndKeysJourney(t *testing.T) {
	b := serve(t).browse()
	b.open("/t/default")
	b.follow("Service accounts")
	b.shows("No service account yet")
	b.follow("New service account")
	b.fill("#account-name", "settlement")
	b.follow("Make the account")
	b.shows("Give it a role or permissions")
	b.sound("account-new")
	b.follow("Give the role")
	b.shows("Given.")
	b.shows("Take back")
	b.sound("account")

	b.follow("Make a key")
	b.shows("A key can never do more than its holder.")
	b.sound("key-form")
	b.fill("#key-name", "nightly")
	b.follow("Make the key")
	b.shows("no page shows it again")
	b.shows("TLSDisabled: true")
	b.sound("key-revealed")
	b.follow("To the key")
	b.shows("all that its holder may")
	b.sound("key")
	b.follow("Rotate")
	b.shows("The new key nightly")

	b.follow("API keys")
	b.shows("settlement")
	b.sound("keys")
	if text := b.text(); strings.Count(text, "nightly") != 2 {
		t.Errorf("the list does not have the key and its successor:\n%s", text)
	}
}
