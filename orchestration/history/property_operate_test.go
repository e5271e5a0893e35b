package history

import (
	"strings"
	"time"

	"pgregory.net/rapid"
)

// operate lets an operator loose on activities.
func (w *wild) operate() {
	choice := rapid.SampledFrom([]ActivityChoice{{ID: w.activityID()}, {Type: "Debit"}, {Type: "Credit"}, {All: true}}).Draw(w.T, "choice")
	yes := func(label string) bool { return rapid.Bool().Draw(w.T, label) }
	jitter := Jitter{Most: rapid.SampledFrom([]time.Duration{0, 0, 3 * time.Second}).Draw(w.T, "jitter"), Seed: 7}
	pause := PauseActivities{ActivityChoice: choice, Identity: "op", Reason: drawText(w.T), RequestID: rapid.SampledFrom([]string{"", "p1", "p2"}).Draw(w.T, "request")}
	unpause := UnpauseActivities{ActivityChoice: choice, ResetAttempts: yes("attempts"), ResetHeartbeat: yes("heartbeat"), Jitter: jitter}
	reset := ResetActivities{ActivityChoice: choice, KeepPaused: yes("keep"), ResetHeartbeat: yes("heartbeat"), RestoreSettings: yes("restore"), Jitter: jitter}
	update := parseLine(nil, "update-activity x "+rapid.SampledFrom([]string{
		"restore",
		"mask=taskQueue.name queue=other",
		"mask=task_queue_name,priority.priority_key queue=q priority=5",
		"mask=start_to_close_timeout,heartbeat_timeout start-to-close=1s heartbeat=500ms",
		"mask=schedule_to_close_timeout schedule-to-close=6s",
		"mask=schedule_to_close_timeout,schedule_to_start_timeout",
		"mask=retry_policy initial=3s attempts=2",
		"mask=retry_policy.maximum_attempts,retryPolicy.initialInterval attempts=9 initial=100ms",
		"mask=retry_policy.initial_interval initial=-1s",
		"mask=start_delay",
	}).Draw(w.T, "update")).update()
	update.ActivityChoice = choice
	ways := map[string]func(r *Run) answer{
		"pause": func(r *Run) answer {
			tr, err := r.PauseActivities(pause, w.now)
			return answer{Transition: tr, err: err}
		},
		"unpause": func(r *Run) answer {
			tr, err := r.UnpauseActivities(unpause, w.now)
			return answer{Transition: tr, err: err}
		},
		"reset": func(r *Run) answer {
			tr, err := r.ResetActivities(reset, w.now)
			return answer{Transition: tr, err: err}
		},
		"update": func(r *Run) answer {
			tr, options, err := r.UpdateActivities(update, w.now)
			return answer{tr, options != nil && strings.HasPrefix(options.TaskQueue.Name, "q"), err}
		},
	}
	w.do(ways[rapid.SampledFrom([]string{"pause", "pause", "unpause", "unpause", "reset", "update"}).Draw(w.T, "way")])
}
