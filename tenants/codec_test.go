package tenants_test

import (
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// What browsers may be sent to, and what a content policy says of it.
func TestCodecOrigins(t *testing.T) {
	for endpoint, want := range map[string]string{
		"":                               "",
		"https://codec.example":          "https://codec.example",
		"https://Codec.Example:8443/a/b": "https://codec.example:8443",
		"http://localhost:8081":          "http://localhost:8081",
		"http://127.0.0.1:8081/codec":    "http://127.0.0.1:8081",
		"http://codec.example":           "",
		"ftp://codec.example":            "",
		"https://*":                      "",
		"https://a;script-src":           "",
		"https://a,b":                    "",
		"https://a'b":                    "",
		"https://user@codec.example":     "",
		"https://codec.example?q":        "",
		"https://codec.example?":         "",
		"https://codec.example/#":        "",
		"https://[::1]:80":               "",
		"https://codec.example:":         "",
		"https://":                       "",
		"codec.example":                  "",
		"https://codec.example/\r\nX: y": "",
		"https://a/" + strings.Repeat("x", tenants.MaxCodecLength): "",
	} {
		if got := (tenants.Codec{Endpoint: endpoint}).Origin(); got != want {
			t.Errorf("%q: %q, want %q", endpoint, got, want)
		}
	}
}

// A namespace is not set to what browsers must not be sent to, and loses the credentials with the endpoint.
func TestCodecOfANamespace(t *testing.T) {
	d, _, _ := directory()
	if _, err := d.Register(t.Context(), payments()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []tenants.Change{{CodecEndpoint: new("http://codec.example")}, {CodecCredentials: new(true)}} {
		if _, err := d.Update(t.Context(), "payments", c); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%+v: %v", c, err)
		}
	}
	n, err := d.Update(t.Context(), "payments", tenants.Change{CodecEndpoint: new("https://codec.example"), CodecCredentials: new(true)})
	if err != nil || n.Codec != (tenants.Codec{Endpoint: "https://codec.example", Credentials: true}) {
		t.Fatalf("%+v, %v", n.Codec, err)
	}
	if n, err = d.Update(t.Context(), "payments", tenants.Change{CodecEndpoint: new("")}); err != nil || n.Codec != (tenants.Codec{}) {
		t.Fatalf("%+v, %v", n.Codec, err)
	}
}
