package shard

import (
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration/history"
)

// doOperate lets an operator pause, unpause, reset or move the activities of a workflow: their tasks leave the queues and come back, also those that a poll
// or the backlog has.
func (w *world) doOperate(t *rapid.T) {
	all := history.ActivityChoice{All: true}
	jitter := history.Jitter{Most: rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(t, "jitter"), Seed: 3}
	queue := rapid.SampledFrom([]string{"queue", "elsewhere"}).Draw(t, "queue")
	verbs := map[string]func(*Tx, *Run) (history.Transition, error){
		"pause": func(tx *Tx, r *Run) (history.Transition, error) {
			return r.PauseActivities(history.PauseActivities{ActivityChoice: all}, tx.Now())
		},
		"unpause": func(tx *Tx, r *Run) (history.Transition, error) {
			return r.UnpauseActivities(history.UnpauseActivities{ActivityChoice: all, ResetAttempts: true, Jitter: jitter}, tx.Now())
		},
		"reset": func(tx *Tx, r *Run) (history.Transition, error) {
			return r.ResetActivities(history.ResetActivities{ActivityChoice: all, Jitter: jitter}, tx.Now())
		},
		"move": func(tx *Tx, r *Run) (history.Transition, error) {
			tr, _, err := r.UpdateActivities(history.UpdateActivities{
				ActivityChoice: all, Mask: []string{"task_queue"},
				Options: &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: queue}},
			}, tx.Now())
			return tr, err
		},
	}
	w.turn(w.key(t), verbs[rapid.SampledFrom([]string{"pause", "unpause", "unpause", "reset", "move"}).Draw(t, "operation")])
}
