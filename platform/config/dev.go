package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tenuto-io/tenuto/tenants"
)

// Memory is the value of Dev.Database that keeps nothing.
const Memory = ":memory:"

// DefaultNamespace is the namespace that is always there.
const DefaultNamespace = "default"

// Dev is what `tenuto dev` can be told.
type Dev struct {
	// Database is the path of the database file, created at need together with its directory; Memory keeps everything in memory and
	// nothing after the process. Default: tenuto/dev.db in $XDG_STATE_HOME, or in ~/.local/state. Limit: one process per file.
	Database string
	// GRPC is the address that SDKs connect to, HOST:PORT; port 0 takes a free one. Default: 127.0.0.1:7233. Calls need no credential, so
	// whoever reaches the address may use the server.
	GRPC string
	// Console is the address of the web console, HOST:PORT; port 0 takes a free one. Default: 127.0.0.1:8233. Limit: a loopback host,
	// because the console speaks plain HTTP and its one user is the person at this machine.
	Console string
	// Namespaces are registered at start if they are missing, beside DefaultNamespace. Default: none. Limit: 255 bytes each of letters,
	// digits, dots, underscores and hyphens.
	Namespaces []string
	// Demo runs the bank-transfer worker in the process and keeps starting transfers in DefaultNamespace. Default: off.
	Demo bool
	// LogLevel is the least level that is logged: debug, info, warn or error. Default: info.
	LogLevel string
	// LogFormat is how log lines look on standard error: text or json. Default: text.
	LogFormat string
}

// DefaultDev is the configuration of `tenuto dev` without flags. getenv is os.Getenv. Database stays empty when the environment names
// neither a state nor a home directory; Validate then asks for one.
func DefaultDev(getenv func(string) string) Dev {
	return Dev{
		Database:  defaultDatabase(getenv),
		GRPC:      "127.0.0.1:7233",
		Console:   "127.0.0.1:8233",
		LogLevel:  "info",
		LogFormat: "text",
	}
}

// defaultDatabase follows the XDG base directory specification, which has relative paths ignored.
func defaultDatabase(getenv func(string) string) string {
	if state := getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "tenuto", "dev.db")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "tenuto", "dev.db")
	}
	return ""
}

// Validate refuses the first value that cannot work, in one sentence that names its flag.
func (d Dev) Validate() error {
	if d.Database == "" {
		return errors.New("--db is empty and neither XDG_STATE_HOME nor HOME is set: name a file, or :memory: to keep nothing")
	}
	if err := address("--grpc", d.GRPC); err != nil {
		return err
	}
	if err := address("--console", d.Console); err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(d.Console); !isLoopback(host) {
		return fmt.Errorf("--console %s is not an address of this machine alone: use 127.0.0.1, [::1] or localhost", d.Console)
	}
	if d.GRPC == d.Console && !strings.HasSuffix(d.GRPC, ":0") {
		return fmt.Errorf("--grpc and --console are both %s: they need two addresses", d.GRPC)
	}
	for _, name := range d.Namespaces {
		if err := tenants.ValidateName(name); err != nil {
			return fmt.Errorf("--namespace %q: 1 to %d letters, digits, dots, underscores and hyphens, of which the first is a letter or digit", name, tenants.MaxNameLength)
		}
	}
	if _, err := d.Level(); err != nil {
		return err
	}
	if d.LogFormat != "text" && d.LogFormat != "json" {
		return fmt.Errorf("--log-format %q: it is text or json", d.LogFormat)
	}
	return nil
}

// AllNamespaces are the namespaces to have: DefaultNamespace first, then Namespaces, each once.
func (d Dev) AllNamespaces() []string {
	all := []string{DefaultNamespace}
	for _, name := range d.Namespaces {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// levels are the words of LogLevel.
var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

// Level is LogLevel as a level.
func (d Dev) Level() (slog.Level, error) {
	level, ok := levels[d.LogLevel]
	if !ok {
		return 0, fmt.Errorf("--log-level %q: it is debug, info, warn or error", d.LogLevel)
	}
	return level, nil
}

func address(flag, value string) error {
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%s %q: it is HOST:PORT with a port up to 65535, for example 127.0.0.1:7233", flag, value)
	}
	return nil
}

// isLoopback accepts the name localhost and literal addresses; other names could point anywhere tomorrow.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
