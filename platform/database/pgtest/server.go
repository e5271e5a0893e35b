//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running private PostgreSQL.
type Server struct {
	dir    string
	bin    string
	cred   *syscall.Credential // nil: as ourselves
	stop   io.WriteCloser      // closing it stops the server
	exited chan struct{}
}

// settings of the server. Only what would slow down or disturb tests differs from what is shipped; durability does not.
var settings = []string{
	"listen_addresses=", "max_connections=200", "shared_buffers=64MB", "max_wal_size=2GB", "autovacuum_naptime=10s",
	"log_min_messages=fatal", "log_min_error_statement=panic", "track_io_timing=off",
}

// guard runs the server until our end of the pipe closes, which also happens when this process is killed. The interrupt that a terminal sends
// to all of us is not its business. A line on the pipe ends the server as a crash does, and starts it again.
const guard = `trap '' INT TERM
dir=$1
shift
run() { "$@" >>"$dir/log" 2>&1 </dev/null & pid=$!; }
run "$@"
while read -r _; do kill -QUIT $pid; wait $pid; run "$@"; done
kill -QUIT $pid
wait $pid
rm -rf "$dir"`

// Start makes a cluster in a directory of its own and starts it. extra are settings (name=value).
func Start(extra ...string) (*Server, error) {
	s := &Server{exited: make(chan struct{})}
	var err error
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.cred, err = credential(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "pgtest"); err != nil { // short: the socket's path has to fit 107 bytes
		return nil, err
	}
	if err := s.start(extra); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if err := s.ready(); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return nil, errors.Join(fmt.Errorf("PostgreSQL does not start: %w: %s", err, log), s.Stop())
	}
	return s, nil
}

func (s *Server) start(extra []string) error {
	if s.cred != nil {
		if err := os.Chown(s.dir, int(s.cred.Uid), int(s.cred.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	initdb := s.command(s.binary("initdb"), "-D", data, "-U", "tenuto", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	args := []string{"-c", guard, "sh", s.dir, s.binary("postgres"), "-D", data, "-k", s.dir}
	for _, set := range slices.Concat(settings, s.statements(), extra) {
		args = append(args, "-c", set)
	}
	cmd := s.command("sh", args...)
	var err error
	if s.stop, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait()
		close(s.exited)
	}()
	return nil
}

// statements loads the counters of statements, where the contributed modules are installed.
func (s *Server) statements() []string {
	if _, err := os.Stat(filepath.Join(s.bin, "../lib/pg_stat_statements.so")); err != nil {
		return nil
	}
	return []string{"shared_preload_libraries=pg_stat_statements"}
}

func (s *Server) binary(name string) string { return filepath.Join(s.bin, name) }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	if s.cred != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred}
	}
	return cmd
}

// ready waits until the server takes connections.
func (s *Server) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			return err
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond): // the server tells nobody when it is ready
		}
	}
}

// URL names a database of the server.
func (s *Server) URL(database string) string { return urlOf(s.dir, database) }

func urlOf(dir, database string) string {
	return "postgres:///" + database + "?user=tenuto&sslmode=disable&host=" + dir
}

// Stop ends the server at once and removes its files.
func (s *Server) Stop() error {
	if s.stop == nil {
		return nil
	}
	err := s.stop.Close()
	<-s.exited
	return err
}

// Crash ends the server without letting it write anything down, and starts it again; it returns when the server takes connections.
func (s *Server) Crash() error {
	before, err := s.started()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(s.stop, "crash\n"); err != nil {
		return err
	}
	for end := time.Now().Add(60 * time.Second); ; {
		if err := s.ready(); err != nil {
			return err
		}
		now, err := s.started()
		if err == nil && now.After(before) {
			return nil
		}
		if time.Now().After(end) {
			return errors.Join(errors.New("PostgreSQL does not start again"), err)
		}
	}
}

// started is when the server took up its work.
func (s *Server) started() (at time.Time, err error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return at, err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is in flight
	err = conn.QueryRow(ctx, "SELECT pg_postmaster_start_time()").Scan(&at)
	return at, err
}

// binaries finds the directory of the server's programs: beside the postgres in PATH, else the newest that Debian installed.
func binaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			if _, err := os.Stat(filepath.Join(filepath.Dir(real), "initdb")); err == nil {
				return filepath.Dir(real), nil
			}
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("pgtest: PostgreSQL is not installed: run deploy/ci/postgres.sh")
	}
	slices.SortFunc(found, func(a, b string) int { return major(a) - major(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

// major is the version in /usr/lib/postgresql/15/bin/initdb.
func major(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// credential is who runs the server: root lends it to the user postgres.
func credential() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("pgtest: PostgreSQL does not run as root, and there is no user postgres: run deploy/ci/postgres.sh")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
