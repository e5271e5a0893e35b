package replay_test

import (
	"context"
	"testing"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
	"go.temporal.io/api/workflowservice/v1"
)

func chain(ctx workflow.Context, n int) error {
	for i := range n {
		if _, err := workflow.ExecuteActivity(ours(ctx), Work, i).Get(ctx); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkOneActivity is the worker's part of a whole workflow with one activity: two workflow tasks.
func BenchmarkOneActivity(b *testing.B) {
	stage := rehearsal.NewStage(rehearsal.Sticky(), chain, 1)
	defer stage.Processor.Close()
	first := stage.Server.Task()
	stage.Handle(first)
	completeFirst(stage.Server)
	second := stage.Server.Task()
	b.ReportAllocs()
	for b.Loop() {
		for _, task := range []*workflowservice.PollWorkflowTaskQueueResponse{first, second} {
			if reply, err := stage.Processor.Handle(context.Background(), task); err != nil || reply.Completed == nil {
				b.Fatal(reply, err)
			}
		}
	}
}

// BenchmarkReplay rebuilds a run with a hundred activities, some 900 events.
func BenchmarkReplay(b *testing.B) {
	stage := rehearsal.NewStage(rehearsal.Forgetful(), chain, 100)
	stage.Activity(Work)
	for range 100 {
		stage.Step()
		completeFirst(stage.Server)
	}
	task := stage.Server.FullTask()
	b.ReportAllocs()
	for b.Loop() {
		if reply, err := stage.Processor.Handle(context.Background(), task); err != nil || reply.Completed == nil {
			b.Fatal(reply, err)
		}
	}
}
