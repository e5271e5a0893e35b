package pages

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	sdkclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

var (
	timelines = flag.Int("timelines", 10, "audience: open runs, each with its page before somebody's eyes")
	besides   = flag.Int("besides", 20, "audience: workflows of others, a second")
	signals   = flag.Int("signals", 10, "audience: signals to the runs that are watched, a second")
	watching  = flag.Duration("watching", 3*time.Second, "audience: how long they watch, and how long it is measured without them before")
)

// atOnce is long before a stream would look by itself, on a busy machine.
const atOnce = 5 * time.Second

// listen takes signals until it is cancelled.
func listen(ctx workflow.Context) error {
	for ctx.Err() == nil {
		var by string
		workflow.NewSelector(ctx).
			AddReceive(workflow.GetSignalChannel(ctx, "tick"), func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &by) }).
			AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {}).Select(ctx)
	}
	return nil
}

// TestAudience: many people each watch the timeline of a run while workflows run beside. Each of them sees every event, in order and once, also after connecting
// again; and when they are signed out, all their pages end.
func TestAudience(t *testing.T) {
	s := serve(t, "--db", filepath.Join(t.TempDir(), "tenuto.db"))
	c := s.dial("default")
	w := worker.New(c, "listeners", worker.Options{})
	w.RegisterWorkflowWithOptions(listen, workflow.RegisterOptions{Name: "Listen"})
	must(t, w.Start())
	t.Cleanup(w.Stop)
	client := s.browse().visitor()
	all := make([]*viewer, *timelines)
	for i := range all {
		r, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: fmt.Sprint("watched-", i), TaskQueue: "listeners"}, "Listen")
		must(t, err)
		all[i] = &viewer{client: client, home: s.console, id: r.GetID(), run: r.GetRunID()}
	}
	s.beside(t)

	alone := s.meanwhile(t, c, all)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var g sync.WaitGroup
	for _, v := range all {
		must(t, v.look(ctx))
		g.Go(func() { v.watch(ctx) })
	}
	watched := s.meanwhile(t, c, all)
	for _, v := range all {
		d, err := c.DescribeWorkflowExecution(t.Context(), v.id, v.run)
		must(t, err)
		for end := time.Now().Add(patience); v.last.Load() < d.GetWorkflowExecutionInfo().GetHistoryLength(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s has %d events, and whoever watches it was told of %d: %v", v.id, d.GetWorkflowExecutionInfo().GetHistoryLength(), v.last.Load(), v.err())
			}
		}
	}
	signedOut := time.Now()
	reply, err := client.PostForm(s.console+"/signout", nil)
	must(t, err)
	must(t, reply.Body.Close())
	g.Wait()
	ended := time.Since(signedOut)
	if ended > atOnce {
		t.Errorf("the pages ended %v after their readers were signed out", ended)
	}
	var delays []time.Duration
	var pages, again, bytes int64
	for _, v := range all {
		if err := v.err(); err != nil {
			t.Errorf("%s: %v", v.id, err)
		}
		delays = append(delays, v.delays...)
		pages, again, bytes = pages+v.pages, again+v.connections-1, bytes+v.bytes
	}
	if len(delays) == 0 || again == 0 {
		t.Fatalf("%d signals were seen, and %d times somebody connected again", len(delays), again)
	}
	slices.Sort(delays)
	at := func(share float64) time.Duration {
		return delays[int(share*float64(len(delays)-1))].Round(100 * time.Microsecond)
	}
	fmt.Printf("%d timelines, %d workflows/s beside, %d signals/s to those that are watched, %v:\n", *timelines, *besides, *signals, *watching)
	fmt.Printf("  signal sent to told of its events: p50 %v, p99 %v, most %v (%d signals)\n", at(0.5), at(0.99), at(1), len(delays))
	fmt.Printf("  %d parts of pages fetched, %d KB each; connected again %d times; ended %v after signing out\n", pages, bytes/pages>>10, again, ended.Round(time.Millisecond))
	fmt.Printf("  server: %.0f ms CPU a second and %d MB without them, %.0f ms and %d MB with them\n", alone.cpu, alone.resident>>20, watched.cpu, watched.resident>>20)
}

// beside has workflows of others run, until the end of the test.
func (s *server) beside(t *testing.T) {
	t.Helper()
	program, err := binary()
	must(t, err)
	log, err := os.Create(filepath.Join(t.TempDir(), "bench.log"))
	must(t, err)
	cmd := exec.Command(program, "bench", "--address", s.grpc, "--scenario", "one-activity", "--in-flight", "50", "--rate", strconv.Itoa(*besides),
		"--count", "100000000", "--duration", "0", "--timeout", "24h")
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = log, log, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		select {
		case err := <-ended:
			t.Errorf("what ran beside has ended: %v", err)
		default:
			_ = cmd.Process.Kill()
			<-ended
		}
	})
}

// load is what the server spent.
type load struct {
	cpu      float64 // ms a second
	resident int64   // bytes, at the end
}

