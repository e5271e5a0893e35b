package main

import (
	"strings"
	"testing"
)

func TestStoredAddresses(t *testing.T) {
	for _, address := range []string{"127.0.0.1:7234", "[::1]:7234", "localhost:7234", "127.8.9.1:1"} {
		stored := storedAddress(address)
		if !strings.HasPrefix(stored, address+"@") {
			t.Errorf("%s is stored as %s", address, stored)
		}
		if back, ok := reach(stored); !ok || back != address {
			t.Errorf("%s is reached at %s, %v", stored, back, ok)
		}
		if _, ok := reach(address + "@elsewhere.example"); ok {
			t.Errorf("%s of another machine is taken for ours", address)
		}
	}
	for _, address := range []string{"10.0.0.1:7234", "node-1.example:7234", "[2001:db8::1]:7234"} {
		if stored := storedAddress(address); stored != address {
			t.Errorf("%s is stored as %s", address, stored)
		}
		if back, ok := reach(address); !ok || back != address {
			t.Errorf("%s is reached at %s, %v", address, back, ok)
		}
	}
}
