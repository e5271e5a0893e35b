package acceptance

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/workflow"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

func TestDevSaysWhereItIsAndStopsCleanly(t *testing.T) {
	t.Parallel()
	s := newDev(t, "--namespace", "orders", "--namespace", "bank")
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
	owned := newDev(t)
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
	s := newDev(t)
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

func TestDevRefusesAFileOfANewerVersion(t *testing.T) {
	s := newDev(t)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", s.db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO schema_engine (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s.launch(t)
	eventually(t, func() error {
		if s.running() {
			return errors.New("it serves a file of a newer version")
		}
		return nil
	})
	if s.err == nil || !strings.Contains(s.output(), "newer version") {
		t.Errorf("it ended with %v and said:\n%s", s.err, s.output())
	}
}

func TestDevInMemoryKeepsNothing(t *testing.T) {
	t.Parallel()
	s := describeDev(t, t.TempDir())
	s.db = ":memory:"
	s.start(t)
	l := labAt(t, s.grpc)
	l.work(code{"flow": oneStep}, code{"step": greet})
	equal(t, "result", result[string](l, l.start("flow", "you")), "hello you")
	s.restart(t, false)
	n, err := l.client.CountWorkflow(l.ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace})
	l.must(err)
	equal(t, "workflows after the restart", n.Count, 0)
	if files, _ := filepath.Glob(filepath.Join(s.dir, "*")); len(files) != 1 {
		t.Errorf("files beside the log: %v", files)
	}
}

func TestDemoHasSomethingToShow(t *testing.T) {
	t.Parallel()
	l := labAt(t, newDev(t, "--demo").grpc)
	for _, status := range []string{"Completed", "Failed"} {
		eventually(t, func() error {
			n, err := l.client.CountWorkflow(l.ctx, &workflowservice.CountWorkflowExecutionsRequest{
				Namespace: namespace, Query: "WorkflowType = 'TransferFunds' AND ExecutionStatus = '" + status + "'",
			})
			if err == nil && n.Count == 0 {
				err = errors.New("no transfer has the status " + status)
			}
			return err
		})
	}
}

func TestMethodsNotBuiltYetAreUnimplemented(t *testing.T) {
	t.Parallel()
	l := labAt(t, newDev(t).grpc)
	for method, call := range map[string]func() error{
		"CreateSchedule": func() error {
			_, err := l.service().CreateSchedule(l.ctx, &workflowservice.CreateScheduleRequest{Namespace: namespace, ScheduleId: "s"})
			return err
		},
		"PauseWorkflowExecution": func() error {
			_, err := l.service().PauseWorkflowExecution(l.ctx, &workflowservice.PauseWorkflowExecutionRequest{Namespace: namespace, WorkflowId: "w"})
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

func TestCommandsNotBuiltYetFailTheTask(t *testing.T) {
	t.Parallel()
	l := labAt(t, newDev(t).grpc)
	l.work(code{"flow": func(ctx workflow.Context) error {
		return workflow.NewNexusClient("endpoint", "service").ExecuteOperation(ctx, "operation", "input", workflow.NexusOperationOptions{}).Get(ctx, nil)
	}}, nil)
	run := l.start("flow")
	failed := l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED).GetWorkflowTaskFailedEventAttributes()
	equal(t, "cause", failed.Cause, enumspb.WORKFLOW_TASK_FAILED_CAUSE_FEATURE_DISABLED)
	equal(t, "status", l.describe(run).WorkflowExecutionInfo.Status, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
}
