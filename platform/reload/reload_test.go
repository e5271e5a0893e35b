package reload_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
	"github.com/tenuto-io/tenuto/platform/reload"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFiles: what changed counts at the next look; what cannot be used never does.
func TestFiles(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	write(t, a, "1")
	write(t, b, "1")
	var log bytes.Buffer
	reads := 0
	f, err := reload.Open("pair", []string{a, b}, func() (string, error) {
		reads++
		x, errX := os.ReadFile(a)
		y, errY := os.ReadFile(b)
		if err := errors.Join(errX, errY); err != nil {
			return "", err
		}
		if len(x) != len(y) {
			return "", errors.New("they do not belong together")
		}
		return string(x) + string(y), nil
	}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Current() + f.Current(); got != "1111" || reads != 1 {
		t.Errorf("%q after %d reads", got, reads)
	}
	write(t, a, "22")
	if got := f.Current(); got != "11" || !strings.Contains(log.String(), "pair: changed files cannot be used; the old ones stay in use") {
		t.Errorf("half of a change: %q\n%s", got, &log)
	}
	f.Current()
	if n := strings.Count(log.String(), "stay in use"); n != 1 {
		t.Errorf("said %d times", n)
	}
	write(t, b, "22")
	if got := f.Current(); got != "2222" {
		t.Errorf("a whole change: %q", got)
	}
	if err := os.Remove(a); err != nil {
		t.Fatal(err)
	}
	if got := f.Current(); got != "2222" {
		t.Errorf("a file that is gone: %q", got)
	}
}

func TestOpenFails(t *testing.T) {
	bad := errors.New("bad")
	if _, err := reload.Open("x", []string{"/no/such/file"}, func() (int, error) { return 0, bad }, nil); !errors.Is(err, bad) {
		t.Error(err)
	}
}

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{"github.com/tenuto-io/tenuto/...": "files are files, whoever has them read"})
}
