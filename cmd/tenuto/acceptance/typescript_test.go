package acceptance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTypeScript runs the conformance suite of the TypeScript SDK: see typescript/conformance.js. Each of its tests is a subtest here. It ends with a replay
// of all histories that it made.
func TestTypeScript(t *testing.T) {
	l := newLab(t)
	node, modules := installTypeScript(t)
	dir := t.TempDir()
	for _, file := range []string{"conformance.js", "workflows.js"} {
		text, err := os.ReadFile(filepath.Join("typescript", file))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, file), text, 0o600)
		}
		l.must(err)
	}
	l.must(os.Symlink(filepath.Join(modules, "node_modules"), filepath.Join(dir, "node_modules")))

	var out, log bytes.Buffer
	suite := exec.CommandContext(t.Context(), node, "conformance.js")
	suite.Dir, suite.Stdout, suite.Stderr = dir, &out, &log
	suite.Env = append(os.Environ(), "ADDRESS="+l.address)
	suite.WaitDelay = 5 * time.Second
	err := suite.Run()
	tests := 0
	for s := bufio.NewScanner(&out); s.Scan(); {
		var test struct{ Name, Error string }
		if json.Unmarshal(s.Bytes(), &test) != nil {
			continue // the native core logs here
		}
		tests++
		t.Run(test.Name, func(t *testing.T) {
			if test.Error != "" {
				t.Error(test.Error)
			}
		})
	}
	const atLeast = 20
	if err != nil || tests < atLeast {
		t.Errorf("%d tests, then: %v\n%s", tests, err, log.String())
	}
}

// installTypeScript is a program of Node and the directory where the SDK is installed.
func installTypeScript(t *testing.T) (node, modules string) {
	t.Helper()
	script := exec.CommandContext(t.Context(), "../../../deploy/ci/npm.sh", "typescript")
	var log bytes.Buffer
	script.Stderr = &log
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	node, modules, ok := strings.Cut(strings.TrimSpace(string(out)), " ")
	if !ok {
		t.Fatalf("npm.sh printed %q", out)
	}
	return node, modules
}
