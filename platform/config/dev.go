package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tenuto-io/tenuto/telemetry"
	"github.com/tenuto-io/tenuto/tenants"
)

// Memory is the value of Dev.Database that keeps nothing.
const Memory = ":memory:"

// Dev is what `tenuto dev` can be told.
type Dev struct {
	Node
	// Database is the path of the database file, created at need together with its directory; Memory keeps everything in memory and
	// nothing after the process. Default: tenuto/dev.db in $XDG_STATE_HOME, or in ~/.local/state. Limit: one process per file.
	Database string
	// Postgres is the URL of a PostgreSQL database to use instead of Database; its tables are brought up to date at start. Default: none.
	// Limit: as for Postgres.URL.
	Postgres string
	// Redis is the URL of a Redis to use with Postgres. Default: none. Limit: as for Redis.URL.
	Redis string
	// Namespaces are registered at start if they are missing, beside DefaultNamespace. Default: none. Limit: 255 bytes each of letters,
	// digits, dots, underscores and hyphens.
	Namespaces []string
	// OTLP is the URL of the collector that all traces of workflows are sent to. Default: none. Limit: as for OTLP.URL.
	OTLP string
	// OTLPLink is where pages lead from a run to its trace, as OTLP.Link. Default: none. Limit: as for OTLP.Link.
	OTLPLink string
	// Demo runs the bank-transfer worker in the process and keeps starting transfers in DefaultNamespace. Default: off.
	Demo bool
}

// DefaultDev is the configuration of `tenuto dev` without flags. getenv is os.Getenv. Database stays empty when the environment names
// neither a state nor a home directory; Validate then asks for one.
func DefaultDev(getenv func(string) string) Dev {
	return Dev{Node: defaultNode(), Database: defaultDatabase(getenv)}
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
	if d.Postgres != "" {
		if err := validURL("--postgres", d.Postgres); err != nil {
			return err
		}
	} else if d.Database == "" {
		return errors.New("--db is empty and neither XDG_STATE_HOME nor HOME is set: name a file, or :memory: to keep nothing")
	}
	if d.Redis != "" {
		if err := validRedisURL("--redis", d.Redis); err != nil {
			return err
		}
	}
	if err := (OTLP{Link: d.OTLPLink}).LinkProblem(); err != nil {
		return fmt.Errorf("--otlp-link: %w", err)
	}
	if d.OTLP != "" {
		if _, err := telemetry.ParseCollector(d.OTLP); err != nil {
			return fmt.Errorf("--otlp: %w", err)
		}
	}
	if problems := d.problems(flagOf, false); len(problems) > 0 {
		return problems[0]
	}
	for _, name := range d.Namespaces {
		if err := tenants.ValidateName(name); err != nil {
			return fmt.Errorf("--namespace %q: 1 to %d letters, digits, dots, underscores and hyphens, of which the first is a letter or digit", name, tenants.MaxNameLength)
		}
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
