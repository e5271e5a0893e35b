package history

import (
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// sendUpdates marks the updates that the workflow task in flight carries: all that nobody has answered, unless its worker has the run in its
// cache and got some before. Those that a reset admitted by an event are not among them: SDKs read them from the event.
func (r *Run) sendUpdates() {
	t := r.Header.Task
	for _, a := range r.admitted {
		if a.sentIn == 0 || !t.Sticky {
			a.sentIn = t.StartedEventID
		}
	}
}

// unsendUpdates takes back that the task in flight, which never reached its worker, carried updates.
func (r *Run) unsendUpdates() {
	for _, a := range r.admitted {
		if a.sentIn == r.Header.Task.StartedEventID {
			a.sentIn = 0
		}
	}
}

// messages are what the workflow task in flight carries to its worker beside events.
func (r *Run) messages() (out []*protocolpb.Message) {
	t := r.Header.Task
	for _, a := range r.admitted {
		if a.sentIn != t.StartedEventID {
			continue
		}
		out = append(out, &protocolpb.Message{
			Id:                 a.id() + "/request",
			ProtocolInstanceId: a.id(),
			SequencingId:       &protocolpb.Message_EventId{EventId: t.StartedEventID - 1},
			Body:               packAny(a.request),
		})
	}
	return out
}

func packAny(m proto.Message) *anypb.Any {
	body, err := anypb.New(m)
	if err != nil {
		panic(err) // it was decoded before: its strings are UTF-8
	}
	return body
}

// reply is what a worker says about one update. Exactly one of the last three is set.
type reply struct {
	message    string // id of the protocol message
	update     string // id
	acceptance *updatepb.Acceptance
	rejection  *updatepb.Rejection
	response   *updatepb.Response
}

// inbox are the protocol messages of a completion that no command has asked for yet, in order.
type inbox []*reply

// newInbox reads the messages of a completion.
func newInbox(messages []*protocolpb.Message) (inbox, *refusal) {
	var in inbox
	seen := make(map[string]bool, len(messages))
	for _, m := range messages {
		if seen[m.GetId()] {
			return nil, badMessage("message %q is there twice", m.GetId())
		}
		seen[m.GetId()] = true
		r, bad := newReply(m)
		if bad != nil {
			return nil, bad
		}
		in = append(in, r)
	}
	return in, nil
}

// newReply reads one message.
func newReply(m *protocolpb.Message) (*reply, *refusal) {
	r := &reply{message: m.GetId(), update: m.GetProtocolInstanceId()}
	if r.update == "" {
		return nil, badMessage("message %q has no ProtocolInstanceId", r.message)
	}
	if size := proto.Size(m); size > orchestration.MaxPayloadSize {
		return nil, badMessage("message %q has %d bytes, the limit is %d", r.message, size, orchestration.MaxPayloadSize)
	}
	body, err := m.GetBody().UnmarshalNew()
	if err != nil {
		return nil, badMessage("message %q has a body that cannot be read", r.message)
	}
	switch b := body.(type) {
	case *updatepb.Acceptance:
		r.acceptance = b
	case *updatepb.Rejection:
		r.rejection = b
	case *updatepb.Response:
		r.response = b
	default:
		return nil, badMessage("message %q has a body of type %s", r.message, m.GetBody().GetTypeUrl())
	}
	return r, nil
}

// take takes a message out.
func (in *inbox) take(id string) *reply {
	for i, r := range *in {
		if r.message == id {
			*in = append((*in)[:i:i], (*in)[i+1:]...)
			return r
		}
	}
	return nil
}

// rest takes out what no command of the completion asks for: rejections, and everything of SDKs that send no commands for messages.
func (in *inbox) rest(commands []*commandpb.Command) (out []*reply) {
	asked := make(map[string]bool)
	for _, c := range commands {
		asked[c.GetProtocolMessageCommandAttributes().GetMessageId()] = true
	}
	kept := inbox{}
	for _, r := range *in {
		if asked[r.message] {
			kept = append(kept, r)
		} else {
			out = append(out, r)
		}
	}
	*in = kept
	return out
}

// badMessage is a refusal of a protocol message.
func badMessage(format string, args ...any) *refusal {
	return &refusal{cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE, message: fmt.Sprintf(format, args...)}
}
