package replay_test

import (
	"context"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// weather is what happens to a run, drawn once and applied to several servers that play the same.
type weather func(*rehearsal.Server)

// drawWeather draws something that can happen now.
func drawWeather(t *rapid.T, s *rehearsal.Server) weather {
	kinds := []string{"signal", "signal", "cancel", "update"}
	open := len(s.Activities())
	if open > 0 {
		kinds = append(kinds, "complete", "complete", "complete", "fail", "time out")
	}
	d, ok := s.UntilNextTimer()
	if ok {
		kinds = append(kinds, "timer", "timer", "timer", "hour")
	}
	others := weatherOfOthers(s)
	if len(others) > 0 && rapid.Bool().Draw(t, "of others") {
		return others[rapid.IntRange(0, len(others)-1).Draw(t, "which")]
	}
	at := 0
	if open > 1 {
		at = rapid.IntRange(0, open-1).Draw(t, "which activity")
	}
	if open > 0 && s.Activities()[at].CancelRequested {
		kinds = append(kinds, "acknowledge", "acknowledge")
	}
	switch kind := rapid.SampledFrom(kinds).Draw(t, "event"); kind {
	case "signal":
		n := rapid.IntRange(1, 9).Draw(t, "signal")
		return func(s *rehearsal.Server) { s.Signal("s", rehearsal.Payloads(n)) }
	case "update":
		n := rapid.IntRange(0, 3).Draw(t, "input")
		return func(s *rehearsal.Server) { s.Update("", "u", rehearsal.Payloads(n)) }
	case "cancel":
		return (*rehearsal.Server).Cancel
	case "complete":
		return func(s *rehearsal.Server) { s.CompleteActivity(s.Activities()[at], rehearsal.Payloads(7)) }
	case "fail":
		return func(s *rehearsal.Server) { s.FailActivity(s.Activities()[at], &failurepb.Failure{Message: "no"}) }
	case "acknowledge":
		return func(s *rehearsal.Server) { s.CancelActivity(s.Activities()[at], nil) }
	case "time out":
		return func(s *rehearsal.Server) { s.TimeOutActivity(s.Activities()[at]) }
	case "timer":
		return func(s *rehearsal.Server) { s.Advance(max(d, 0)) }
	default:
		return func(s *rehearsal.Server) { s.Advance(time.Hour) }
	}
}

// weatherOfOthers is what can happen to children and to requests to other workflows.
func weatherOfOthers(s *rehearsal.Server) (all []weather) {
	for i, c := range s.Children() {
		on := func(act func(*rehearsal.Server, *rehearsal.Child)) {
			all = append(all, func(s *rehearsal.Server) { act(s, s.Children()[i]) })
		}
		if c.StartedID == 0 {
			on((*rehearsal.Server).StartChild)
			on(func(s *rehearsal.Server, c *rehearsal.Child) {
				s.RefuseChild(c, enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS)
			})
			continue
		}
		on(func(s *rehearsal.Server, c *rehearsal.Child) { s.CompleteChild(c, rehearsal.Payloads(8)) })
		on(func(s *rehearsal.Server, c *rehearsal.Child) { s.FailChild(c, &failurepb.Failure{Message: "no"}) })
		on(func(s *rehearsal.Server, c *rehearsal.Child) { s.CancelChild(c, nil) })
	}
	for i := range s.Requests() {
		all = append(all, func(s *rehearsal.Server) { s.Deliver(s.Requests()[i]) }, func(s *rehearsal.Server) { s.Reject(s.Requests()[i]) })
	}
	return all
}

// newProgramStage starts a program.
func newProgramStage(t *rapid.T, options replay.Options, program []op) *rehearsal.Stage {
	stage := rehearsal.NewStage(options, programOurs, program)
	t.Cleanup(stage.Processor.Close)
	return stage
}

// TestStickyReplayedAndEvictedRunsAskForTheSame is the law of the cache: whether a run stays in memory, is rebuilt for each task, or is
// lost at any moment changes nothing.
func TestStickyReplayedAndEvictedRunsAskForTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		program := drawProgram(3).Draw(t, "program")
		sticky := newProgramStage(t, rehearsal.Sticky(), program)
		replayed := newProgramStage(t, rehearsal.Forgetful(), program)
		evicted := newProgramStage(t, rehearsal.Sticky(), program)
		evicted.Server.PageSize = rapid.IntRange(0, 5).Draw(t, "page size")
		all := []*rehearsal.Stage{sticky, replayed, evicted}
		for _, stage := range all {
			stage.Server.SetRunID(sticky.Server.RunID()) // ids of children have it
		}
		for range 12 {
			var during []weather
			if rapid.IntRange(0, 2).Draw(t, "during the task") == 0 {
				during = append(during, drawWeather(t, sticky.Server))
			}
			switch rapid.IntRange(0, 5).Draw(t, "disturbance") {
			case 0, 1:
				evicted.Processor.Forget(evicted.Server.RunID())
			case 2:
				evicted.Query("trace")
			}
			compareTask(t, all, during)
			if sticky.Server.Closed() {
				return
			}
			for events := rapid.IntRange(1, 4).Draw(t, "events"); events > 0 || !sticky.Server.HasTask(); events-- {
				happens := drawWeather(t, sticky.Server)
				for _, stage := range all {
					happens(stage.Server)
				}
			}
		}
	})
}

