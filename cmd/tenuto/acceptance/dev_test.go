package acceptance

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
)

func TestDevSaysWhereItIsAndStopsCleanly(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--namespace", "orders", "--namespace", "bank")
	l := labAt(t, s.grpc)
	for _, name := range []string{"default", "orders", "bank"} {
		_, err := l.service().DescribeNamespace(l.ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
		l.must(err)
	}
	printed := s.output()
	for _, want := range []string{s.grpc, "http://" + s.console + "/signin?token="} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in what it printed:\n%s", want, printed)
		}
	}
	if err := s.stop(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, s.output())
	}
}

func TestDevRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	binary, err := buildServer()
	if err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	owned := newServer(t)
	for name, args := range map[string][]string{
		"busy gRPC port":      {"--db", filepath.Join(dir, "a.db"), "--grpc", busy.Addr().String(), "--console", freeAddress(t)},
		"busy console port":   {"--db", filepath.Join(dir, "b.db"), "--grpc", freeAddress(t), "--console", busy.Addr().String()},
		"unwritable file":     {"--db", "/proc/no/such/place.db", "--grpc", freeAddress(t), "--console", freeAddress(t)},
		"not a database":      {"--db", garbage, "--grpc", freeAddress(t), "--console", freeAddress(t)},
		"file already in use": {"--db", owned.db, "--grpc", freeAddress(t), "--console", freeAddress(t)},
		"public console":      {"--db", filepath.Join(dir, "c.db"), "--grpc", freeAddress(t), "--console", "0.0.0.0:18233"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		out, err := exec.CommandContext(ctx, binary, append([]string{"dev"}, args...)...).CombinedOutput()
		cancel()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() <= 0 {
			t.Errorf("%s: got %v, want a non-zero exit\n%s", name, err, out)
		}
		if lines := len(regexp.MustCompile(`(?m)^.+$`).FindAll(out, -1)); lines != 1 {
			t.Errorf("%s: %d lines, want one clear sentence:\n%s", name, lines, out)
		}
	}
	l := labAt(t, owned.grpc)
	l.start("flow") // the first owner of the file is unharmed
}

func TestDevStartsInUnderASecond(t *testing.T) {
	s := newServer(t)
	l := labAt(t, s.grpc)
	for range 20 {
		l.start("flow")
	}
	l.must(s.stop())
	begun := time.Now()
	s.start(t)
	if took := time.Since(begun); took > time.Second {
		t.Errorf("ready after %v, want less than 1s", took)
	}
}

func TestMethodsNotBuiltYetAreUnimplemented(t *testing.T) {
	t.Parallel()
	l := labAt(t, newServer(t).grpc)
	for method, call := range map[string]func() error{
		"CreateSchedule": func() error {
			_, err := l.service().CreateSchedule(l.ctx, &workflowservice.CreateScheduleRequest{Namespace: namespace, ScheduleId: "s"})
			return err
		},
		"StartBatchOperation": func() error {
			_, err := l.service().StartBatchOperation(l.ctx, &workflowservice.StartBatchOperationRequest{Namespace: namespace, JobId: "j"})
			return err
		},
		"PollNexusTaskQueue": func() error {
			_, err := l.service().PollNexusTaskQueue(l.ctx, &workflowservice.PollNexusTaskQueueRequest{Namespace: namespace, TaskQueue: l.taskQueue()})
			return err
		},
	} {
		err := call()
		var unbuilt *serviceerror.Unimplemented
		if !errors.As(err, &unbuilt) || !strings.Contains(err.Error(), method) {
			t.Errorf("%s: got %T %v, want Unimplemented with its name", method, err, err)
		}
	}
}
