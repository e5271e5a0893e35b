package orchestration_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

func someToken() orchestration.TaskToken {
	return orchestration.TaskToken{
		Kind: orchestration.WorkflowTask, Namespace: orchestration.NamespaceID{1}, WorkflowID: "transfer-1",
		RunID: orchestration.NewRunID(time.UnixMilli(1_700_000_000_000)), ScheduledEventID: 5, StartedEventID: 6, Attempt: 2,
	}
}

func TestTokenRoundTrip(t *testing.T) {
	for _, kind := range []orchestration.TaskKind{orchestration.WorkflowTask, orchestration.ActivityTask, orchestration.QueryTask} {
		token := someToken()
		token.Kind, token.QueryID = kind, "q"
		got, err := orchestration.DecodeTaskToken(token.Encode(), kind)
		if err != nil || !reflect.DeepEqual(got, token) {
			t.Errorf("%v: %+v, %v", kind, got, err)
		}
		if run := got.Run(); run.Namespace != token.Namespace || run.WorkflowID != token.WorkflowID || run.RunID != token.RunID {
			t.Errorf("run %v", run)
		}
	}
}

func TestTokenOfAnotherKind(t *testing.T) {
	_, err := orchestration.DecodeTaskToken(someToken().Encode(), orchestration.ActivityTask)
	if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), "activity") {
		t.Errorf("%v", err)
	}
}

func TestIncompleteTokens(t *testing.T) {
	for name, spoil := range map[string]func(*orchestration.TaskToken){
		"no kind":        func(t *orchestration.TaskToken) { t.Kind = 0 },
		"no namespace":   func(t *orchestration.TaskToken) { t.Namespace = orchestration.NamespaceID{} },
		"no workflow id": func(t *orchestration.TaskToken) { t.WorkflowID = "" },
		"no run id":      func(t *orchestration.TaskToken) { t.RunID = orchestration.RunID{} },
	} {
		token := someToken()
		spoil(&token)
		if _, err := orchestration.DecodeTaskToken(token.Encode(), orchestration.WorkflowTask); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCutAndPaddedTokens(t *testing.T) {
	b := someToken().Encode()
	for n := range b {
		if _, err := orchestration.DecodeTaskToken(b[:n], orchestration.WorkflowTask); err == nil {
			t.Errorf("the first %d bytes were taken for the whole", n)
		}
	}
	if _, err := orchestration.DecodeTaskToken(append(b, 0), orchestration.WorkflowTask); err == nil {
		t.Error("bytes after the token were ignored")
	}
}

func TestKindNames(t *testing.T) {
	for kind, want := range map[orchestration.TaskKind]string{
		orchestration.WorkflowTask: "workflow", orchestration.ActivityTask: "activity", orchestration.QueryTask: "query", 0: "unknown", 9: "unknown",
	} {
		if kind.String() != want {
			t.Errorf("kind %d is %q", kind, kind.String())
		}
	}
}

// FuzzDecodeTaskToken: whatever bytes come, decoding refuses or gives a token that is complete and means the same when encoded again.
func FuzzDecodeTaskToken(f *testing.F) {
	f.Add(someToken().Encode(), uint8(orchestration.WorkflowTask))
	f.Add([]byte{}, uint8(orchestration.QueryTask))
	f.Add([]byte{0xa1, 0x01, 0x01}, uint8(1))
	f.Add(bytes.Repeat([]byte{0x81}, 100), uint8(2))
	f.Add([]byte{0xbf, 0xff}, uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, want uint8) {
		token, err := orchestration.DecodeTaskToken(b, orchestration.TaskKind(want))
		if err != nil {
			if orchestration.CodeOf(err) != orchestration.InvalidArgument {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if token.Kind != orchestration.TaskKind(want) || token.WorkflowID == "" || token.RunID.IsZero() || token.Namespace.IsZero() {
			t.Errorf("took an incomplete token: %+v", token)
		}
		again, err := orchestration.DecodeTaskToken(token.Encode(), token.Kind)
		if err != nil || !reflect.DeepEqual(again, token) {
			t.Errorf("%+v encodes to something else: %+v, %v", token, again, err)
		}
	})
}
