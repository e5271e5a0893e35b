package main

import (
	"bytes"
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// life is one serving command inside the test process.
type life struct {
	t        *testing.T
	out, err *buffer
	stop     context.CancelFunc
	ended    chan error // gets how it ended; closed afterwards
	link     *url.URL   // to sign in
	server   string     // gRPC address
}

// buffer is a bytes.Buffer that a server writes and a test reads.
type buffer struct {
	mu    sync.Mutex
	bytes bytes.Buffer
	grown chan struct{} // gets a value after writes
}

func newBuffer() *buffer { return &buffer{grown: make(chan struct{}, 1)} }

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.grown <- struct{}{}:
	default:
	}
	return b.bytes.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.String()
}

// begin starts tenuto dev on free ports and waits until it has said where to connect.
func begin(t *testing.T, args ...string) *life {
	t.Helper()
	l := launch(t, append([]string{"dev"}, args...)...)
	l.awaitReady()
	return l
}

// launch starts a serving command on free ports of the loopback interface.
func launch(t *testing.T, args ...string) *life {
	t.Helper()
	return launchAt(t, "127.0.0.1:0", args...)
}

// launchAt is launch with the address of SDKs.
func launchAt(t *testing.T, grpc string, args ...string) *life {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &life{t: t, out: newBuffer(), err: newBuffer(), stop: cancel, ended: make(chan error, 1)}
	root := newRoot()
	root.SetArgs(append(args[:len(args):len(args)], "--grpc", grpc, "--console", "127.0.0.1:0", "--peer", "127.0.0.1:0"))
	root.SetOut(l.out)
	root.SetErr(l.err)
	go func() {
		defer close(l.ended)
		l.ended <- root.ExecuteContext(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-l.ended
	})
	return l
}

// awaitReady waits until it has said where to connect.
func (l *life) awaitReady() {
	l.t.Helper()
	l.await(l.out, "Ctrl-C")
	l.link, l.server = l.links()[0], regexp.MustCompile(`Server +(\S+)`).FindStringSubmatch(l.out.String())[1]
}

// await waits until it has printed this.
func (l *life) await(where *buffer, text string) {
	l.t.Helper()
	for !strings.Contains(where.String(), text) {
		select {
		case <-where.grown:
		case err := <-l.ended:
			l.t.Fatalf("ended by itself: %v\n%s", err, l.err)
		}
	}
}

// links are the sign-in links printed so far.
func (l *life) links() []*url.URL {
	l.t.Helper()
	var all []*url.URL
	for _, text := range regexp.MustCompile(`http://\S+/signin\?token=\S+`).FindAllString(l.out.String(), -1) {
		u, err := url.Parse(text)
		if err != nil {
			l.t.Fatal(err)
		}
		all = append(all, u)
	}
	return all
}

// end stops it as a signal would, and returns how it ended.
func (l *life) end() error {
	l.stop()
	return <-l.ended
}

func (l *life) service() workflowservice.WorkflowServiceClient {
	l.t.Helper()
	conn, err := grpc.NewClient(l.server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = conn.Close() })
	return workflowservice.NewWorkflowServiceClient(conn)
}

// refused runs a command that must fail at once, and returns its one sentence.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	out, errs := newBuffer(), newBuffer()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		t.Fatalf("%v was accepted", args)
	case out.String() != "" || errs.String() != "":
		t.Fatalf("%v printed beside its error:\n%s%s", args, out, errs)
	case strings.Contains(err.Error(), "\n"):
		t.Fatalf("%v: more than one sentence:\n%v", args, err)
	}
	return err.Error()
}
