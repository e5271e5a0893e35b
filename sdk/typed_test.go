package sdk_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestWrongTypesDoNotCompile compiles testdata/wrongtypes and expects an error in each line marked wrong, and in no other.
func TestWrongTypesDoNotCompile(t *testing.T) {
	const file = "testdata/wrongtypes/wrongtypes.go"
	output, err := exec.Command("go", "build", "-gcflags=-e", "./testdata/wrongtypes").CombinedOutput()
	if err == nil {
		t.Fatal("it compiles")
	}
	refused := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^\S*wrongtypes\.go:(\d+):`).FindAllStringSubmatch(string(output), -1) {
		refused[match[1]] = true
	}
	source, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	marked := 0
	for number, lines := 1, bufio.NewScanner(source); lines.Scan(); number++ {
		_, mistake, wrong := strings.Cut(lines.Text(), "// wrong: ")
		if wrong {
			marked++
		}
		if line := fmt.Sprint(number); wrong != refused[line] {
			t.Errorf("%s:%s: refused %t, want %t: %s", file, line, refused[line], wrong, mistake)
		}
	}
	if marked < 20 {
		t.Errorf("only %d mistakes; the compiler said:\n%s", marked, output)
	}
}
