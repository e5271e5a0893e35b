package history

import (
	"fmt"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// benchRun is a run with n activities that workers have, and its references.
func benchRun(b *testing.B, n int) (*Run, []ActivityRef) {
	r, tr := Start(StartRun{Key: testKey, Type: "T", TaskQueue: "q"}, epoch)
	_, started, err := r.StartWorkflowTask(tr.Ready[0], Poller{}, epoch)
	if err != nil {
		b.Fatal(err)
	}
	in := CompleteWorkflowTask{WorkflowTaskRef: WorkflowTaskRef{ScheduledEventID: started.ScheduledEventID, StartedEventID: started.StartedEventID, Attempt: 1}}
	for i := range n {
		in.Commands = append(in.Commands, activityCommand(i))
	}
	out, err := r.CompleteWorkflowTask(in, epoch)
	if err != nil {
		b.Fatal(err)
	}
	var refs []ActivityRef
	for _, task := range out.Ready {
		if _, _, err := r.StartActivity(task, Poller{}, epoch); err != nil {
			b.Fatal(err)
		}
		refs = append(refs, ActivityRef{ScheduledEventID: task.ScheduledEventID, Attempt: 1})
	}
	if _, _, err := r.Save(); err != nil {
		b.Fatal(err)
	}
	return r, refs
}

func activityCommand(i int) *commandpb.Command {
	l := line{words: []string{"activity", fmt.Sprint("a", i)}, pairs: map[string]string{}}
	c := commandWords["activity"](l)
	c.GetScheduleActivityTaskCommandAttributes().StartToCloseTimeout = durationpb.New(time.Minute)
	return c
}

// BenchmarkHeartbeat is the smallest change of a run, as the number of its pending activities grows: it must not cost O(state).
func BenchmarkHeartbeat(b *testing.B) {
	for _, n := range []int{1, 100, orchestration.MaxPendingActivities} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r, refs := benchRun(b, n)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if _, _, err := r.Heartbeat(refs[i%n], nil, "", epoch.Add(time.Duration(i))); err != nil {
					b.Fatal(err)
				}
				if _, _, err := r.Save(); err != nil || r.NextTimer().IsZero() || r.Wake().IsZero() {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOneActivity is a whole workflow of one activity, saved after each transition.
func BenchmarkOneActivity(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		r, refs := benchRun(b, 1)
		tr, err := r.CompleteActivity(refs[0], nil, "", epoch)
		if err != nil {
			b.Fatal(err)
		}
		_, started, err := r.StartWorkflowTask(tr.Ready[0], Poller{}, epoch)
		if err != nil {
			b.Fatal(err)
		}
		in := CompleteWorkflowTask{WorkflowTaskRef: WorkflowTaskRef{ScheduledEventID: started.ScheduledEventID, StartedEventID: started.StartedEventID, Attempt: 1}}
		in.Commands = []*commandpb.Command{commandWords["complete"](line{words: []string{"complete"}})}
		if _, err := r.CompleteWorkflowTask(in, epoch); err != nil {
			b.Fatal(err)
		}
		if _, _, err := r.Save(); err != nil {
			b.Fatal(err)
		}
	}
}