// compareTask handles the waiting task on each stage, with what happens meanwhile, and compares the commands.
func compareTask(t *rapid.T, stages []*rehearsal.Stage, during []weather) {
	var first replay.Reply
	for i, stage := range stages {
		task := stage.Server.Task()
		for _, happens := range during {
			happens(stage.Server)
		}
		reply := stage.Handle(task)
		if reply.Failed != nil {
			t.Fatalf("stage %d: %v\n%s", i, reply.Failed.GetFailure(), stage.Script())
		}
		if i == 0 {
			first = reply
			continue
		}
		if a, b := plainMessages(first.Completed.GetMessages()), plainMessages(reply.Completed.GetMessages()); !slices.Equal(a, b) {
			t.Fatalf("stage %d\n got %v\nwant %v\n%s", i, b, a, stage.Script())
		}
		if a, b := first.Completed.GetCommands(), reply.Completed.GetCommands(); !equalCommands(a, b) {
			t.Fatalf("stage %d\n got %v\nwant %v\n%s", i, b, a, stage.Script())
		}
	}
}

func equalCommands[M proto.Message](a, b []M) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !proto.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// TestRandomTwins runs random programs under random events in our runtime and in the official one.
func TestRandomTwins(t *testing.T) {
	worker := newOfficial(t, programTheirs)
	rapid.Check(t, func(t *rapid.T) {
		program := drawProgram(3).Draw(t, "program")
		stage := newProgramStage(t, rehearsal.Sticky(), program)
		twin := rehearsal.Start(rehearsal.WorkflowType, rehearsal.Payloads(program))
		twin.SetRunID(stage.Server.RunID())
		for range 10 {
			task := stage.Server.Task()
			mine, err := stage.Processor.Handle(context.Background(), task)
			if err != nil {
				t.Fatal(err)
			}
			yours, failed := worker.handle(twin.FullTask())
			if failed != nil || mine.Failed != nil {
				t.Fatalf("ours %v, theirs %v", mine.Failed, failed)
			}
			if a, b := plain(yours.GetCommands()), plain(mine.Completed.GetCommands()); !equalCommands(a, b) {
				t.Fatalf("commands differ after %s\n ours   %v\n theirs %v", stage.Script(), b, a)
			}
			if a, b := plainMessages(yours.GetMessages()), plainMessages(mine.Completed.GetMessages()); !slices.Equal(a, b) {
				t.Fatalf("messages differ after %s\n ours   %v\n theirs %v", stage.Script(), b, a)
			}
			if rapid.IntRange(0, 2).Draw(t, "during the task") == 0 {
				happens := drawWeather(t, stage.Server)
				happens(stage.Server)
				happens(twin)
			}
			stage.Server.Accept(mine.Completed)
			twin.Accept(yours)
			if stage.Server.Closed() {
				return
			}
			for events := rapid.IntRange(1, 4).Draw(t, "events"); events > 0 || !stage.Server.HasTask(); events-- {
				happens := drawWeather(t, stage.Server)
				happens(stage.Server)
				happens(twin)
			}
		}
	})
}
