package pages

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// workDir holds what all tests share.
var workDir string

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tenuto-pages-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	workDir = dir
	defer func() { closeChromium() }()
	return m.Run()
}

var closeChromium = func() {}

// chromium is the one browser; journeys have profiles in it.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := script("chromium.sh")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	closeChromium = func() {
		stop()
		stopAllocator()
	}
	return ctx, chromedp.Do(ctx)
})

// script is what a script of deploy/ci prints.
func script(name string, args ...string) (string, error) {
	var log strings.Builder
	cmd := exec.Command(filepath.Join("../../../../deploy/ci", name), args...)
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, log.String())
	}
	return strings.TrimSpace(string(out)), nil
}
