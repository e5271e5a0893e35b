package shard

import (
	"context"
	"fmt"
	"time"

	"pgregory.net/rapid"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// asked is a caller who waits for an update.
type asked struct {
	run  orchestration.RunKey
	id   string
	news *Expectation
	told history.UpdateStage
	over bool // it was told all that there is to tell
}

func worldUpdate(id string) *updatepb.Request {
	return &updatepb.Request{Meta: &updatepb.Meta{UpdateId: id}, Input: &updatepb.Input{Name: "raise"}}
}

// doUpdate sends an update of one of a few ids, and waits for it.
func (w *world) doUpdate(t *rapid.T) { w.update(t, w.key(t)) }

// doServeUpdate sends an update to a workflow that runs, and has workers take what there is.
func (w *world) doServeUpdate(t *rapid.T) {
	key := w.key(t)
	_ = w.start(key, history.StartRun{TaskTimeout: 10 * time.Second})
	for range rapid.IntRange(1, 3).Draw(t, "times") {
		w.update(t, key)
		for _, queue := range []string{"own", "queue", "queue"} {
			if d, ok := w.pollOf(queue, orchestration.WorkflowTask); ok {
				w.decide(t, d)
			}
		}
	}
}

func (w *world) update(t *rapid.T, key orchestration.WorkflowKey) {
	id := fmt.Sprint("u", rapid.IntRange(0, 5).Draw(t, "update"))
	_ = w.Update(context.Background(), key, func(tx *Tx) error {
		r, err := tx.Run(orchestration.RunID{})
		if err != nil {
			return err
		}
		tr, state, err := r.AdmitUpdate(worldUpdate(id), nil, tx.Now())
		if err != nil || state.Stage == history.UpdateCompleted {
			return err
		}
		tx.Apply(r, tr)
		x, err := tx.Expect(r, id)
		if err == nil {
			w.asked = append(w.asked, &asked{run: r.Key, id: id, news: x})
		}
		return err
	})
}

// doGiveUp has a caller go away.
func (w *world) doGiveUp(t *rapid.T) {
	if len(w.asked) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.asked)-1).Draw(t, "caller")
	for _, o := range w.owners() {
		o.GiveUp(w.asked[i].run.WorkflowKey, w.asked[i].news)
	}
	w.asked = append(w.asked[:i:i], w.asked[i+1:]...)
}

// speak adds to a completion what a worker says of the updates that its task carries, and of those that it has accepted before.
func (w *world) speak(t *rapid.T, d Delivery, in *history.CompleteWorkflowTask) {
	for _, m := range d.Workflow.Messages {
		id := m.ProtocolInstanceId
		switch rapid.IntRange(0, 4).Draw(t, "reply") {
		case 0:
			say(in, id, "/accept", &updatepb.Acceptance{AcceptedRequest: worldUpdate(id)})
		case 1:
			say(in, id, "/accept", &updatepb.Acceptance{AcceptedRequest: worldUpdate(id)})
			say(in, id, "/complete", &updatepb.Response{Outcome: &updatepb.Outcome{Value: &updatepb.Outcome_Success{}}})
		case 2, 3:
			say(in, id, "/reject", &updatepb.Rejection{Failure: &failurepb.Failure{Message: "no"}})
		}
	}
	for _, a := range w.asked {
		if a.run == d.Workflow.Run && a.told == history.UpdateAccepted && !a.over && rapid.Bool().Draw(t, "answer") {
			say(in, a.id, "/complete", &updatepb.Response{Outcome: &updatepb.Outcome{Value: &updatepb.Outcome_Success{}}})
		}
	}
}

// say adds a message to a completion; one that is there already is not said twice, and only rejections come without a command.
func say(in *history.CompleteWorkflowTask, id, suffix string, body proto.Message) {
	for _, m := range in.Messages {
		if m.Id == id+suffix {
			return
		}
	}
	packed, err := anypb.New(body)
	if err != nil {
		panic(err)
	}
	in.Messages = append(in.Messages, &protocolpb.Message{Id: id + suffix, ProtocolInstanceId: id, Body: packed})
	if suffix == "/reject" {
		return
	}
	in.Commands = append([]*commandpb.Command{{
		CommandType: enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE,
		Attributes: &commandpb.Command_ProtocolMessageCommandAttributes{
			ProtocolMessageCommandAttributes: &commandpb.ProtocolMessageCommandAttributes{MessageId: id + suffix},
		},
	}}, in.Commands...)
}

// hear takes in what the callers were told, and checks it against the store: what somebody knows is stored.
func (w *world) hear() {
	for _, a := range w.asked {
		for heard := true; heard; {
			select {
			case n := <-a.news.News:
				w.heard(a, n)
			default:
				heard = false
			}
		}
	}
}

func (w *world) heard(a *asked, n history.UpdateNews) {
	if a.over && n.Stage != history.UpdateUnknown {
		w.t.Fatalf("update %s: told %v after the end", a.id, n)
	}
	a.over = a.over || n.Stage != history.UpdateAccepted
	if n.Stage == history.UpdateUnknown || n.Outcome.GetFailure() != nil && n.Outcome.GetFailure().GetApplicationFailureInfo().GetType() != "AcceptedUpdateCompletedWorkflow" {
		return // lost, aborted or rejected: nothing of it is stored
	}
	a.told = n.Stage
	stored, _ := w.load(a.run)
	if stored == nil {
		return // deleted since
	}
	if got := stored.Update(a.id).Stage; got < n.Stage {
		w.t.Fatalf("update %s of %v: told %v, stored is %v", a.id, a.run, n.Stage, got)
	}
}

// checkUpdates expects that nobody waits for an update any more: every run has closed.
func (w *world) checkUpdates() {
	w.hear()
	for _, a := range w.asked {
		if !a.over {
			w.t.Fatalf("nobody told what became of update %s of %v, which was %v", a.id, a.run, a.told)
		}
	}
}
