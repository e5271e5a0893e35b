package history

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestScripts plays the protocol scripts in testdata. A script is a list of blocks, separated by empty lines:
//
//	verb argument key=value …        what happens
//	  workflow command …             with respond: the commands, one per line
//	----
//	what comes of it: events, tasks, errors
//
// After every verb the run is also checked, folded and reloaded (see twin). Lines that begin with # are comments.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { playFile(t, file) })
	}
}

func playFile(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stage := newStage(t)
	var rewritten []string
	for _, block := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		comments, input, want := parseBlock(block)
		if input == "" {
			rewritten = append(rewritten, block)
			continue
		}
		got := strings.TrimSpace(stage.play(input))
		rewritten = append(rewritten, strings.TrimSpace(comments+input+"\n----\n"+got))
		if got != want && !*update {
			t.Fatalf("%s\ngot:\n%s\nwant:\n%s", input, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(rewritten, "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// parseBlock splits a block into its comment lines, its input and its expectation.
func parseBlock(block string) (comments, input, want string) {
	input, want, _ = strings.Cut(strings.TrimSpace(block), "\n----")
	for strings.HasPrefix(input, "#") {
		line, rest, _ := strings.Cut(input, "\n")
		comments, input = comments+line+"\n", rest
	}
	return comments, strings.TrimSpace(input), strings.TrimSpace(want)
}

// line is a parsed line of a script: words, and key=value pairs.
type line struct {
	t     *testing.T
	words []string
	pairs map[string]string
}

func parseLine(t *testing.T, text string) line {
	l := line{t: t, pairs: map[string]string{}}
	for _, word := range strings.Fields(text) {
		if k, v, ok := strings.Cut(word, "="); ok {
			l.pairs[k] = v
		} else {
			l.words = append(l.words, word)
		}
	}
	return l
}

// word is the i-th word after the verb, or "".
func (l line) word(i int) string {
	if i+1 < len(l.words) {
		return l.words[i+1]
	}
	return ""
}

// has tells whether a word is among those after the verb.
func (l line) has(word string) bool {
	for _, w := range l.words[1:] {
		if w == word {
			return true
		}
	}
	return false
}

func (l line) duration(key string) time.Duration {
	text, ok := l.pairs[key]
	if !ok {
		return 0
	}
	return mustDuration(l.t, text)
}

func (l line) int(key string) int {
	n := 0
	if text, ok := l.pairs[key]; ok {
		if _, err := fmt.Sscan(text, &n); err != nil {
			l.t.Fatalf("%s: %v", key, err)
		}
	}
	return n
}

func mustDuration(t *testing.T, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// splitLines are the lines of a script that are not empty.
func splitLines(script string) (out []string) {
	for _, text := range strings.Split(script, "\n") {
		if strings.TrimSpace(text) != "" {
			out = append(out, text)
		}
	}
	return out
}
