package peer

import (
	"net"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
)

// nameless is a node that has not been introduced.
func nameless(c *Config) { c.ID, c.Directory = 0, nil }

func TestCheckAdvertised(t *testing.T) {
	book := newPhonebook()
	a, b, c := serve(t, book, 1), serve(t, book, 2), serve(t, book, 3, nameless)
	stranger := serve(t, book, 4, func(c *Config) { c.Credentials = alone(t) })
	line := newProxy(t, a.address)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		of      *node
		address string
		says    string
	}{
		{a, a.address, ""},
		{a, line.address(), ""}, // by a detour
		{c, c.address, ""},      // before it has an id
		{a, b.address, "--advertise " + b.address + " reaches node 2, not this one"},
		{a, c.address, "--advertise " + c.address + " reaches another process, not this one"},
		{a, nobody, "--advertise " + nobody + " cannot be reached: "},
		{a, stranger.address, errStranger.Error()},
		{a, "127.0.0.1", "missing port"},
	} {
		err := k.of.CheckAdvertised(soon(t), k.address)
		if (err == nil) != (k.says == "") || err != nil && !strings.Contains(err.Error(), k.says) {
			t.Errorf("%s: %v", k.address, err)
		}
	}
}

// A node that is told who it is later is reached from then on.
func TestIntroduce(t *testing.T) {
	book := newPhonebook()
	a, b := serve(t, book, 1), serve(t, book, 2, nameless)
	b.Handle("echo", echo)
	a.Handle("echo", echo)
	if _, err := a.Call(soon(t), 2, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Error(err)
	}
	if _, err := b.Call(soon(t), 1, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Error(err)
	}
	b.Introduce(2, book)
	if _, err := b.Call(soon(t), 1, "echo", nil); err != nil {
		t.Error(err)
	}
	retry(t, func() error {
		_, err := a.Call(soon(t), 2, "echo", nil)
		return err
	})
}
