package acceptance

import (
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A burst of signals is one signal: timeout(1) signals its child and then the child's group.
func TestDevDrainsAtABurstOfSignals(t *testing.T) {
	t.Parallel()
	s := newDev(t)
	release := holdACall(t, s.grpc)
	for range 3 {
		s.signal(syscall.SIGTERM)
	}
	awaitStopping(t, s)
	s.signal(syscall.SIGTERM)
	release()
	select {
	case <-s.exited:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	if s.err != nil {
		t.Errorf("it did not drain: %v\n%s", s.err, s.output())
	}
}

// The first signal lets what is under way finish; one that comes a second later does not wait for it.
func TestDevEndsAtOnceAtASecondSignal(t *testing.T) {
	t.Parallel()
	s := newDev(t)
	holdACall(t, s.grpc)
	began := time.Now()
	s.signal(syscall.SIGTERM)
	awaitStopping(t, s)
	eventually(t, func() error {
		s.signal(syscall.SIGTERM)
		select {
		case <-s.exited:
			return nil
		default:
			return errors.New("it goes on after a second signal")
		}
	})
	var exit *exec.ExitError
	if !errors.As(s.err, &exit) || exit.ExitCode() != 130 {
		t.Errorf("got %v, want exit status 130\n%s", s.err, s.output())
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("cut short after %v: that was the same signal", took)
	}
	s.start(t) // and its file is as good as after a clean end
}

func awaitStopping(t *testing.T, s *server) {
	t.Helper()
	eventually(t, func() error {
		if !strings.Contains(s.output(), "stopping") {
			return errors.New("it does not say that it stops")
		}
		return nil
	})
}

// holdACall keeps a call under way until release or the end of the test: its request never comes. A stop waits ten seconds for it.
func holdACall(t *testing.T, address string) (release func()) {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	release = func() { _ = conn.Close() }
	t.Cleanup(release)
	description := &grpc.StreamDesc{StreamName: "GetSystemInfo", ClientStreams: true}
	if _, err := conn.NewStream(t.Context(), description, workflowservice.WorkflowService_GetSystemInfo_FullMethodName); err != nil {
		t.Fatal(err)
	}
	// A connection is read in order: once this one is answered, the other has arrived.
	if _, err := workflowservice.NewWorkflowServiceClient(conn).GetSystemInfo(t.Context(), &workflowservice.GetSystemInfoRequest{}); err != nil {
		t.Fatal(err)
	}
	return release
}
