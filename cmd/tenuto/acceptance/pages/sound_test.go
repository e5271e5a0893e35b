package pages

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// What a page may cost.
const (
	mostRequests = 10
	mostBytes    = 200 << 10 // of all answers, but for the scripts and the sheet, which are cached for ever
)

// sound says that the page shown has no barrier that axe calls serious, asks little, and is not wider than the window; and draws it. name is that of its pictures.
func (b *browser) sound(name string) {
	b.t.Helper()
	b.mu.Lock()
	asked, bytes := slices.Clone(b.asked), b.bytes
	b.mu.Unlock()
	if len(asked) > mostRequests || bytes > mostBytes {
		b.t.Errorf("%s makes %d requests of %d bytes: %q", name, len(asked), bytes, asked)
	}
	b.accessible(name)
	pictures := os.Getenv("TENUTO_SCREENSHOTS")
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"narrow", 390, 844}, {"wide", 1440, 900}} {
		b.do("size", chromedp.EmulateViewport(size.width, size.height))
		b.until(name+" to fit a "+size.name+" window", `document.documentElement.scrollWidth <= window.innerWidth`)
		for _, scheme := range []string{"light", "dark"} {
			if pictures == "" {
				continue
			}
			_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			must(b.t, err)
			b.draw(filepath.Join(pictures, name+"-"+size.name+"-"+scheme+".png"))
		}
	}
}

func (b *browser) draw(file string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	must(b.t, err)
	must(b.t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(b.t, os.WriteFile(file, picture, 0o644))
}

// axe is the source of axe-core.
var axe = sync.OnceValues(func() (string, error) {
	where, err := script("npm.sh", "axe")
	if err != nil {
		return "", err
	}
	_, dir, _ := strings.Cut(where, " ")
	text, err := os.ReadFile(filepath.Join(dir, "node_modules/axe-core/axe.min.js"))
	return string(text), err
})

// barriers are what axe calls serious or critical, in both colour schemes, with the elements.
const barriers = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r => r.violations
	.filter(v => v.impact === 'serious' || v.impact === 'critical')
	.map(v => v.id + ': ' + v.help + '\n' + v.nodes.map(n => '    ' + n.html).join('\n')).join('\n'))`

func (b *browser) accessible(name string) {
	b.t.Helper()
	source, err := axe()
	must(b.t, err)
	for _, scheme := range []string{"light", "dark"} {
		_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		must(b.t, err)
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		found, err := chromedp.Run(ctx, chromedp.Evaluate[string](source+";"+barriers, chromedp.EvalAwaitPromise))
		cancel()
		must(b.t, err)
		if found != "" {
			b.t.Errorf("%s, %s:\n%s", name, scheme, found)
		}
	}
}

// What looks for barriers finds one.
func TestBarriersAreFound(t *testing.T) {
	b := serve(t).browse()
	b.evaluate(`document.querySelector('main').innerHTML = '<img src="/nothing.png"><button></button>'`)
	source, err := axe()
	must(t, err)
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](source+";"+barriers, chromedp.EvalAwaitPromise))
	must(t, err)
	if !strings.Contains(found, "image-alt") || !strings.Contains(found, "button-name") {
		t.Errorf("axe has found %q", found)
	}
}
