package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants/oidc/oidctest"
)

// withPeople is a configuration file for this database where people sign in by a provider, over TLS.
func withPeople(t *testing.T, url, issuer string, c certificate, more string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	people := write("people.yaml", fmt.Sprintf("providers:\n  - {name: corp, title: Corporate login, issuer: %q, client_id: tenuto}\n%s", issuer, more))
	return write("tenuto.yaml", fmt.Sprintf("postgres:\n  url: %s\ntls:\n  cert_file: %s\n  key_file: %s\nsignin:\n  providers_file: %s\n  url: https://console.example\n  secret: %s\n",
		url, write("cert", string(c.cert)), write("key", string(c.key)), people, strings.Repeat("s", 32)))
}

// visitor is a browser that finds console.example at this server.
func (l *life) visitor(c certificate) *http.Client {
	l.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		l.t.Fatal(err)
	}
	at := regexp.MustCompile(`Console .* at (\S+)`).FindStringSubmatch(l.out.String())[1]
	return &http.Client{Jar: jar, Transport: &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: c.pool(l.t), ServerName: "127.0.0.1"},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, at)
		},
	}}
}

// answer is a page and how it was answered.
func answer(t *testing.T, ask func() (*http.Response, error)) (*http.Response, string) {
	t.Helper()
	resp, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

var (
	setupLink = regexp.MustCompile(`https://console\.example(/setup\?token=(\S+))`)
	sentTo    = regexp.MustCompile(`http-equiv="refresh" content="0; url=([^"]*)"`)
)

// TestFirstAdministratorOfAServer: who follows the printed link and signs in operates the installation, and the next start prints none.
func TestFirstAdministratorOfAServer(t *testing.T) {
	p, c, database := oidctest.New(t), newCertificate(t), migratedDatabase(t)
	path := withPeople(t, database, p.URL, c, "")
	l := launch(t, "server", "--config", path)
	l.await(l.out, "Ctrl-C")
	found := setupLink.FindStringSubmatch(l.out.String())
	if found == nil || strings.Contains(l.err.String(), found[2]) {
		t.Fatalf("no link, or it is in the log:\n%s\n%s", l.out, l.err)
	}
	browser, home := l.visitor(c), "https://console.example"
	resp, page := get(t, browser, home+"/t/default/ns/default/workflows")
	if resp.StatusCode != http.StatusUnauthorized || resp.ProtoMajor != 2 || !strings.Contains(page, "Sign in with Corporate login") {
		t.Fatalf("%s %d\n%s", resp.Proto, resp.StatusCode, page)
	}
	if resp, page := get(t, browser, home+found[1]); resp.StatusCode != http.StatusOK || !strings.Contains(page, "administrator") {
		t.Fatalf("%d\n%s", resp.StatusCode, page)
	}
	_, page = answer(t, func() (*http.Response, error) {
		return browser.PostForm(home+"/signin/corp", url.Values{"link": {found[2]}})
	})
	to := sentTo.FindStringSubmatch(page)
	if to == nil {
		t.Fatal(page)
	}
	code, state := p.Approve(t, html.UnescapeString(to[1]))
	resp, page = get(t, browser, home+"/signin/corp/return?"+url.Values{"code": {code}, "state": {state}}.Encode())
	if resp.StatusCode != http.StatusOK || resp.Request.URL.Path != "/t/default/ns/default/workflows" || !strings.Contains(page, "Ada") {
		t.Fatalf("%d at %s\n%s", resp.StatusCode, resp.Request.URL, page)
	}
	if err := l.end(); err != nil {
		t.Fatal(err)
	}
	l = launch(t, "server", "--config", path)
	l.await(l.out, "Ctrl-C")
	if setupLink.MatchString(l.out.String()) {
		t.Error("a second start prints a link")
	}
	next := l.visitor(c)
	next.Jar = browser.Jar
	if resp, _ := get(t, next, home+"/profile"); resp.StatusCode != http.StatusOK {
		t.Errorf("the session is over with the process: %d", resp.StatusCode)
	}
}

// get is a page at an address.
func get(t *testing.T, browser *http.Client, address string) (*http.Response, string) {
	t.Helper()
	return answer(t, func() (*http.Response, error) { return browser.Get(address) })
}

func TestAdministratorsOfTheFile(t *testing.T) {
	p, c := oidctest.New(t), newCertificate(t)
	l := launch(t, "server", "--config", withPeople(t, migratedDatabase(t), p.URL, c, "bootstrap:\n  admins: [{provider: corp, subject: ada}]\n"))
	l.await(l.out, "Ctrl-C")
	if setupLink.MatchString(l.out.String()) {
		t.Error("a link is printed although there is an administrator")
	}
	if strings.Contains(l.err.String()+l.out.String(), strings.Repeat("s", 32)) {
		t.Error("the secret is printed")
	}
}

// TestSetupLinkFromTheMachine: whoever has the database makes another administrator, beside a server that runs and has one.
func TestSetupLinkFromTheMachine(t *testing.T) {
	p, c := oidctest.New(t), newCertificate(t)
	path := withPeople(t, migratedDatabase(t), p.URL, c, "bootstrap:\n  admins: [{provider: corp, subject: somebody-who-left}]\n")
	l := launch(t, "server", "--config", path)
	l.await(l.out, "Ctrl-C")
	printed, err := run(t, "setup-link", "--config", path)
	if err != nil {
		t.Fatal(err)
	}
	found := setupLink.FindStringSubmatch(printed)
	if found == nil {
		t.Fatal(printed)
	}
	if resp, page := get(t, l.visitor(c), "https://console.example"+found[1]); resp.StatusCode != http.StatusOK || !strings.Contains(page, "administrator") {
		t.Errorf("%d\n%s", resp.StatusCode, page)
	}
	if said := refused(t, "setup-link", "--config", withAuth(t, migratedDatabase(t))); !strings.Contains(said, "signin.providers_file is not set") {
		t.Errorf("%q", said)
	}
}
