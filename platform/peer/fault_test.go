package peer

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// full is an error with all that it can have.
func full() *orchestration.Error {
	return &orchestration.Error{
		Code: orchestration.QueryFailed, Message: "no: \xff\x00", RunID: "run", StartRequestID: "request",
		Failure: &failurepb.Failure{Message: "worker's", StackTrace: strings.Repeat("line\n", 1000), Cause: &failurepb.Failure{Message: "cause"}},
		Cause:   enumspb.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW, Scope: enumspb.RESOURCE_EXHAUSTED_SCOPE_SYSTEM, Namespace: "namespace",
	}
}

// A field that is added to orchestration.Error and not carried fails here.
func TestFaultCarriesEveryField(t *testing.T) {
	want := full()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[orchestration.Error]()) {
		if reflect.ValueOf(want).Elem().FieldByIndex(field.Index).IsZero() {
			t.Errorf("the sample leaves out %s", field.Name)
		}
	}
	for _, err := range []error{want, fmt.Errorf("around: %w", want)} {
		var got *orchestration.Error
		if !errors.As(decodeFault(4, appendFault(nil, err)), &got) {
			t.Fatalf("%v has become another error", err)
		}
		if !proto.Equal(got.Failure, want.Failure) {
			t.Errorf("failure is %v, was %v", got.Failure, want.Failure)
		}
		a, b := *got, *want
		a.Failure, b.Failure = nil, nil
		if a != b {
			t.Errorf("is %+v, was %+v", a, b)
		}
	}
}

func TestFaultOfEachCode(t *testing.T) {
	for code := orchestration.InvalidArgument; code <= orchestration.Moved; code++ {
		err := decodeFault(4, appendFault(nil, orchestration.Errorf(code, "code %d", code)))
		if orchestration.CodeOf(err) != code || err.Error() != fmt.Sprintf("code %d", code) {
			t.Errorf("code %d: %v", code, err)
		}
		var e *orchestration.Error
		if errors.As(err, &e) && e.Failure != nil {
			t.Errorf("code %d: a failure came out of nothing", code)
		}
	}
}

// An empty failure is not none: SDKs tell the two apart.
func TestFaultWithEmptyFailure(t *testing.T) {
	var e *orchestration.Error
	err := decodeFault(4, appendFault(nil, &orchestration.Error{Code: orchestration.QueryFailed, Failure: &failurepb.Failure{}}))
	if !errors.As(err, &e) || e.Failure == nil {
		t.Errorf("%+v", err)
	}
}

// A failure that cannot be encoded loses its text, and the error is otherwise as it was.
func TestFaultWithBrokenFailure(t *testing.T) {
	var e *orchestration.Error
	err := decodeFault(4, appendFault(nil, &orchestration.Error{Code: orchestration.QueryFailed, Message: "m", Failure: &failurepb.Failure{Message: "\xff"}}))
	if !errors.As(err, &e) || e.Failure == nil || e.Failure.Message != "" || e.Message != "m" {
		t.Errorf("%+v", err)
	}
}

func TestFaultOfOtherErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		is   error
		text string
	}{
		{context.Canceled, context.Canceled, "context canceled"},
		{fmt.Errorf("waiting: %w", context.DeadlineExceeded), context.DeadlineExceeded, "context deadline exceeded"},
		{errors.New("disk on fire"), nil, "node 4: disk on fire"},
		{errors.New(""), nil, "node 4: "},
	} {
		got := decodeFault(4, appendFault(nil, c.err))
		if got.Error() != c.text || c.is != nil && !errors.Is(got, c.is) {
			t.Errorf("%v has become %v", c.err, got)
		}
	}
}

func TestFaultThatCannotBeRead(t *testing.T) {
	whole := appendFault(nil, full())
	for n := range len(whole) {
		if err := decodeFault(4, whole[:n]); orchestration.CodeOf(err) != 0 || !strings.Contains(err.Error(), "cannot be read") {
			t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	for _, b := range [][]byte{{0}, {99}, {faultOther, 5, 'a'}} {
		if err := decodeFault(4, b); err == nil || !strings.Contains(err.Error(), "node 4 answered with an error that cannot be read") {
			t.Errorf("%x: %v", b, err)
		}
	}
}

func FuzzFault(f *testing.F) {
	f.Add(appendFault(nil, full()))
	f.Add(appendFault(nil, context.Canceled))
	f.Add(appendFault(nil, errors.New("plain")))
	f.Fuzz(func(t *testing.T, b []byte) {
		err := decodeFault(1, b)
		if err == nil {
			t.Fatal("no error came out")
		}
		var e, again *orchestration.Error
		if errors.As(err, &e) && (!errors.As(decodeFault(1, appendFault(nil, e)), &again) || again.Message != e.Message || again.Code != e.Code) {
			t.Fatalf("%+v has become %+v", e, again)
		}
	})
}
