package console

import (
	"os"
	"strings"
	"testing"
)

// Every route has a row in docs/console-coverage.md with a test, and every row a route or what it waits for. That the tests exist is checked for all documents together.
func TestCoverageOfTheConsole(t *testing.T) {
	text, err := os.ReadFile("../docs/console-coverage.md")
	must(t, err)
	rows := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) != 3 || strings.Contains(line, "---") || strings.Contains(line, "| Route |") {
			continue
		}
		key, last := strings.Trim(strings.TrimSpace(cells[0]), "`"), strings.TrimSpace(cells[2])
		if key == "" {
			if !strings.HasPrefix(last, "waits for ") {
				t.Errorf("%s: neither a route nor what it waits for", cells[1])
			}
			continue
		}
		rows[key] = true
		if !strings.Contains(last, "`Test") {
			t.Errorf("%s:%s has no test", key, cells[1])
		}
	}
	for _, r := range append(newLobby(t).console.table(), newBench(t).console.table()...) {
		key := r.method + " " + r.path
		if _, ok := rows[key]; !ok {
			t.Errorf("%s has no row", key)
		}
		rows[key] = false
	}
	for key, extra := range rows {
		if extra {
			t.Errorf("there is no route %s", key)
		}
	}
}
