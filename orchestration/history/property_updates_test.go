package history

import (
	"maps"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	"pgregory.net/rapid"
)

// updateID draws one of a few ids, so that they are used again.
func (w *wild) updateID() string {
	return rapid.SampledFrom([]string{"u1", "u2", "u3", "u4"}).Draw(w.T, "update id")
}

// principal draws who asks for something.
func (w *wild) principal() *commonpb.Principal {
	if rapid.Bool().Draw(w.T, "nobody") {
		return nil
	}
	return &commonpb.Principal{Type: "key", Name: drawText(w.T)}
}

func (w *wild) update() {
	request, by := updateRequest(w.updateID(), drawText(w.T)), w.principal()
	w.do(func(r *Run) answer {
		tr, state, err := r.AdmitUpdate(request, by, w.now)
		return answer{tr, printState(state), err}
	})
}

// lose has another owner take the run over: what was in memory only is gone, and nothing else.
func (w *wild) lose() {
	w.run, w.copy = w.twin.loadStored(w, w.run), w.twin.loadStored(w, w.run)
	w.twin.forget(w.run)
	w.twin.follow(w, w.run, Transition{})
}

// reply draws what a worker says of updates: of those it was sent, and now and then of others.
func (w *wild) reply(in *CompleteWorkflowTask) {
	in.RewindsEvents = rapid.Bool().Draw(w.T, "rewinds")
	for _, id := range slices.Sorted(maps.Keys(w.run.updates)) {
		if w.run.updates[id].stage() == UpdateAccepted && rapid.Bool().Draw(w.T, "answer") {
			w.say(in, "answer", id)
		}
	}
	for _, a := range w.run.admitted {
		words := [][]string{{"accept"}, {"accept", "answer"}, {"reject"}, {"reject"}, {}}
		for _, word := range rapid.SampledFrom(words).Draw(w.T, "say") {
			w.say(in, word, a.id())
		}
	}
	if rapid.IntRange(0, 9).Draw(w.T, "of another") == 0 {
		w.say(in, rapid.SampledFrom([]string{"accept", "reject", "answer"}).Draw(w.T, "word"), w.updateID())
	}
}

func (w *wild) say(in *CompleteWorkflowTask, word, id string) {
	suffix, body := replyWords[word](parseLine(nil, word+" "+id), id)
	in.Messages = append(in.Messages, &protocolpb.Message{Id: id + suffix, ProtocolInstanceId: id, Body: packAny(body)})
	if word != "reject" && rapid.IntRange(0, 3).Draw(w.T, "with a command") > 0 && !closesRun(in) {
		in.Commands = append(in.Commands, messageCommand(id+suffix))
	}
}

// closesRun tells whether the completion has a command that closes the run, after which there may be no other.
func closesRun(in *CompleteWorkflowTask) bool {
	for _, c := range in.Commands {
		if c.CommandType != enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE && rules[c.CommandType].closes {
			return true
		}
	}
	return false
}
