package replay_test

import (
	"time"

	official "go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// markerScenes are workflows that record markers.
var markerScenes = []scene{
	{
		name: "versions",
		ours: func(ctx workflow.Context) (int, error) {
			a := workflow.GetVersion(ctx, "a", workflow.DefaultVersion, 3)
			workflow.Sleep(ctx, time.Minute)
			a += workflow.GetVersion(ctx, "a", workflow.DefaultVersion, 4)
			b := workflow.GetVersion(ctx, "b", 1, 2)
			n, err := workflow.ExecuteActivity(ours(ctx), Work, 100*a+b).Get(ctx)
			return n, err
		},
		theirs: func(ctx official.Context) (n int, err error) {
			a := official.GetVersion(ctx, "a", official.DefaultVersion, 3)
			official.Sleep(ctx, time.Minute)
			a += official.GetVersion(ctx, "a", official.DefaultVersion, 4)
			b := official.GetVersion(ctx, "b", 1, 2)
			err = official.ExecuteActivity(theirs(ctx), Work, 100*a+b).Get(ctx, &n)
			return n, err
		},
		events: []func(*rehearsal.Server){advance(time.Minute), completeFirst},
	},
	{
		name: "mutable side effects",
		ours: func(ctx workflow.Context) (int, error) {
			for _, n := range []int{1, 1, 2} {
				workflow.MutableSideEffect(ctx, "n", func() int { return n })
			}
			workflow.Sleep(ctx, time.Minute)
			workflow.MutableSideEffect(ctx, "n", func() int { return 2 })
			b := workflow.MutableSideEffect(ctx, "m", func() int { return 5 })
			workflow.Sleep(ctx, time.Minute)
			a := workflow.MutableSideEffect(ctx, "n", func() int { return 7 })
			return workflow.ExecuteActivity(ours(ctx), Work, a*b).Get(ctx)
		},
		theirs: func(ctx official.Context) (n int, err error) {
			mutable := func(id string, n int) (value int) {
				equal := func(a, b any) bool { return a == b }
				official.MutableSideEffect(ctx, id, func(official.Context) any { return n }, equal).Get(&value)
				return value
			}
			for _, n := range []int{1, 1, 2} {
				mutable("n", n)
			}
			official.Sleep(ctx, time.Minute)
			mutable("n", 2)
			b := mutable("m", 5)
			official.Sleep(ctx, time.Minute)
			a := mutable("n", 7)
			err = official.ExecuteActivity(theirs(ctx), Work, a*b).Get(ctx, &n)
			return n, err
		},
		events: []func(*rehearsal.Server){advance(time.Minute), advance(time.Minute), completeFirst},
	},
}