// meanwhile sends signals to the runs in turn for a time, and says what the server spent in it.
func (s *server) meanwhile(t *testing.T, c sdkclient.Client, all []*viewer) load {
	t.Helper()
	begun, spent := time.Now(), s.cpu()
	tick := time.NewTicker(time.Second / time.Duration(*signals))
	defer tick.Stop()
	for i := 0; time.Since(begun) < *watching; i++ {
		<-tick.C
		v := all[i%len(all)]
		v.sent.Store(time.Now().UnixNano())
		must(t, c.SignalWorkflow(t.Context(), v.id, v.run, "tick", "tock"))
	}
	return load{cpu: (s.cpu() - spent).Seconds() * 1000 / time.Since(begun).Seconds(), resident: s.resident()}
}

// cpu is what the server has spent until now.
func (s *server) cpu() time.Duration {
	s.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.pid) + "/stat")
	must(s.t, err)
	_, rest, _ := strings.Cut(string(text), ") ") // the name of the program has no parenthesis
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11])
	must(s.t, err)
	system, err := strconv.Atoi(fields[12])
	must(s.t, err)
	return time.Duration(user+system) * (time.Second / 100)
}

// viewer watches the page of a run as a browser does: it follows the page's stream, and asks for the page's parts again when that says so.
type viewer struct {
	client      *http.Client
	home        string
	id, run     string
	address     string       // of the stream
	sent        atomic.Int64 // when the last signal was sent that nobody was told of yet; 0: none
	last        atomic.Int64 // event that it was told of
	trouble     atomic.Value // the first error
	delays      []time.Duration
	pages       int64 // parts that it has asked for
	bytes       int64 // of them
	connections int64 // that it has made
}

func (v *viewer) path() string { return "/t/default/ns/default/workflows/" + v.id + "/" + v.run }

func (v *viewer) err() error {
	err, _ := v.trouble.Load().(error)
	return err
}

var streamOf = regexp.MustCompile(`data-stream="([^"]+/live\?after=(\d+))"`)

var errSignedOut = errors.New("signed out")

// look opens the page.
func (v *viewer) look(ctx context.Context) error {
	page, err := v.get(ctx, v.path())
	if err != nil {
		return err
	}
	found := streamOf.FindSubmatch(page)
	if found == nil {
		return fmt.Errorf("the page of %s follows no stream", v.id)
	}
	v.address = string(found[1])
	v.sent.Store(0)
	last, err := strconv.ParseInt(string(found[2]), 10, 64)
	v.last.Store(last)
	return err
}

func (v *viewer) get(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.home+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("HX-Request", "true")
	reply, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	page, err := io.ReadAll(reply.Body)
	switch {
	case err == nil && reply.StatusCode == http.StatusUnauthorized:
		err = errSignedOut
	case err == nil && reply.StatusCode != http.StatusOK:
		err = fmt.Errorf("%s answers %s", path, reply.Status)
	}
	return page, err
}

// watch follows the stream until it says that it is over. Now and then it loses the connection.
func (v *viewer) watch(ctx context.Context) {
	for {
		v.connections++
		over, err := v.follow(ctx)
		if over || errors.Is(err, errSignedOut) {
			return
		}
		if err != nil {
			v.trouble.Store(err)
			return
		}
	}
}

// follow is one connection.
func (v *viewer) follow(ctx context.Context) (over bool, err error) {
	ctx, hangUp := context.WithCancel(ctx)
	defer hangUp()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.home+v.address, nil)
	if err != nil {
		return false, err
	}
	if v.connections > 1 {
		r.Header.Set("Last-Event-ID", strconv.FormatInt(v.last.Load(), 10))
	}
	reply, err := v.client.Do(r)
	if err != nil {
		return false, err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		if reply.StatusCode == http.StatusUnauthorized {
			return true, nil
		}
		return false, fmt.Errorf("the stream answers %s", reply.Status)
	}
	lines := bufio.NewScanner(reply.Body)
	for id := int64(0); lines.Scan(); {
		switch field, value, _ := strings.Cut(lines.Text(), ": "); {
		case field == "id":
			if id, err = strconv.ParseInt(value, 10, 64); err != nil {
				return false, err
			}
		case value == "end":
			return true, nil
		case value == "changed" && id > 0: // without an id it is a beat
			if last := v.last.Load(); id <= last {
				return false, fmt.Errorf("told of event %d after event %d", id, last)
			}
			if sent := v.sent.Swap(0); sent > 0 {
				v.delays = append(v.delays, max(0, time.Since(time.Unix(0, sent))))
			}
			page, err := v.get(ctx, v.path())
			if err != nil {
				return false, err
			}
			if found := streamOf.FindSubmatch(page); found == nil || number(found[2]) < id {
				return false, fmt.Errorf("told of event %d, the page knows of fewer", id)
			}
			v.last.Store(id)
			v.pages, v.bytes, id = v.pages+1, v.bytes+int64(len(page)), 0
			if rand.IntN(4) == 0 {
				return false, nil
			}
		}
	}
	return false, nil // cut off, which a browser takes for a reason to connect again
}

func number(text []byte) int64 {
	n, _ := strconv.ParseInt(string(text), 10, 64) // digits, the expression says
	return n
}
