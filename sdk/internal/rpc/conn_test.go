package rpc_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/api/serviceerror"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// network is a connection whose n-th call, from 1, ends as the function says.
type network struct {
	calls  int
	answer func(ctx context.Context, call int) error
}

func (n *network) Invoke(ctx context.Context, _ string, _, _ any, _ ...grpc.CallOption) error {
	n.calls++
	return n.answer(ctx, n.calls)
}

func (n *network) NewStream(
	ctx context.Context, _ *grpc.StreamDesc, _ string, _ ...grpc.CallOption,
) (grpc.ClientStream, error) {
	n.calls++
	return nil, n.answer(ctx, n.calls)
}

func always(code codes.Code) func(context.Context, int) error {
	return func(context.Context, int) error { return status.Error(code, "as told") }
}

// silent never answers.
func silent(ctx context.Context, _ int) error {
	<-ctx.Done()
	return status.FromContextError(ctx.Err()).Err()
}

func invoke(ctx context.Context, n *network) error {
	return rpc.New(n).Invoke(ctx, "/service/Method", nil, nil)
}

func TestRetriesUntilItSucceeds(t *testing.T) {
	for _, code := range []codes.Code{
		codes.Unavailable, codes.ResourceExhausted, codes.Aborted, codes.DeadlineExceeded, codes.Internal, codes.Unknown,
	} {
		synctest.Test(t, func(t *testing.T) {
			n := &network{answer: func(_ context.Context, call int) error {
				if call < 4 {
					return status.Error(code, "passing")
				}
				return nil
			}}
			if err := invoke(t.Context(), n); err != nil || n.calls != 4 {
				t.Errorf("%s: %v after %d calls", code, err, n.calls)
			}
		})
	}
}

func TestFailsAtOnceWhereARetryIsOfNoUse(t *testing.T) {
	for _, code := range []codes.Code{
		codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.PermissionDenied, codes.Unauthenticated,
		codes.FailedPrecondition, codes.Unimplemented, codes.Canceled,
	} {
		n := &network{answer: always(code)}
		if err := invoke(t.Context(), n); err == nil || n.calls != 1 {
			t.Errorf("%s: %v after %d calls", code, err, n.calls)
		}
	}
}

func TestInternalErrorsAreRetriedAFewTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{answer: always(codes.Internal)}
		var internal *serviceerror.Internal
		if err := invoke(t.Context(), n); !errors.As(err, &internal) || n.calls != 4 {
			t.Errorf("%v after %d calls", err, n.calls)
		}
	})
}

func TestGivesUpAfterAMinuteWithoutADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var unavailable *serviceerror.Unavailable
		if err := invoke(t.Context(), &network{answer: always(codes.Unavailable)}); !errors.As(err, &unavailable) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took < 50*time.Second || took > time.Minute {
			t.Errorf("after %s", took)
		}
	})
}

func TestADeadlineReplacesTheMinute(t *testing.T) {
	for _, limit := range []time.Duration{2 * time.Second, 5 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			if err := invoke(ctx, &network{answer: always(codes.Unavailable)}); err == nil {
				t.Error("no error")
			}
			if took := time.Since(start); took > limit || took < limit-6*time.Second {
				t.Errorf("after %s of %s", took, limit)
			}
		})
	}
}

func TestAnOverloadedServerIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{answer: always(codes.ResourceExhausted)}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := invoke(ctx, n); err == nil {
			t.Error("no error")
		}
		if n.calls > 5 {
			t.Errorf("%d calls in ten seconds", n.calls)
		}
	})
}

func TestASilentServerIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{answer: func(ctx context.Context, call int) error {
			if call == 1 {
				return silent(ctx, call)
			}
			return nil
		}}
		start := time.Now()
		if err := invoke(t.Context(), n); err != nil || n.calls != 2 {
			t.Errorf("%v after %d calls", err, n.calls)
		}
		if took := time.Since(start); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("after %s", took)
		}
	})
}

func TestModes(t *testing.T) {
	for name, test := range map[string]struct {
		mode  func(context.Context) context.Context
		after time.Duration // of silence, until the second attempt or the end
		calls int
	}{
		"once":    {rpc.Once, 10 * time.Second, 1},
		"poll":    {rpc.Poll, 70 * time.Second, 1},
		"patient": {rpc.Patient, 70 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &network{answer: silent}
				start := time.Now()
				var late *serviceerror.DeadlineExceeded
				if err := invoke(test.mode(t.Context()), n); !errors.As(err, &late) || n.calls != test.calls {
					t.Errorf("%v after %d calls", err, n.calls)
				}
				if took := time.Since(start); took != test.after {
					t.Errorf("after %s", took)
				}
			})
		})
	}
}

func TestALongPollOutlivesAnyOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		n := &network{answer: func(context.Context, int) error {
			if time.Since(start) < time.Hour {
				return status.Error(codes.Unavailable, "down for an hour")
			}
			return nil
		}}
		if err := invoke(rpc.LongPoll(t.Context()), n); err != nil {
			t.Error(err)
		}
	})
}

func TestTheEndOfTheContextIsReportedWithTheLastFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("why")
		time.AfterFunc(20*time.Second, func() { cancel(why) })
		err := invoke(ctx, &network{answer: always(codes.Unavailable)})
		var unavailable *serviceerror.Unavailable
		if !errors.Is(err, why) || !errors.As(err, &unavailable) {
			t.Errorf("got %v", err)
		}
	})
}

func TestHeadersGoWithEveryCall(t *testing.T) {
	n := &network{answer: func(ctx context.Context, _ int) error {
		out, _ := metadata.FromOutgoingContext(ctx)
		if got := out.Get("client-name"); len(got) != 1 || got[0] != "x" {
			t.Errorf("headers %v", out)
		}
		return nil
	}}
	conn := rpc.New(n, "client-name", "x")
	if err := conn.Invoke(t.Context(), "/m", nil, nil); err != nil {
		t.Error(err)
	}
	if _, err := conn.NewStream(t.Context(), nil, "/m"); err != nil {
		t.Error(err)
	}
	if n.calls != 2 {
		t.Errorf("%d calls", n.calls)
	}
}

func TestBackoffGrowsToItsCeilingAndStartsAgain(t *testing.T) {
	b := rpc.Backoff{First: 100 * time.Millisecond, Max: time.Second}
	for _, most := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
		most *= time.Millisecond
		if got := b.Next(); got > most || got < most*4/5 {
			t.Errorf("got %s, at most %s", got, most)
		}
	}
	b.Reset()
	if got := b.Next(); got > 100*time.Millisecond {
		t.Errorf("after a reset: %s", got)
	}
}
