package acceptance

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The first signal lets what is under way finish; the second one does not wait for it.
func TestDevEndsAtOnceAtASecondSignal(t *testing.T) {
	t.Parallel()
	s := newDev(t)
	holdAPage(t, s.console)
	s.signal(syscall.SIGTERM)
	eventually(t, func() error {
		if !strings.Contains(s.output(), "stopping") {
			return errors.New("it does not say that it stops")
		}
		return nil
	})
	s.signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(patience):
		t.Fatal("it goes on after a second signal")
	}
	var exit *exec.ExitError
	if !errors.As(s.err, &exit) || exit.ExitCode() != 130 {
		t.Errorf("got %v, want exit status 130\n%s", s.err, s.output())
	}
	s.start(t) // and its file is as good as after a clean end
}

// holdAPage keeps a request to the console under way: its body never comes. The stop waits a second for it.
func holdAPage(t *testing.T, address string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "POST /signin HTTP/1.1\r\nHost: "+address+"\r\nContent-Length: 100\r\nExpect: 100-continue\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("the console answered %q, %v", line, err)
	}
}
