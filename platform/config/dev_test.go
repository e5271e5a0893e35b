package config

import (
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestDefaultsAreValid(t *testing.T) {
	d := DefaultDev(environment("HOME", "/home/ada"))
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	want := Dev{
		Node:     Node{GRPC: "127.0.0.1:7233", Console: "127.0.0.1:8233", Peer: "127.0.0.1:7234", LogLevel: "info", LogFormat: "text"},
		Database: "/home/ada/.local/state/tenuto/dev.db",
	}
	if !reflect.DeepEqual(d, want) {
		t.Fatalf("%+v", d)
	}
	if d.Level() != slog.LevelInfo {
		t.Fatal(d.Level())
	}
}

func TestWhereTheDatabaseIs(t *testing.T) {
	for _, c := range []struct {
		env  []string
		want string
	}{
		{[]string{"XDG_STATE_HOME", "/state", "HOME", "/home/ada"}, "/state/tenuto/dev.db"},
		{[]string{"XDG_STATE_HOME", "relative", "HOME", "/home/ada"}, "/home/ada/.local/state/tenuto/dev.db"},
		{[]string{"HOME", "relative"}, ""},
		{nil, ""},
	} {
		if got := DefaultDev(environment(c.env...)).Database; got != c.want {
			t.Errorf("%v: %q, want %q", c.env, got, c.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		flag   string
		change func(*Dev)
	}{
		{"--db", func(d *Dev) { d.Database = "" }},
		{"--grpc", func(d *Dev) { d.GRPC = "" }},
		{"--grpc", func(d *Dev) { d.GRPC = "7233" }},
		{"--grpc", func(d *Dev) { d.GRPC = "127.0.0.1:grpc" }},
		{"--grpc", func(d *Dev) { d.GRPC = "127.0.0.1:-1" }},
		{"--grpc", func(d *Dev) { d.GRPC = "127.0.0.1:65536" }},
		{"--grpc", func(d *Dev) { d.GRPC = "::1:7233" }},
		{"--console", func(d *Dev) { d.Console = "127.0.0.1" }},
		{"--console", func(d *Dev) { d.Console = "0.0.0.0:8233" }},
		{"--console", func(d *Dev) { d.Console = ":8233" }},
		{"--console", func(d *Dev) { d.Console = "192.0.2.1:8233" }},
		{"--console", func(d *Dev) { d.Console = "tenuto.example:8233" }},
		{"--console", func(d *Dev) { d.Console = d.GRPC }},
		{"--namespace", func(d *Dev) { d.Namespaces = []string{"fine", ""} }},
		{"--namespace", func(d *Dev) { d.Namespaces = []string{"a/b"} }},
		{"--namespace", func(d *Dev) { d.Namespaces = []string{"-x"} }},
		{"--namespace", func(d *Dev) { d.Namespaces = []string{strings.Repeat("x", 256)} }},
		{"--postgres", func(d *Dev) { d.Postgres = "localhost:5432" }},
		{"--log-level", func(d *Dev) { d.LogLevel = "loud" }},
		{"--log-format", func(d *Dev) { d.LogFormat = "xml" }},
	} {
		d := DefaultDev(environment("HOME", "/home/ada"))
		c.change(&d)
		err := d.Validate()
		if err == nil || !strings.Contains(err.Error(), c.flag) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v, want one sentence with %s", d, err, c.flag)
		}
	}
}

func TestAccepted(t *testing.T) {
	for _, change := range []func(*Dev){
		func(d *Dev) { d.Database = Memory },
		func(d *Dev) { d.GRPC = "0.0.0.0:7233" },
		func(d *Dev) { d.GRPC = "[::1]:7233" },
		func(d *Dev) { d.GRPC, d.Console = "127.0.0.1:0", "127.0.0.1:0" },
		func(d *Dev) { d.Console = "[::1]:8233" },
		func(d *Dev) { d.Console = "localhost:8233" },
		func(d *Dev) { d.Namespaces = []string{"a.b", "A-1_2", "default"} },
		func(d *Dev) { d.LogLevel, d.LogFormat = "debug", "json" },
		func(d *Dev) { d.Postgres, d.Database = "postgres://ada@localhost/tenuto", "" },
	} {
		d := DefaultDev(environment("HOME", "/home/ada"))
		change(&d)
		if err := d.Validate(); err != nil {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

func TestEachNamespaceOnce(t *testing.T) {
	d := Dev{Namespaces: []string{"b", "default", "a", "b"}}
	if got := strings.Join(d.AllNamespaces(), " "); got != "default b a" {
		t.Fatal(got)
	}
}
