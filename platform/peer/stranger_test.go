package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
)

// guarded is a node that fails the test when a message reaches it.
func guarded(t *testing.T, book *phonebook, id orchestration.NodeID, change ...func(*Config)) *node {
	n := serve(t, book, id, change...)
	n.Handle("echo", func(_ context.Context, from orchestration.NodeID, _ []byte) ([]byte, error) {
		t.Errorf("a message of node %d reached node %d", from, id)
		return nil, nil
	})
	return n
}

// Nodes with different credentials do not reach each other, in either direction, and no secret shows for it.
func TestStrangerAmongNodes(t *testing.T) {
	ours, theirs := newAuthority(t, "nodes"), newAuthority(t, "nodes")
	one, _ := fromFiles(t, ours.node(t))
	another, _ := fromFiles(t, theirs.node(t))
	for what, c := range map[string]*Credentials{
		"another secret": shared(t, []byte("another secret of nodes")), "no secret": alone(t), "files": one,
	} {
		t.Run(what, func(t *testing.T) {
			book := newPhonebook()
			a, b := guarded(t, book, 1), guarded(t, book, 2, func(config *Config) { config.Credentials = c })
			neverMeet(t, a, b)
		})
	}
	t.Run("files of another authority", func(t *testing.T) {
		book := newPhonebook()
		a := guarded(t, book, 1, func(config *Config) { config.Credentials = one })
		neverMeet(t, a, guarded(t, book, 2, func(config *Config) { config.Credentials = another }))
	})
}

func neverMeet(t *testing.T, a, b *node) {
	t.Helper()
	_, ab := a.Call(soon(t), 2, "echo", nil)
	_, ba := b.Call(soon(t), 1, "echo", nil)
	for _, err := range []error{ab, ba} {
		if orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("%v", err)
		}
	}
	for _, log := range []string{a.log.String(), b.log.String()} {
		if strings.Contains(log, string(secret)) || strings.Contains(log, "another secret of nodes") {
			t.Errorf("a secret shows: %s", log)
		}
		if !strings.Contains(log, errStranger.Error()) {
			t.Errorf("the log does not say why: %s", log)
		}
	}
}

// Nodes whose certificates come from files do reach each other.
func TestNodesWithFiles(t *testing.T) {
	ours := newAuthority(t, "nodes")
	book := newPhonebook()
	a := serve(t, book, 1, func(c *Config) { c.Credentials, _ = fromFiles(t, ours.node(t)) })
	b := serve(t, book, 2, func(c *Config) { c.Credentials, _ = fromFiles(t, ours.node(t)) })
	b.Handle("echo", echo)
	if got, err := a.Call(soon(t), 2, "echo", []byte("hello")); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
}

// intrude opens a stream to a node the way a node would, with other transport credentials.
func intrude(t *testing.T, n *node, c credentials.TransportCredentials) error {
	t.Helper()
	client, err := grpc.NewClient("passthrough:///"+n.address, grpc.WithTransportCredentials(c),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(frames{})))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	s, err := client.NewStream(soon(t), &streams, method)
	if err != nil {
		return err
	}
	frame := appendMessage(nil, &message{kind: hello, body: greeting{from: 1, to: 2}.encode()})
	if err := s.SendMsg(&frame); err != nil && err != io.EOF {
		return err
	}
	r := receiver{stream: s, f: func(*message) error { return nil }}
	return r.one()
}

// Who has no credentials of the installation gets nothing out of a node, whatever it tries.
func TestIntruders(t *testing.T) {
	book := newPhonebook()
	n := guarded(t, book, 2)
	trusting := func(change func(*tls.Config)) credentials.TransportCredentials {
		c := &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{alone(t).current().own}}
		change(c)
		return credentials.NewTLS(c)
	}
	real := shared(t, secret).current().own
	for what, c := range map[string]credentials.TransportCredentials{
		"a certificate of its own": trusting(func(*tls.Config) {}),
		"no certificate":           trusting(func(c *tls.Config) { c.Certificates = nil }),
		"TLS 1.2 and a node's own": trusting(func(c *tls.Config) {
			c.MaxVersion, c.Certificates = tls.VersionTLS12, []tls.Certificate{real}
		}),
		"no TLS": insecure.NewCredentials(),
	} {
		if err := intrude(t, n, c); status.Code(err) != codes.Unavailable {
			t.Errorf("with %s: %v", what, err)
		}
	}
	if err := intrude(t, n, trusting(func(c *tls.Config) { c.Certificates = []tls.Certificate{real} })); err != nil {
		t.Errorf("the test's own way in does not work: %v", err)
	}
	a := serve(t, book, 1)
	if _, err := a.Call(soon(t), 2, "none", nil); orchestration.CodeOf(err) != orchestration.Unimplemented {
		t.Errorf("and the node no longer answers: %v", err)
	}
}

