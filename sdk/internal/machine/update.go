package machine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// UpdateHandler runs one type of update.
type UpdateHandler struct {
	// Begin decodes the input of an update. Validate, which must only look, may refuse it; Execute runs it.
	Begin func(id string, input *updatepb.Input) (validate func() error, execute func() (*commonpb.Payloads, error), err error)
	// MayBeLeft: the workflow may end while it runs, without a word about it in the log.
	MayBeLeft bool
}

// updates are the handlers of a run and what goes on with them.
type updates struct {
	handlers map[string]UpdateHandler
	// waiting came before there was any handler, in the order of their coming.
	waiting []*update
	// running are accepted and not completed, by id.
	running map[string]*update
	// admitted are the requests that a reset brought along, until they are accepted, by id.
	admitted map[string]*updatepb.Request
	// messages are for the server.
	messages []*protocolpb.Message
}

// update is a request to update the run.
type update struct {
	// instance names it in the protocol: it is the update's id.
	instance, messageID string
	sequence            int64
	request             *updatepb.Request
}

func (u *update) name() string { return u.request.GetInput().GetName() }

// SetUpdateHandler makes handler run updates of a name, in place of an earlier one. Updates that came before there was any handler run
// now, before the caller goes on.
func (r *Run) SetUpdateHandler(name string, handler UpdateHandler) {
	r.mutating("SetUpdateHandler")
	if strings.HasPrefix(name, "__") {
		panic(fmt.Sprintf("update %q: names that begin with two underscores are reserved", name))
	}
	if r.updates.handlers == nil {
		r.updates.handlers = make(map[string]UpdateHandler)
	}
	r.updates.handlers[name] = handler
	r.use(flagUpdatesFirst)
	waiting := r.updates.waiting
	r.updates.waiting = nil
	for _, u := range waiting {
		if u.name() == name {
			r.spawnUpdate(u)
		} else {
			r.updates.waiting = append(r.updates.waiting, u)
		}
	}
	r.scheduler.Yield("SetUpdateHandler")
}

// RunningUpdates returns the number of updates whose handlers have not finished.
func (r *Run) RunningUpdates() int { return len(r.updates.running) }

// TakeMessages returns what to tell the server with the completion of the task.
func (r *Run) TakeMessages() []*protocolpb.Message {
	messages := r.updates.messages
	r.updates.messages = nil
	return messages
}

// deliverUpdates starts the updates of a task before its code runs. Those that come before any handler exists wait for it: a workflow's first
// task sets its handlers.
func (r *Run) deliverUpdates(task Task) error {
	requests, err := r.updateRequests(task)
	if err != nil {
		return err
	}
	for _, u := range requests {
		r.use(flagMessageCommands)
		r.use(flagUpdatesFirst)
		if len(r.updates.handlers) == 0 {
			r.updates.waiting = append(r.updates.waiting, u)
		} else {
			r.spawnUpdate(u)
		}
	}
	return nil
}

// drainUpdates starts those that still wait when no code can move. They are refused, for want of a handler.
func (r *Run) drainUpdates() bool {
	waiting := r.updates.waiting
	r.updates.waiting = nil
	for _, u := range waiting {
		r.spawnUpdate(u)
	}
	return len(waiting) > 0
}

func (r *Run) spawnUpdate(u *update) {
	r.scheduler.SpawnAhead("update "+u.name(), func() { r.runUpdate(u) })
}

func (r *Run) runUpdate(u *update) {
	handler, ok := r.updates.handlers[u.name()]
	if !ok {
		known := slices.Sorted(maps.Keys(r.updates.handlers))
		r.reject(u, fmt.Errorf("unknown update %v. KnownUpdates=%v", u.name(), known))
		return
	}
	r.hold(u.request.GetInput().GetArgs())
	validate, execute, err := handler.Begin(u.instance, u.request.GetInput())
	if err == nil && !r.Replaying {
		// What was accepted is accepted: validators may change between versions of the code.
		err = r.validate(u, validate)
	}
	if err != nil {
		r.reject(u, err)
		return
	}
	r.accept(u)
	if r.updates.running == nil {
		r.updates.running = make(map[string]*update)
	}
	r.updates.running[u.instance] = u
	result, err := execute()
	delete(r.updates.running, u.instance)
	r.complete(u, result, err)
}

// validate makes a panic of the validator a refusal.
func (r *Run) validate(u *update, validate func() error) (err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("validator of update %s: panic: %v", u.name(), recovered)
		}
	}()
	r.ReadOnly("an update validator", func() { err = validate() })
	return err
}

func (r *Run) reject(u *update, err error) {
	r.send(u, "/reject", &updatepb.Rejection{
		RejectedRequestMessageId: u.messageID, RejectedRequestSequencingEventId: u.sequence, RejectedRequest: u.request,
		Failure: r.config.Failures.ErrorToFailure(err),
	})
}

func (r *Run) accept(u *update) {
	r.ask(r.send(u, "/accept", &updatepb.Acceptance{
		AcceptedRequestMessageId: u.messageID, AcceptedRequestSequencingEventId: u.sequence, AcceptedRequest: u.request,
	}))
}

func (r *Run) complete(u *update, result *commonpb.Payloads, err error) {
	outcome := &updatepb.Outcome{Value: &updatepb.Outcome_Success{Success: result}}
	if err != nil {
		outcome.Value = &updatepb.Outcome_Failure{Failure: r.config.Failures.ErrorToFailure(err)}
	}
	r.ask(r.send(u, "/complete", &updatepb.Response{Meta: &updatepb.Meta{UpdateId: u.instance}, Outcome: outcome}))
}

// send adds a message and returns its id. In replay the server has it.
func (r *Run) send(u *update, suffix string, body proto.Message) string {
	packed, err := anypb.New(body)
	if err != nil { // Only a message that is not one cannot be packed.
		panic(err)
	}
	id := u.instance + suffix
	if !r.Replaying {
		r.updates.messages = append(r.updates.messages, &protocolpb.Message{Id: id, ProtocolInstanceId: u.instance, Body: packed})
	}
	return id
}

// ask gives a message its place among the commands.
func (r *Run) ask(messageID string) {
	r.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_PROTOCOL_MESSAGE,
		Attributes: &commandpb.Command_ProtocolMessageCommandAttributes{
			ProtocolMessageCommandAttributes: &commandpb.ProtocolMessageCommandAttributes{MessageId: messageID},
		},
	})
}

// warnUnfinished tells of the updates that the end of the workflow cuts off, whose callers get an error.
func (r *Run) warnUnfinished() {
	for _, id := range slices.Sorted(maps.Keys(r.updates.running)) {
		if name := r.updates.running[id].name(); !r.updates.handlers[name].MayBeLeft {
			r.logger.Warn("the workflow ended while the handler of an update ran: wait for AllHandlersFinished", "update", name, "update_id", id)
		}
	}
}
