package acceptance

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// redisServer is a Redis of one test's own, that keeps nothing: a fixed address, any number of lives.
type redisServer struct {
	url  string
	dir  string
	port string
	*process
}

// newRedis starts a Redis until the end of the test.
func newRedis(t testing.TB) *redisServer {
	t.Helper()
	r, err := describeRedis(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r.start(t)
	return r
}

// describeRedis chooses where a Redis will live, without starting it.
func describeRedis(t testing.TB, dir string) (*redisServer, error) {
	address := freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	return &redisServer{url: "redis://" + address + "/0", dir: dir, port: port}, err
}

// start begins the next life, until the end of the test, and waits until it answers.
func (r *redisServer) start(t testing.TB) {
	t.Helper()
	if err := r.launch(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.kill)
	eventually(t, func() error { return r.command("PING", "+PONG") })
}

// launch begins the next life and does not wait.
func (r *redisServer) launch() (err error) {
	r.process, err = launch("redis-server", filepath.Join(r.dir, "redis.log"), nil,
		"redis-server", "--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.dir)
	return err
}

func (r *redisServer) flush(t testing.TB) {
	t.Helper()
	eventually(t, func() error { return r.command("FLUSHALL", "+OK") })
}

// command sends one word and checks the answer's first line.
func (r *redisServer) command(word, want string) error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", r.port), time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "%s\r\n", word); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && strings.TrimSpace(line) != want {
		err = fmt.Errorf("redis answers %s with %q", word, line)
	}
	return err
}