// Bytes that are no TLS end the connection, and so does silence.
func TestGarbage(t *testing.T) {
	n := guarded(t, newPhonebook(), 2, func(c *Config) { c.pace.open = 300 * time.Millisecond })
	for what, bytes := range map[string]string{
		"HTTP":    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"HTTP/2":  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"zeros":   strings.Repeat("\x00", 1000),
		"half":    "\x16\x03\x01\x02\x00\x01",
		"nothing": "",
	} {
		c, err := net.Dial("tcp", n.address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte(bytes)); err != nil {
			t.Fatal(err)
		}
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		var late net.Error
		if answer, err := io.ReadAll(c); errors.As(err, &late) && late.Timeout() {
			t.Errorf("%s: the connection stayed open", what)
		} else if len(answer) > 100 {
			t.Errorf("%s: was answered %q", what, answer)
		}
		_ = c.Close()
	}
}

// A node of the installation that does not keep to the protocol is turned away, with a reason that its log can show.
func TestGreetingsRefused(t *testing.T) {
	n := guarded(t, newPhonebook(), 2)
	for what, c := range map[string]struct {
		frame []byte
		says  string
	}{
		"for another node":   {appendMessage(nil, &message{kind: hello, body: greeting{1, 3}.encode()}), "this is node 2, not 3"},
		"of itself":          {appendMessage(nil, &message{kind: hello, body: greeting{2, 2}.encode()}), "this is node 2"},
		"of nobody":          {appendMessage(nil, &message{kind: hello, body: greeting{0, 2}.encode()}), "this is node 2"},
		"of a later version": {appendMessage(nil, &message{kind: hello, body: []byte{9}}), "this node speaks protocol 1 and was asked for 9"},
		"cut":                {appendMessage(nil, &message{kind: hello, body: []byte{1}}), errFrame.Error()},
		"left out":           {appendMessage(nil, &message{kind: call, id: 1, left: 1e6, verb: []byte("echo")}), errFrame.Error()},
		"not a frame":        {[]byte{0xff, 0xff}, errFrame.Error()},
	} {
		err := greet(t, n, c.frame)
		if status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), c.says) {
			t.Errorf("a greeting %s: %v", what, err)
		}
	}
}

// greet opens a stream with credentials and any first frame, and returns how it ends.
func greet(t *testing.T, n *node, frame []byte) error {
	t.Helper()
	s := &secured{credentials: shared(t, secret), ended: context.Background()}
	client, err := grpc.NewClient("passthrough:///"+n.address, grpc.WithTransportCredentials(s),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(frames{})))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	stream, err := client.NewStream(soon(t), &streams, method)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.SendMsg(&frame); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	r := receiver{stream: stream, f: func(*message) error { return nil }}
	return r.all()
}

// After the greeting a frame that cannot be read, or that has no place there, ends the connection and nothing else.
func TestFramesRefused(t *testing.T) {
	n := guarded(t, newPhonebook(), 2)
	for what, m := range map[string][]byte{
		"a second greeting": appendMessage(nil, &message{kind: hello, body: greeting{1, 2}.encode()}),
		"an answer":         appendMessage(nil, &message{kind: answer, id: 1}),
		"garbage":           {0xff, 1, 2, 3},
	} {
		// In the frame of the greeting: whatever follows it there is no greeting.
		frame := append(appendMessage(nil, &message{kind: hello, body: greeting{1, 2}.encode()}), m...)
		if err := greet(t, n, frame); err == nil {
			t.Errorf("%s was taken", what)
		}
		if err := later(t, n, m); err != io.EOF {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// later sends a frame on an open session, and returns how it ends.
func later(t *testing.T, n *node, frame []byte) error {
	t.Helper()
	s := &secured{credentials: shared(t, secret), ended: context.Background()}
	d, err := s.open(soon(t), n.address, greeting{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if err := d.stream.SendMsg(&frame); err != nil {
		t.Fatal(err)
	}
	r := receiver{stream: d.stream, f: func(*message) error { return nil }}
	return r.all()
}
