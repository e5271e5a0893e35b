package signin

import (
	"context"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take on a busy machine.
const patience = 30 * time.Second

// browser is somebody's Chromium.
type browser struct {
	*house
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	violations []string // of a content policy, by pages of the console
	returned   string   // where the provider has sent it back to last
	sent       string   // where the console has sent it to last
}

// browse opens a browser that knows nobody.
func (h *house) browse(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(printed(t, "chromium.sh")), chromedp.Flag("ignore-certificate-errors", true),
		// The provider's pages ask for a font elsewhere.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{house: h, t: t, ctx: ctx}
	must(t, chromedp.Listen(ctx, b.heard))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	must(t, err)
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(t, err)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.violations) > 0 {
			t.Errorf("the content policy was violated: %q", b.violations)
		}
	})
	return b
}

// heard takes note of what the browser tells.
func (b *browser) heard(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if strings.Contains(e.Entry.Text, "Content Security Policy") && strings.HasPrefix(e.Entry.URL, b.url) {
			b.violations = append(b.violations, e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if strings.HasPrefix(e.Request.URL, b.url+"/signin/corp/return") {
			b.returned = e.Request.URL
		}
		if strings.HasPrefix(e.Request.URL, b.provider.issuer+"/auth?") {
			b.sent = e.Request.URL
		}
	}
}

// do does something in the browser.
func (b *browser) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.page())
	}
}

// page is where the browser is, and what it shows.
func (b *browser) page() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// state is what the console has given it for the provider.
func (b *browser) state() string {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := url.Parse(b.sent)
	must(b.t, err)
	return u.Query().Get("state")
}

// open opens a page of the console.
func (b *browser) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.url+path))
}

// shows waits until a page of the console has that text.
func (b *browser) shows(text string) {
	b.t.Helper()
	b.until(text, `location.origin === `+strconv.Quote(b.url)+` && document.body.innerText.includes(`+strconv.Quote(text)+`)`)
}

// until waits for an expression to be true. Pages may come and go meanwhile.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if is && err == nil {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("waited for %s (%v):\n%s", what, err, b.page())
		}
	}
}

// at is the address of the page.
func (b *browser) at() string {
	address, _, _ := strings.Cut(b.page(), "\n")
	return address
}

// press presses the button that goes to the provider.
func (b *browser) press() {
	b.t.Helper()
	b.choose("corp")
}

// choose presses the button of one of the providers.
func (b *browser) choose(provider string) {
	b.t.Helper()
	b.do("press the button", chromedp.Click(chromedp.CSS(`form[action="/signin/`+provider+`"] button`)))
}

// login says to the provider who somebody is, and agrees.
func (b *browser) login(name string) {
	b.t.Helper()
	b.do("log in", chromedp.SendKeys(chromedp.CSS(`input[name="login"]`), name), chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), "any"),
		chromedp.Click(chromedp.CSS(`button[type="submit"]`)))
	b.agree()
}

// agree lets the provider tell the console.
func (b *browser) agree() {
	b.t.Helper()
	b.until("the provider's question", `document.querySelector('input[name="prompt"][value="consent"]') !== null`)
	b.do("agree", chromedp.Click(chromedp.CSS(`button[type="submit"]`)))
	b.until("the console", `location.origin === `+strconv.Quote(b.url))
}

// enter signs somebody in who wants to see a page.
func (b *browser) enter(name, path string) {
	b.t.Helper()
	b.open(path)
	b.press()
	b.login(name)
}

const sessionCookie = "__Host-tenuto-session"

// session is the console's cookie that says who somebody is; nil: there is none.
func (b *browser) session() *network.Cookie {
	b.t.Helper()
	all, err := chromedp.CallBrowser(b.ctx, storage.GetCookies, storage.GetCookiesParams{})
	must(b.t, err)
	for _, c := range all.Cookies {
		if c.Name == sessionCookie {
			return c
		}
	}
	return nil
}

// keep makes the browser have another session id.
func (b *browser) keep(value string) {
	b.t.Helper()
	yes := true
	_, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{
		Name: sessionCookie, Value: value, URL: b.url, Path: "/", Secure: &yes, HTTPOnly: &yes, SameSite: network.CookieSameSiteLax,
	})
	must(b.t, err)
}
