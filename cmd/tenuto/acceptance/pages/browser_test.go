package pages

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser is a profile with one tab, signed in.
type browser struct {
	*server
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	asked    []string // addresses, but for those of others, since the page was asked for
	bytes    int64    // of answers, since then
	others   []string // other places that pages may ask
	offences []string // what a page did that was refused, and what it asked for elsewhere
}

// browse signs a new profile in. At the end of the test, nothing that a page did may have been refused by the content policy, no page may have asked another
// host for anything, and none may have failed in a script.
func (s *server) browse() *browser {
	t := s.t
	t.Helper()
	root, err := chromium()
	must(t, err)
	ctx, cancel := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &browser{server: s, t: t, ctx: ctx}
	must(t, chromedp.Listen(ctx, b.heard))
	_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	must(t, err)
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(t, err)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, o := range b.offences {
			t.Error(o)
		}
	})
	b.do("sign in", chromedp.Navigate(s.link), chromedp.Click(chromedp.CSS(`button[type="submit"]`)))
	b.until("the console", `document.querySelector('form[action="/signout"]') !== null`)
	return b
}

// heard takes note of what the browser tells.
func (b *browser) heard(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		unanswered := strings.Contains(e.Entry.Text, "CORS policy") && slices.ContainsFunc(b.others, func(other string) bool { return strings.Contains(e.Entry.Text, "'"+other+"/") })
		if strings.Contains(e.Entry.Text, "Content Security Policy") || e.Entry.Source == log.EntrySourceJavascript && !unanswered {
			b.offences = append(b.offences, e.Entry.URL+": "+e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument && e.RedirectResponse == nil {
			b.asked, b.bytes = nil, 0
		}
		if strings.HasPrefix(e.Request.URL, "data:") {
			return // which asks nobody: the browser's own pictures in fields
		}
		if slices.ContainsFunc(b.others, func(other string) bool { return strings.HasPrefix(e.Request.URL, other+"/") }) {
			return
		}
		b.asked = append(b.asked, e.Request.URL)
		if !strings.HasPrefix(e.Request.URL, b.console) {
			b.offences = append(b.offences, "asked for "+e.Request.URL)
		}
	case *network.EventLoadingFinished:
		b.bytes += int64(e.EncodedDataLength)
	}
}

// mayAsk lets pages ask another place than the console, which may refuse to answer pages.
func (b *browser) mayAsk(other string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.others = append(b.others, other)
}

// do does something in the browser, and anew where the element was replaced between being found and being touched, as a live page does: no hand is that fast.
func (b *browser) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, actions...)
	for replaced(err) && ctx.Err() == nil {
		err = chromedp.Do(ctx, actions...)
	}
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.text())
	}
}

// replaced says that what failed met an element which is no longer in the page.
func replaced(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Could not find node with given id")
}

// open opens a page of the console.
func (b *browser) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.console+path))
}

// press clicks on the first visible element that a CSS selector finds.
func (b *browser) press(selector string) {
	b.t.Helper()
	b.do("press "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// follow clicks on the link or button with exactly that text.
func (b *browser) follow(text string) {
	b.t.Helper()
	found := fmt.Sprintf(`[...document.querySelectorAll('a, button, summary')].find(e => e.innerText.trim() === %s)`, strconv.Quote(text))
	b.until("link "+text, found+" !== undefined")
	b.evaluate(found + `.click()`)
}

// fill types into the field that a CSS selector finds, in place of what it holds.
func (b *browser) fill(selector, text string) {
	b.t.Helper()
	b.do("fill "+selector, chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// write types into a field of several lines, in place of what it holds.
func (b *browser) write(selector, text string) {
	b.t.Helper()
	b.evaluate(`document.querySelector(` + strconv.Quote(selector) + `).value = ''`)
	b.do("write "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// keys presses keys, one after the other, wherever the focus is.
func (b *browser) keys(text string) {
	b.t.Helper()
	b.do("keys "+text, chromedp.KeyEvent(text))
}

// shows waits until the page has that text.
func (b *browser) shows(text string) {
	b.t.Helper()
	b.until(text, `document.body.innerText.includes(`+strconv.Quote(text)+`)`)
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
			b.t.Fatalf("waited for %s (%v):\n%s", what, err, b.text())
		}
	}
}

// evaluate runs an expression for what it does.
func (b *browser) evaluate(expression string) {
	b.t.Helper()
	b.until(expression, `(() => { `+expression+`; return true })()`)
}

// text is where the browser is, and what it shows.
func (b *browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}
