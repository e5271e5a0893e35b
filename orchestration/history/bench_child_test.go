package history

import (
	"fmt"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
)

// benchParent is a run with n children that have started, and the first of them.
func benchParent(b *testing.B, n int) (r *Run, first orchestration.EventID) {
	b.Helper()
	r, tr := Start(StartRun{Key: testKey, Type: "T", TaskQueue: "q"}, epoch)
	_, started, err := r.StartWorkflowTask(tr.Ready[0], Poller{}, epoch)
	if err != nil {
		b.Fatal(err)
	}
	in := CompleteWorkflowTask{WorkflowTaskRef: WorkflowTaskRef{ScheduledEventID: started.ScheduledEventID, StartedEventID: started.StartedEventID, Attempt: 1}}
	for i := range n {
		in.Commands = append(in.Commands, childWord(line{words: []string{"child", fmt.Sprint("c", i)}, pairs: map[string]string{}}))
		in.ChildRuns = append(in.ChildRuns, childRun(i+1))
	}
	out, err := r.CompleteWorkflowTask(in, epoch)
	if err != nil {
		b.Fatal(err)
	}
	for _, id := range out.Effects {
		r.EndEffect(id, EffectDone, epoch)
	}
	if _, _, err := r.Save(); err != nil {
		b.Fatal(err)
	}
	return r, out.Effects[0]
}

// BenchmarkChildCompletion is the end of a child, stored, as the number of its pending siblings grows: neither its time nor its bytes may.
func BenchmarkChildCompletion(b *testing.B) {
	const ends = 50
	for _, n := range []int{100, 1000, orchestration.MaxPendingChildren} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			bytes := 0
			for done := 0; done < b.N; {
				b.StopTimer()
				r, first := benchParent(b, n)
				b.StartTimer()
				for i := 0; i < ends && done < b.N; i, done = i+1, done+1 {
					id := first + int64(i)
					tr := r.ChildClosed(ChildClosed{Initiated: id, First: r.children[id].RunID, Close: closingEvent(nil, parseLine(nil, "x 0 completed result=1"))}, epoch)
					state, items, err := r.Save()
					if err != nil || !tr.Changed || r.Wake().IsZero() {
						b.Fatal(err)
					}
					bytes += len(state)
					for _, it := range items {
						bytes += len(it.Data)
					}
				}
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "stored-B/op")
		})
	}
}
