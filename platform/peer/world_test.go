package peer

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = []byte("correct horse battery staple")

// quick notices within tenths of a second what takes seconds otherwise, and is still slow enough for a busy machine under the race detector.
var quick = pace{tick: 50 * time.Millisecond, silence: time.Second, open: 5 * time.Second, pause: 5 * time.Millisecond, longest: 20 * time.Millisecond}

// phonebook is a Directory that tests write.
type phonebook struct {
	mu sync.Mutex
	at map[orchestration.NodeID]string
}

func newPhonebook() *phonebook { return &phonebook{at: map[orchestration.NodeID]string{}} }

func (b *phonebook) set(id orchestration.NodeID, address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at[id] = address
}

func (b *phonebook) remove(id orchestration.NodeID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.at, id)
}

func (b *phonebook) Address(id orchestration.NodeID) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.at[id]
	return a, ok
}

func (b *phonebook) Others() []orchestration.NodeID { return []orchestration.NodeID{7, 9} }

// node is a node that listens on a port of its own.
type node struct {
	*Peers
	address string
	log     *journal
}

// journal keeps what was logged.
type journal struct {
	mu   sync.Mutex
	text []byte
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text = append(j.text, b...)
	return len(b), nil
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return string(j.text)
}

// serve starts a node, enters it into the book, and stops it when the test ends.
func serve(t testing.TB, book *phonebook, id orchestration.NodeID, change ...func(*Config)) *node {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &node{address: l.Addr().String(), log: &journal{}}
	c := Config{ID: id, Directory: book, Credentials: shared(t, secret), Logger: slog.New(slog.NewTextHandler(n.log, nil)), pace: quick}
	for _, f := range change {
		f(&c)
	}
	n.Peers = New(c)
	served := make(chan error, 1)
	go func() { served <- n.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := n.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	book.set(id, n.address)
	return n
}

func shared(t testing.TB, secret []byte) *Credentials {
	t.Helper()
	c, err := FromSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// echo answers a call with its body.
func echo(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) { return body, nil }
