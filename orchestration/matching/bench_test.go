package matching

import (
	"fmt"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// BenchmarkBacklogged is a task that waits until a worker polls: Admit, Add, Poll, Taken.
func BenchmarkBacklogged(b *testing.B) {
	qs := New[task](Options{})
	defer qs.Close()
	w := worker("w")
	r := ref(1)
	b.ReportAllocs()
	for b.Loop() {
		r.ScheduledEventID++
		qs.Admit(queueA, DefaultPriority)
		qs.Add(r)
		o, _ := qs.Poll(b.Context(), queueA, w)
		qs.Taken(*o.Ref, true)
	}
}

// BenchmarkFused is a poller that waits until a task comes: Poll, Reserve, Deliver, with the hand-over between goroutines.
func BenchmarkFused(b *testing.B) {
	qs := New[task](Options{})
	defer qs.Close()
	served := make(chan struct{})
	go func() {
		for {
			if o, err := qs.Poll(b.Context(), queueA, worker("w")); err != nil || o.Empty() {
				close(served)
				return
			}
			served <- struct{}{}
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		for {
			if r, ok := qs.Reserve(queueA, DefaultPriority); ok {
				r.Deliver("task")
				break
			}
		}
		<-served
	}
	qs.Close()
	<-served
}

// BenchmarkManyQueues spreads the backlogged path over queues and goroutines.
func BenchmarkManyQueues(b *testing.B) {
	qs := New[task](Options{})
	defer qs.Close()
	keys := make([]Key, 1024)
	for i := range keys {
		keys[i] = Key{Namespace: orchestration.NamespaceID{1}, Name: fmt.Sprint("queue ", i), Kind: orchestration.WorkflowTask}
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		r := ref(1)
		r.Run.RunID = orchestration.NewRunID(time.Now())
		w := worker("w")
		for i := 0; pb.Next(); i++ {
			r.ScheduledEventID++
			r.Key = keys[i%len(keys)]
			qs.Add(r)
			if o, _ := qs.Poll(b.Context(), r.Key, w); o.Ref != nil {
				qs.Taken(*o.Ref, true)
			}
		}
	})
}

// BenchmarkBackloggedBesideOthers is BenchmarkBacklogged with an exchange that is told of it. It is told once, and a second later of the next poll.
func BenchmarkBackloggedBesideOthers(b *testing.B) {
	x := &recorder{}
	qs := New[task](Options{Exchange: x})
	defer qs.Close()
	w := worker("w")
	r := ref(1)
	b.ReportAllocs()
	for b.Loop() {
		r.ScheduledEventID++
		qs.Admit(queueA, DefaultPriority)
		qs.Add(r)
		o, _ := qs.Poll(b.Context(), queueA, w)
		qs.Taken(*o.Ref, true)
	}
	b.ReportMetric(float64(len(x.told()))/float64(b.N), "hints/op")
}

// BenchmarkPublish is the choice of 32 references out of 1,000 that wait.
func BenchmarkPublish(b *testing.B) {
	qs := New[task](Options{Exchange: &recorder{}})
	defer qs.Close()
	for n := range 1000 {
		qs.Add(ref(n))
	}
	b.ReportAllocs()
	for b.Loop() {
		qs.Publishable(queueA, Selection{Most: 32})
	}
}
