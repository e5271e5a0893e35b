//go:build unix

package redis_test

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/platform/redis/redistest"
)

// BenchmarkPublishPop takes references from one node to another, in batches of one queue or of as many queues as references. It tells the CPU time that
// one reference costs the nodes (go-µs) and the server (redis-µs).
func BenchmarkPublishPop(b *testing.B) {
	in := newInstallation(b, redistest.Start(b).URL())
	from, to := in.node(1), in.node(2)
	for _, queues := range []bool{false, true} {
		for _, size := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("queues=%t/batch=%d", queues, size), func(b *testing.B) {
				all := refs(queue("q"), size)
				wants := []exchange.Want{{Key: queue("q"), N: size, PerSecond: -1}}
				if queues {
					wants = nil
					for i := range all {
						all[i].Key = queue(strconv.Itoa(i))
						wants = append(wants, exchange.Want{Key: all[i].Key, N: 1, PerSecond: -1})
					}
				}
				b.ReportAllocs()
				ours, its := ownCPU(b), serverCPU(b, in.raw)
				b.ResetTimer()
				for range b.N {
					from.publish(all...)
					if got := len(to.popAll(wants...)); got != size {
						b.Fatalf("%d of %d references", got, size)
					}
				}
				b.StopTimer()
				n := float64(b.N * size)
				b.ReportMetric(float64((ownCPU(b)-ours).Microseconds())/n, "go-µs/ref")
				b.ReportMetric(float64((serverCPU(b, in.raw)-its).Microseconds())/n, "redis-µs/ref")
				b.ReportMetric(float64(b.Elapsed().Microseconds())/n, "µs/ref")
			})
		}
	}
}

// BenchmarkWake takes a reference to a node that waits for it: popping in vain, publishing, the wake, and popping.
func BenchmarkWake(b *testing.B) {
	in := newInstallation(b, redistest.Start(b).URL())
	from, to, q := in.node(1), in.node(2), queue("q")
	ours, its := ownCPU(b), serverCPU(b, in.raw)
	for b.Loop() {
		to.pop(q, 1)
		from.publish(ref(q, 1))
		to.pop(to.woken(), 1)
	}
	b.ReportMetric(float64((ownCPU(b)-ours).Microseconds())/float64(b.N), "go-µs/ref")
	b.ReportMetric(float64((serverCPU(b, in.raw)-its).Microseconds())/float64(b.N), "redis-µs/ref")
}

// ownCPU is the CPU time of this process.
func ownCPU(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serverCPU is that of the server.
func serverCPU(b *testing.B, c goredis.UniversalClient) (sum time.Duration) {
	info, err := c.Info(b.Context(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			sum += time.Duration(seconds * float64(time.Second))
		}
	}
	return sum
}
