package peer

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"github.com/tenuto-io/tenuto/orchestration"
)

// bodySize is that of a usual forwarded request.
const bodySize = 300

// BenchmarkCall is a call to another node and back, both in this process, so that cpu-µs/op is what both sides take together.
func BenchmarkCall(b *testing.B) {
	for _, flight := range []int{1, 50, 500} {
		b.Run(fmt.Sprint(flight), func(b *testing.B) {
			book := newPhonebook()
			from, to := serve(b, book, 1), serve(b, book, 2)
			to.Handle("echo", echo)
			measure(b, flight, func(ctx context.Context, body []byte) error {
				_, err := from.Call(ctx, 2, "echo", body)
				return err
			})
		})
	}
}

// BenchmarkUnary is what Call is compared with: a plain unary call of gRPC over the same TLS.
func BenchmarkUnary(b *testing.B) {
	for _, flight := range []int{1, 50, 500} {
		b.Run(fmt.Sprint(flight), func(b *testing.B) {
			client := unary(b)
			measure(b, flight, func(ctx context.Context, body []byte) error {
				var out []byte
				return client.Invoke(ctx, "/plain/Echo", &body, &out)
			})
		})
	}
}

func unary(b *testing.B) *grpc.ClientConn {
	secured := &secured{credentials: shared(b, secret), ended: context.Background(), refused: func(a net.Addr, err error) { b.Error(err) }}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := grpc.NewServer(grpc.Creds(secured), grpc.ForceServerCodecV2(plain{}))
	s.RegisterService(&grpc.ServiceDesc{ServiceName: "plain", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{
		MethodName: "Echo",
		Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			var in []byte
			if err := decode(&in); err != nil {
				return nil, err
			}
			out, err := echo(ctx, 1, in)
			return &out, err
		},
	}}}, nil)
	go func() { _ = s.Serve(l) }()
	b.Cleanup(s.Stop)
	client, err := grpc.NewClient("passthrough:///"+l.Addr().String(), grpc.WithTransportCredentials(secured),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(plain{})))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Close() })
	return client
}

// plain passes bytes as they are.
type plain struct{}

func (plain) Name() string { return "plain" }

func (plain) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (plain) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// measure makes b.N calls, so many at a time, and reports the CPU that they took.
func measure(b *testing.B, flight int, do func(context.Context, []byte) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	body := make([]byte, bodySize)
	if err := do(ctx, body); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	begin := spent(b)
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	for range flight {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(ctx, body); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64((spent(b)-begin).Microseconds())/float64(b.N), "cpu-µs/op")
}

// spent is the CPU that this process has used.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var _ orchestration.PeerHandler = echo
