package acceptance

import (
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
	lines, log := runTypeScript(t, "conformance.js", "ADDRESS="+l.address)
	tests := 0
	for _, line := range lines {
		var test struct{ Name, Error string }
		if json.Unmarshal(line, &test) != nil {
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
	if tests < atLeast {
		t.Errorf("only %d tests\n%s", tests, log)
	}
}

// runTypeScript runs a program of typescript/, and returns the lines that it printed and what it said beside. One that fails fails the test.
func runTypeScript(t *testing.T, program string, env ...string) (lines [][]byte, log string) {
	t.Helper()
	node, modules := installTypeScript(t)
	dir := t.TempDir()
	for _, file := range []string{program, "workflows.js"} {
		text, err := os.ReadFile(filepath.Join("typescript", file))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, file), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(modules, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	var out, beside bytes.Buffer
	run := exec.CommandContext(t.Context(), node, program)
	run.Dir, run.Stdout, run.Stderr = dir, &out, &beside
	run.Env = append(os.Environ(), env...)
	run.WaitDelay = 5 * time.Second
	if err := run.Run(); err != nil {
		t.Errorf("%s: %v\n%s", program, err, beside.String())
	}
	return bytes.Split(out.Bytes(), []byte("\n")), beside.String()
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
