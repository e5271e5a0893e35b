package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/platform/database"
)

func TestDevServesWhatItPrints(t *testing.T) {
	l := begin(t, "--db", ":memory:", "--namespace", "orders", "--namespace", "billing")
	for _, want := range []string{"in memory", "default, orders, billing", "Console     http://127.0.0.1:"} {
		if !strings.Contains(l.out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, l.out)
		}
	}
	for _, name := range []string{"default", "orders", "billing"} {
		if _, err := l.service().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: name}); err != nil {
			t.Errorf("namespace %s: %v", name, err)
		}
	}
	_, err := l.service().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "other"})
	if status.Code(err) != codes.NotFound {
		t.Errorf("another namespace: %v", err)
	}
	if err := l.end(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if strings.Contains(l.err.String(), "token=") {
		t.Error("a sign-in link is in the log")
	}
}

func TestSignInThroughThePrintedLink(t *testing.T) {
	l := begin(t, "--db", ":memory:")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	home := "http://" + l.link.Host + "/"
	if code, _ := visit(t, browser, home); code != http.StatusUnauthorized {
		t.Fatalf("before: %d", code)
	}
	reply, err := browser.PostForm(home+"signin", url.Values{"token": {l.link.Query().Get("token")}})
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	if code, page := visit(t, browser, home); code != http.StatusOK || !strings.Contains(page, "No workflow has run in this namespace yet") {
		t.Fatalf("after: %d\n%s", code, page)
	}
	// The link is used up; asking for another prints it.
	if code, _ := visit(t, http.DefaultClient, l.link.String()); code != http.StatusUnauthorized {
		t.Fatalf("the used link: %d", code)
	}
	reply, err = http.PostForm(home+"signin/link", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	links := l.links()
	if len(links) != 2 {
		t.Fatalf("printed %v", links)
	}
	if code, page := visit(t, http.DefaultClient, links[1].String()); code != http.StatusOK || !strings.Contains(page, "local administrator") {
		t.Fatalf("the new link: %d", code)
	}
}

func visit(t *testing.T, browser *http.Client, address string) (int, string) {
	t.Helper()
	reply, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	page, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(page)
}

func TestRestartKeepsTheInstallation(t *testing.T) {
	db := filepath.Join(t.TempDir(), "new", "dir", "dev.db")
	var ids []string
	for range 2 {
		l := begin(t, "--db", db, "--namespace", "orders")
		info, err := l.service().GetClusterInfo(t.Context(), &workflowservice.GetClusterInfoRequest{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, info.ClusterId)
		if err := l.end(); err != nil {
			t.Fatal(err)
		}
	}
	if ids[0] != ids[1] || ids[0] == "" {
		t.Fatalf("cluster ids %v", ids)
	}
}

func TestStopEndsLongPolls(t *testing.T) {
	l := begin(t, "--db", ":memory:")
	service, queue := l.service(), &taskqueuepb.TaskQueue{Name: "bank"}
	polled := make(chan error, 1)
	go func() {
		_, err := service.PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "default", TaskQueue: queue, Identity: "me"})
		polled <- err
	}()
	for waits := false; !waits; { // until the server knows the poller
		reply, err := service.DescribeTaskQueue(t.Context(), &workflowservice.DescribeTaskQueueRequest{
			Namespace: "default", TaskQueue: queue, TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW,
		})
		if err != nil {
			t.Fatal(err)
		}
		waits = len(reply.Pollers) > 0
	}
	begun := time.Now()
	if err := l.end(); err != nil {
		t.Fatalf("ended with %v", err)
	}
	if took := time.Since(begun); took > drainTime/2 {
		t.Errorf("the stop took %v", took)
	}
	if err := <-polled; err != nil {
		t.Errorf("the poll ended with %v", err)
	}
}

// A browser that never finishes its request holds nothing up.
func TestStopCutsOffASlowBrowser(t *testing.T) {
	l := begin(t, "--db", ":memory:", "--log-format", "json")
	browser, err := net.Dial("tcp", l.link.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = browser.Close() }()
	if _, err := io.WriteString(browser, "POST /signin HTTP/1.1\r\nHost: "+l.link.Host+"\r\nContent-Length: 100\r\nExpect: 100-continue\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	// "100 Continue" says that the handler is reading the body, which never comes.
	if line, err := bufio.NewReader(browser).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q, %v", line, err)
	}
	begun := time.Now()
	if err := l.end(); err != nil {
		t.Fatalf("ended with %v", err)
	}
	if took := time.Since(begun); took > pagesTime+drainTime/2 {
		t.Errorf("the stop took %v", took)
	}
	for line := range strings.Lines(l.err.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not a JSON log line: %s", line)
		}
	}
	if !strings.Contains(l.err.String(), "stopping") {
		t.Error("the log does not say that it stops")
	}
}

func TestDevRefusals(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	taken := busy.Addr().String()
	newer := newerFile(t)
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	owned := filepath.Join(t.TempDir(), "owned.db")
	begin(t, "--db", owned)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--grpc", taken}, []string{taken, "in use", "--grpc"}},
		{[]string{"--console", taken}, []string{taken, "in use", "--console"}},
		{[]string{"--grpc", "192.0.2.1:7233"}, []string{"192.0.2.1:7233", "not an address of this machine"}},
		{[]string{"--grpc", "nonsense"}, []string{"--grpc", "HOST:PORT"}},
		{[]string{"--console", "0.0.0.0:0"}, []string{"--console", "this machine"}},
		{[]string{"--namespace", "a/b"}, []string{"--namespace", "a/b"}},
		{[]string{"--log-level", "loud"}, []string{"--log-level", "loud"}},
		{[]string{"--log-format", "xml"}, []string{"--log-format", "xml"}},
		{[]string{"--colour"}, []string{"--colour", "tenuto dev --help"}},
		{[]string{"surplus"}, []string{"surplus"}},
		{[]string{"--db", owned, "--postgres", "postgres://a@b/c"}, []string{"--db and --postgres"}},
		{[]string{"--postgres", "b:5432"}, []string{"--postgres", "postgres://USER"}},
		{[]string{"--db", "/proc/no/such/place.db"}, []string{"/proc/no/such"}},
		{[]string{"--db", t.TempDir()}, []string{"director"}},
		{[]string{"--db", garbage}, []string{garbage}},
		{[]string{"--db", owned}, []string{owned}},
		{[]string{"--db", newer}, []string{newer, "newer version"}},
		{[]string{"--postgres", "postgres://a:hunter2@127.0.0.1:1/c"}, []string{"c at 127.0.0.1:1", "cannot be reached"}},
	} {
		free := []string{"dev", "--grpc", "127.0.0.1:0", "--console", "127.0.0.1:0"}
		sentence := refused(t, append(free, c.args...)...)
		for _, want := range c.want {
			if !strings.Contains(sentence, want) {
				t.Errorf("%v: %q does not mention %q", c.args, sentence, want)
			}
		}
	}
}

// newerFile makes a database of a version that this program does not know.
func newerFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newer.db")
	l := begin(t, "--db", path)
	if err := l.end(); err != nil {
		t.Fatal(err)
	}
	db, err := database.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.Exec(`INSERT INTO schema_engine (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A refusal leaves nothing open: the same addresses and file work afterwards.
func TestRefusalReleasesEverything(t *testing.T) {
	path := newerFile(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, "dev", "--db", path, "--grpc", address, "--console", "127.0.0.1:0")
	again, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("the listener stayed open: %v", err)
	}
	_ = again.Close()
	db, err := database.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatalf("the file stayed locked: %v", err)
	}
	_ = db.Close()
}
