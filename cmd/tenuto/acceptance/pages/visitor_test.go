package pages

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// visitor is a client with the browser's session: for what needs many of them, or is no page.
func (b *browser) visitor() *http.Client {
	b.t.Helper()
	has, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{b.console}})
	must(b.t, err)
	jar, err := cookiejar.New(nil)
	must(b.t, err)
	at, err := url.Parse(b.console)
	must(b.t, err)
	for _, c := range has.Cookies {
		jar.SetCookies(at, []*http.Cookie{{Name: c.Name, Value: c.Value, Path: c.Path}})
	}
	return &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
}

// resident is the memory of the server, in bytes.
func (s *server) resident() int64 { return s.status("VmRSS:") << 10 }

// status is a number of the server's /proc/PID/status.
func (s *server) status(field string) int64 {
	s.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.pid) + "/status")
	must(s.t, err)
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == field {
			n, err := strconv.ParseInt(words[1], 10, 64)
			must(s.t, err)
			return n
		}
	}
	s.t.Fatalf("the kernel does not tell %s", field)
	return 0
}
