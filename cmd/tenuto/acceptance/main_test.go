package acceptance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// serverPackage is the binary under test.
const serverPackage = "github.com/tenuto-io/tenuto/cmd/tenuto"

// workDir holds what outlives a single test: the binary and the shared server's files.
var workDir string

func TestMain(m *testing.M) {
	if name := os.Getenv(roleEnv); name != "" {
		os.Exit(playRole(name))
	}
	flag.Parse()
	os.Exit(runAll(m))
}

func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tenuto-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	workDir = dir
	// These tests wait for timers and other processes far more than they compute.
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("16"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := m.Run()
	for _, stop := range []func() error{stopShared, stopFleet, stopCluster} {
		if err := stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

// buildServer compiles the binary under test, once per run. TENUTO_TEST_BINARY names one that exists already.
var buildServer = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TENUTO_TEST_BINARY"); path != "" {
		return path, nil
	}
	path := filepath.Join(workDir, "tenuto")
	out, err := exec.Command("go", "build", "-o", path, serverPackage).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", serverPackage, err, out)
	}
	return path, nil
})
