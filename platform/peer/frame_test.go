package peer

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
)

// every is one message of each kind, with the largest and the smallest that its fields may be.
var every = []message{
	{kind: hello, body: greeting{1, math.MaxInt32}.encode()},
	{kind: welcome, body: reply{node: 3}.encode()},
	{kind: call, id: 1, left: 1, verb: []byte("v"), body: []byte("body")},
	{kind: call, id: math.MaxUint64, left: math.MaxUint64, verb: []byte(strings.Repeat("v", maxVerb)), body: bytes.Repeat([]byte{0xff}, 70_000)},
	{kind: answer, id: 128, body: []byte{}},
	{kind: refusal, id: 5, body: []byte{1, 2}},
	{kind: cancel, id: 300},
	{kind: cast, verb: []byte{}, body: []byte{0}},
	{kind: ping},
	{kind: pong},
}

func TestFrameOfManyMessages(t *testing.T) {
	var frame []byte
	for i := range every {
		before := len(frame)
		frame = appendMessage(frame, &every[i])
		if n := len(frame) - before; n > every[i].size() {
			t.Errorf("message %d has %d bytes, more than its size %d", i, n, every[i].size())
		}
	}
	for i, want := range every {
		var got message
		var err error
		if frame, err = cutMessage(frame, &got); err != nil {
			t.Fatal(i, err)
		}
		if !same(got, want) {
			t.Errorf("message %d is %v, was %v", i, got, want)
		}
	}
	if len(frame) != 0 {
		t.Errorf("%d bytes are left", len(frame))
	}
}

func same(a, b message) bool {
	return a.kind == b.kind && a.id == b.id && a.left == b.left && bytes.Equal(a.verb, b.verb) && bytes.Equal(a.body, b.body)
}

// A message that was cut anywhere is no message, and an unknown kind is none: its length is not known either.
func TestFrameThatIsCut(t *testing.T) {
	for _, m := range every {
		whole := appendMessage(nil, &m)
		for n := 1; n < min(len(whole), 1000); n++ {
			var got message
			if _, err := cutMessage(whole[:n], &got); !errors.Is(err, errFrame) {
				t.Fatalf("kind %d, %d of %d bytes: %v", m.kind, n, len(whole), err)
			}
		}
	}
	for _, k := range []byte{0, byte(len(layout)), 255} {
		var got message
		if _, err := cutMessage([]byte{k, 0, 0, 0, 0}, &got); !errors.Is(err, errFrame) {
			t.Errorf("kind %d: %v", k, err)
		}
	}
}

// What a decoded message holds cannot grow into the one behind it.
func TestFrameBodiesAreApart(t *testing.T) {
	frame := appendMessage(nil, &message{kind: cast, verb: []byte("a"), body: []byte("first")})
	frame = appendMessage(frame, &message{kind: cast, verb: []byte("b"), body: []byte("second")})
	var first, second message
	rest, err := cutMessage(frame, &first)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(first.verb, "xxxxxxxx"...)
	_ = append(first.body, "xxxxxxxx"...)
	if _, err := cutMessage(rest, &second); err != nil || string(first.body) != "first" || string(second.body) != "second" {
		t.Fatalf("%q, %q, %v", first.body, second.body, err)
	}
}

// No bytes make the decoder panic or run on, and what it reads is what would be written.
func FuzzFrame(f *testing.F) {
	var all []byte
	for _, m := range every {
		if len(m.body) < 100 { // small ones are changed faster
			f.Add(appendMessage(nil, &m))
			all = appendMessage(all, &m)
		}
	}
	f.Add(all)
	f.Add([]byte{byte(call), 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01})
	f.Fuzz(func(t *testing.T, frame []byte) {
		for len(frame) > 0 {
			var m, again message
			rest, err := cutMessage(frame, &m)
			if err != nil {
				return
			}
			if len(rest) >= len(frame) {
				t.Fatal("a message took no bytes")
			}
			written := appendMessage(nil, &m)
			if left, err := cutMessage(written, &again); err != nil || len(left) != 0 || !same(m, again) {
				t.Fatalf("read %v, wrote %x, read %v, %v", m, written, again, err)
			}
			checkBodies(t, &m)
			frame = rest
		}
	})
}

// checkBodies reads a body as what it is in its kind.
func checkBodies(t *testing.T, m *message) {
	switch m.kind {
	case hello:
		if g, number, err := decodeGreeting(m.body); err == nil && number == protocol && (g.from < 0 || g.to < 0) {
			t.Fatalf("greeting %v", g)
		}
	case welcome:
		if r, err := decodeReply(m.body); err == nil && r.node < 0 {
			t.Fatalf("reply %v", r)
		}
	case refusal:
		if decodeFault(1, m.body) == nil {
			t.Fatal("a refusal is no error")
		}
	}
}

func TestGreeting(t *testing.T) {
	for _, g := range []greeting{{1, 2}, {0, 0}, {math.MaxInt32, 1}} {
		got, number, err := decodeGreeting(g.encode())
		if got != g || number != protocol || err != nil {
			t.Errorf("%v: %v, %d, %v", g, got, number, err)
		}
	}
	// Of another protocol only the number is known.
	if g, number, err := decodeGreeting([]byte{9, 0xff}); g != (greeting{}) || number != 9 || err != nil {
		t.Errorf("%v, %d, %v", g, number, err)
	}
	for _, b := range [][]byte{nil, {protocol}, {protocol, 1}, {protocol, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}} {
		if _, _, err := decodeGreeting(b); !errors.Is(err, errFrame) {
			t.Errorf("%x: %v", b, err)
		}
	}
}

func TestReply(t *testing.T) {
	want := reply{node: 77, identity: identity{1, 2, 3}}
	if got, err := decodeReply(want.encode()); got != want || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	whole := want.encode()
	for n := range len(whole) {
		if _, err := decodeReply(whole[:n]); !errors.Is(err, errFrame) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if got, err := decodeReply(reply{node: orchestration.NodeID(0)}.encode()); got.node != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
