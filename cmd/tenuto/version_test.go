package main

import (
	"strings"
	"testing"
)

func TestVersionNamesTheCommit(t *testing.T) {
	defer func(was string) { commit = was }(commit)
	for built, want := range map[string]string{"": release + "-dev", "0123456789ab": release + "-dev+0123456789ab"} {
		commit = built
		if got := version(); got != want {
			t.Errorf("built from %q: %s, want %s", built, got, want)
		}
	}
}

func TestVersionCommand(t *testing.T) {
	out := newBuffer()
	root := newRoot()
	root.SetArgs([]string{"version"})
	root.SetOut(out)
	if err := root.Execute(); err != nil || !strings.HasPrefix(out.String(), "tenuto "+release) {
		t.Fatalf("%q, %v", out, err)
	}
}

func TestUnknownCommand(t *testing.T) {
	if sentence := refused(t, "sreve"); !strings.Contains(sentence, "sreve") {
		t.Fatal(sentence)
	}
}
