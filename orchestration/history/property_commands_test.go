package history

import (
	"fmt"
	"strings"

	commandpb "go.temporal.io/api/command/v1"
	"pgregory.net/rapid"
)

// activityID draws one of a few ids, so that they are used again.
func (w *wild) activityID() string {
	return rapid.SampledFrom([]string{"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"}).Draw(w.T, "activity id")
}

// command draws a workflow command, now and then a bad one.
func (w *wild) command() *commandpb.Command {
	id, timer := w.activityID(), rapid.SampledFrom([]string{"t1", "t2"}).Draw(w.T, "timer id")
	lines := []string{
		fmt.Sprintf("activity %s start-to-close=5s initial=500ms attempts=3 eager", id),
		fmt.Sprintf("activity %s start-to-close=5s heartbeat=2s never=Fatal", id),
		fmt.Sprintf("activity %s schedule-to-close=12s schedule-to-start=4s priority=1", id),
		fmt.Sprintf("activity %s schedule-to-close=8s start-to-close=3s input=%s", id, strings.Repeat("y", 30)),
		fmt.Sprintf("cancel-activity event=%d", w.scheduledActivity()),
		fmt.Sprintf("timer %s after=%dms", timer, rapid.IntRange(0, 9000).Draw(w.T, "after")),
		fmt.Sprintf("timer %s after=3s", timer),
		"cancel-timer " + timer,
		"marker m data=1",
		"memo m=" + drawText(w.T),
		`search s="` + drawText(w.T) + `"`,
		"search s=null",
		"reach", "reach", "reach",
		"complete",
		"fail oops",
		"cancel",
		"continue-as-new",
		"continue-as-new type=U queue=q2 input=5 run-timeout=20s backoff=2s memo=m:1",
	}
	if rapid.IntRange(0, 19).Draw(w.T, "bad") == 0 {
		lines = []string{"activity a1", "timer t1 after=-1s", "timer", "cancel-activity", "bare type=3", "bare type=11", "child c1 untyped", "signal-external c1", "cancel-external", "bare type=50", "memo", "search Country=1", `search Guests="x"`}
	}
	line := rapid.SampledFrom(lines).Draw(w.T, "command")
	if line == "reach" {
		line = rapid.SampledFrom(effectCommands(w.T)).Draw(w.T, "effect")
	}
	return w.line(line)
}

// scheduledActivity draws the event id of a pending activity, 0 when there is none.
func (w *wild) scheduledActivity() int64 {
	for id := int64(1); id < w.run.Header.NextEventID; id++ {
		if a := w.run.activities[id]; a != nil && rapid.Bool().Draw(w.T, "this one") {
			return id
		}
	}
	return 0
}

func (w *wild) line(text string) *commandpb.Command {
	l := parseLine(nil, text)
	return commandWords[l.words[0]](l)
}
