package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionOfABuild(t *testing.T) {
	commit := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}}
	for _, c := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{Main: debug.Module{Version: "v" + release}}, release},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, release + "-dev"},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: commit}, release + "-dev+0123456789ab"},
		{debug.BuildInfo{Main: debug.Module{Version: "v" + release}, Settings: commit}, release},
	} {
		if got := describe(&c.info); got != c.want {
			t.Errorf("%+v: %s, want %s", c.info, got, c.want)
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
