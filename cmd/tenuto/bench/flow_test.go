package bench

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"pgregory.net/rapid"
)

func TestNext(t *testing.T) {
	const activity, timer, end = enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK, enumspb.COMMAND_TYPE_START_TIMER, enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION
	for _, c := range []struct {
		name     string
		flow     flow
		progress progress
		kind     enumspb.CommandType // unspecified: no command
		commands int
	}{
		{"nothing to do", flow{}, progress{}, end, 1},
		{"first activity", flow{rounds: 1, width: 1}, progress{}, activity, 1},
		{"it is under way", flow{rounds: 1, width: 1}, progress{scheduled: 1}, 0, 0},
		{"it is done", flow{rounds: 1, width: 1}, progress{scheduled: 1, completed: 1}, end, 1},
		{"a round at once", flow{rounds: 2, width: 5}, progress{}, activity, 5},
		{"half a round", flow{rounds: 2, width: 5}, progress{scheduled: 5, completed: 4}, 0, 0},
		{"second round", flow{rounds: 2, width: 5}, progress{scheduled: 5, completed: 5}, activity, 5},
		{"timer", flow{sleep: time.Second}, progress{}, timer, 1},
		{"timer under way", flow{sleep: time.Second}, progress{timers: 1}, 0, 0},
		{"timer fired", flow{sleep: time.Second}, progress{timers: 1, fired: 1}, end, 1},
		{"children", flow{rounds: 1, width: 3, children: true}, progress{}, enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION, 3},
		{"children done", flow{rounds: 1, width: 3, children: true}, progress{scheduled: 3, completed: 3}, end, 1},
		{"signals to come", flow{signals: 3}, progress{signals: 2}, 0, 0},
		{"signals enough", flow{signals: 3}, progress{signals: 3}, end, 1},
	} {
		commands, ended := c.flow.next(c.progress, "w", queueOfTests)
		if len(commands) != c.commands || ended != (c.kind == end) {
			t.Errorf("%s: %v, %v", c.name, commands, ended)
			continue
		}
		ids := make(map[string]bool)
		for _, command := range commands {
			if command.GetCommandType() != c.kind {
				t.Errorf("%s: %v", c.name, commands)
			}
			ids[command.GetScheduleActivityTaskCommandAttributes().GetActivityId()+command.GetStartChildWorkflowExecutionCommandAttributes().GetWorkflowId()] = true
		}
		if len(ids) != c.commands {
			t.Errorf("%s: ids %v", c.name, ids)
		}
	}
}

// Whatever the order in which what was begun is done, every flow comes to its end, with as many activities as it says.
func TestFlowsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := flow{
			rounds: rapid.IntRange(0, 4).Draw(t, "rounds"), width: rapid.IntRange(1, 4).Draw(t, "width"),
			sleep: time.Duration(rapid.IntRange(0, 1).Draw(t, "sleep")), signals: rapid.IntRange(0, 3).Draw(t, "signals"),
		}
		var p progress
		signals := 0
		for turn := 0; ; turn++ {
			if turn > 1000 {
				t.Fatalf("%+v does not end: %+v", f, p)
			}
			commands, ended := f.next(p, "w", queueOfTests)
			if ended {
				break
			}
			var events []*historypb.HistoryEvent
			add := func(kind enumspb.EventType) { events = append(events, &historypb.HistoryEvent{EventType: kind}) }
			for _, c := range commands {
				if c.GetCommandType() == enumspb.COMMAND_TYPE_START_TIMER {
					add(enumspb.EVENT_TYPE_TIMER_STARTED)
				} else {
					add(enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
				}
			}
			p.see(events)
			events = nil
			if p.timers > p.fired && rapid.Bool().Draw(t, "fires") {
				add(enumspb.EVENT_TYPE_TIMER_FIRED)
			}
			for range rapid.IntRange(0, p.scheduled-p.completed).Draw(t, "completed") {
				add(enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
			}
			if signals < f.signals && rapid.Bool().Draw(t, "signalled") {
				signals++
				add(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
			}
			p.see(events)
		}
		if p.completed != f.activities() || p.signals != f.signals || p.fired != int(f.sleep) {
			t.Fatalf("%+v ended after %+v", f, p)
		}
	})
}
