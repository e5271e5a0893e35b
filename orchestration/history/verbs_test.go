package history

import (
	"strings"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// verbs are what scripts can say.
var verbs map[string]func(s *stage, l line, more []string)

func init() {
	verbs = map[string]func(s *stage, l line, more []string){
		"start": playStart, "next": playNext, "reset": playReset, "status": playStatus, "poll": playPoll, "respond": playRespond, "fail-task": playFailTask, "unstart": playUnstart,
		"signal": playSignal, "cancel": playCancel, "terminate": playTerminate, "delete": playDelete, "advance": playAdvance, "back": playBack, "fire-at": playFireAt, "skip": playSkip,
		"leave-sticky":  func(s *stage, _ line, _ []string) { s.report(s.run.LeaveSticky(s.now), nil) },
		"poll-activity": playPollActivity, "unstart-activity": playUnstartActivity, "complete-activity": playCompleteActivity,
		"fail-activity": playFailActivity, "cancel-activity": playCancelActivity, "heartbeat": playHeartbeat,
		"update": playUpdate, "look-up": playLookUp, "lose": playLose, "solidify": func(s *stage, _ line, _ []string) { s.report(s.run.Solidify(s.now), nil) },
		"admitted-event": playAdmittedEvent,
		"end":            playEnd, "put-off": playPutOff, "child-closed": playChildClosed, "children": playChildren, "actions": playActions,
		"report-again": func(s *stage, _ line, _ []string) { s.report(s.run.ReportAgain(s.now)) },
		"signal-from":  playSignalFrom, "cancel-from": playCancelFrom,
		"history": playHistory, "pending": playPending, "wake": playWake, "backlog": playBacklog, "grace": playGrace,
		"pause": playPause, "unpause": playUnpause, "reset-activity": playResetActivity, "update-activity": playUpdateActivity,
	}
}

func text(data string) *commonpb.Payloads {
	if data == "" {
		return nil
	}
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{payload(data)}}
}

func payload(data string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(data)}
}

func playStart(s *stage, l line, _ []string) {
	in := StartRun{
		Key: testKey, Type: "Transfer", TaskQueue: "q", RequestID: "r0", Identity: "client",
		RunTimeout: l.duration("run-timeout"), ExecutionTimeout: l.duration("execution-timeout"),
		TaskTimeout: l.duration("task-timeout"), StartDelay: l.duration("delay"),
	}
	if p := l.int("priority"); p > 0 {
		in.Priority = &commonpb.Priority{PriorityKey: int32(p)}
	}
	if k, v, ok := strings.Cut(l.pairs["memo"], ":"); ok {
		in.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{k: payload(v)}}
	}
	if v, ok := l.pairs["summary"]; ok {
		in.UserMetadata = &sdkpb.UserMetadata{Summary: payload(v)}
	}
	if l.has("child") {
		in.Parent = testParent
	}
	if l.has("retry") {
		in.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 1}
	}
	s.chain(l, &in)
	s.start(in)
}

// start begins a run.
func (s *stage) start(in StartRun) {
	run, tr := Start(in, s.now)
	s.run, s.twin = run, newTwin()
	s.report(tr, nil)
}

func playPoll(s *stage, l line, _ []string) {
	task := s.ready(orchestration.WorkflowTask, 0)
	if l.has("again") {
		task = Task{Kind: orchestration.WorkflowTask, ScheduledEventID: s.task.ScheduledEventID, Attempt: s.task.Attempt}
	}
	tr, started, err := s.run.StartWorkflowTask(task, Poller{Identity: "worker", RequestID: l.pairs["request"]}, s.now)
	s.report(tr, err)
	if err != nil {
		return
	}
	s.task = started
	s.printf("task %d,%d attempt %d previous %d sticky %v", started.ScheduledEventID, started.StartedEventID, started.Attempt, started.PreviousStarted, started.Sticky)
	events, _ := s.run.Pending()
	for _, ev := range events {
		s.printf("  pending %s", printEvent(ev, false))
	}
	for _, m := range started.Messages {
		s.printf("  message %s after event %d", m.Id, m.GetEventId())
	}
}

func (s *stage) ref() WorkflowTaskRef {
	return WorkflowTaskRef{ScheduledEventID: s.task.ScheduledEventID, StartedEventID: s.task.StartedEventID, Attempt: s.task.Attempt, Nonce: s.task.Nonce}
}

// defined are the search attributes of the scripts' namespace.
var defined = search.Attributes{"City": search.Keyword, "Tags": search.KeywordList, "Guests": search.Int, "s": search.Keyword}

func playRespond(s *stage, l line, more []string) {
	in := CompleteWorkflowTask{
		WorkflowTaskRef: s.ref(), Identity: "worker", ForceCreate: l.has("force"), RewindsEvents: l.has("rewinds"),
		Namespaces: namespaces, Attributes: defined, ChildRuns: s.childRuns(), NextRunID: s.nextID(),
	}
	if build, ok := l.pairs["build"]; ok {
		in.Stamp, in.BinaryChecksum = &commonpb.WorkerVersionStamp{BuildId: build}, build
	}
	if q, ok := l.pairs["sticky"]; ok {
		in.Sticky = &taskqueuepb.StickyExecutionAttributes{
			WorkerTaskQueue: &taskqueuepb.TaskQueue{Name: q}, ScheduleToStartTimeout: durationpb.New(l.duration("sticky-timeout")),
		}
	}
	for _, text := range more {
		s.say(&in, parseLine(s.t, text))
	}
	out, err := s.run.CompleteWorkflowTask(in, s.now)
	s.report(out.Transition, err)
	if out.Failed != nil {
		s.printError("failed", out.Failed)
	}
	if out.ResetEventID != 0 {
		s.printf("reset to event %d", out.ResetEventID)
	}
	if len(out.Eager) > 0 {
		s.printf("eager %v", out.Eager)
	}
}

func playFailTask(s *stage, l line, _ []string) {
	s.report(s.run.FailWorkflowTask(FailWorkflowTask{
		WorkflowTaskRef: s.ref(), Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, Identity: "worker",
		Failure: &failurepb.Failure{Message: l.word(0)},
	}, s.now))
}

func playUnstart(s *stage, _ line, _ []string) { s.report(s.run.UnstartWorkflowTask(s.ref(), s.now)) }

func playSignal(s *stage, l line, _ []string) {
	s.report(s.run.Signal(Signal{Name: l.word(0), RequestID: l.pairs["request"], Identity: "client"}, s.now))
}

func playCancel(s *stage, l line, _ []string) {
	s.report(s.run.RequestCancel(Cancel{Reason: l.word(0), RequestID: l.pairs["request"], Identity: "client"}, s.now))
}

func playTerminate(s *stage, l line, _ []string) {
	s.report(s.run.Terminate(Terminate{Reason: l.word(0), Identity: "client"}, s.now))
}

func playDelete(s *stage, l line, _ []string) {
	s.report(s.run.Delete(Terminate{Reason: l.word(0), Identity: "client"}, s.now), nil)
	s.printf("gone: %v", s.run.Gone())
}

// playAdvance lets time pass; the run is fired at each of its own moments.
func playAdvance(s *stage, l line, _ []string) {
	end := s.now.Add(mustDuration(s.t, l.word(0)))
	for next := s.run.NextTimer(); !next.IsZero() && !next.After(end); next = s.run.NextTimer() {
		if next.After(s.now) {
			s.now = next
		}
		s.printf("at %s", offset(s.now))
		s.report(s.run.Fire(s.now, s.nextID()), nil)
	}
	s.now = end
}

// playFireAt lets time pass while the owner is away, then fires once.
func playFireAt(s *stage, l line, _ []string) {
	s.now = s.now.Add(mustDuration(s.t, l.word(0)))
	s.report(s.run.Fire(s.now, s.nextID()), nil)
}

// playSkip lets time pass while the owner is away.
func playSkip(s *stage, l line, _ []string) { s.now = s.now.Add(mustDuration(s.t, l.word(0))) }

// playBack sets the wall clock back.
func playBack(s *stage, l line, _ []string) { s.now = s.now.Add(-mustDuration(s.t, l.word(0))) }

func playPollActivity(s *stage, l line, _ []string) {
	task := Task{Kind: orchestration.ActivityTask, ScheduledEventID: s.scheduled(l.word(0))}
	if task.ScheduledEventID != 0 {
		task = s.ready(orchestration.ActivityTask, task.ScheduledEventID)
	}
	if l.has("again") {
		task.Attempt = s.acts[l.word(0)].Attempt
	}
	if q := l.pairs["queue"]; q != "" {
		task.Queue = q
	}
	tr, started, err := s.run.StartActivity(task, Poller{Identity: "worker", RequestID: l.pairs["request"]}, s.now)
	s.report(tr, err)
	if err != nil {
		return
	}
	s.acts[l.word(0)] = started
	s.printf("activity %s attempt %d scheduled %s, first %s, details %s", started.ActivityID, started.AttemptCount,
		offset(started.AttemptScheduledTime), offset(started.ScheduledTime), printMessage(started.HeartbeatDetails.ProtoReflect()))
}

// scheduled is the event id of a pending activity.
func (s *stage) scheduled(id string) orchestration.EventID { return s.run.activityIDs[id] }

// activityRef names the activity as a worker with a token does, or by id.
func (s *stage) activityRef(l line) ActivityRef {
	if l.has("by-id") {
		return ActivityRef{ActivityID: l.word(0)}
	}
	a := s.acts[l.word(0)]
	return ActivityRef{ScheduledEventID: a.ScheduledEventID, Attempt: a.Attempt}
}

func playUnstartActivity(s *stage, l line, _ []string) {
	s.report(s.run.UnstartActivity(s.activityRef(l), s.now))
}

func playCompleteActivity(s *stage, l line, _ []string) {
	s.report(s.run.CompleteActivity(s.activityRef(l), text(l.pairs["result"]), "worker", s.now))
}

func playFailActivity(s *stage, l line, _ []string) {
	info := &failurepb.ApplicationFailureInfo{Type: l.pairs["type"], NonRetryable: l.has("non-retryable")}
	if d, ok := l.pairs["next"]; ok {
		info.NextRetryDelay = durationpb.New(mustDuration(s.t, d))
	}
	f := &failurepb.Failure{Message: l.pairs["message"], FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: info}}
	s.report(s.run.FailActivity(s.activityRef(l), f, text(l.pairs["details"]), "worker", s.now))
}

func playCancelActivity(s *stage, l line, _ []string) {
	s.report(s.run.CancelActivity(s.activityRef(l), text(l.pairs["details"]), "worker", s.now))
}

func playHeartbeat(s *stage, l line, _ []string) {
	tr, answer, err := s.run.Heartbeat(s.activityRef(l), text(l.pairs["details"]), "worker", s.now)
	s.report(tr, err)
	if err == nil {
		s.printf("cancel requested: %v", answer.CancelRequested)
		if answer.Paused || answer.Reset {
			s.printf("paused: %v, reset: %v", answer.Paused, answer.Reset)
		}
	}
}

// playHistory prints the stored history in short.
func playHistory(s *stage, _ line, _ []string) {
	for _, ev := range s.twin.events {
		s.printf("%s", printEvent(ev, false))
	}
}

func playPending(s *stage, _ line, _ []string) {
	if t := s.run.PendingWorkflowTask(); t != nil {
		s.printf("workflow task: %s", printMessage(t.ProtoReflect()))
	}
	for _, a := range s.run.PendingActivities() {
		s.printf("activity: %s", printMessage(a.ProtoReflect()))
	}
}

func playWake(s *stage, _ line, _ []string) {
	if at := s.run.Wake(); at.IsZero() {
		s.printf("never")
	} else {
		s.printf("%s", offset(at))
	}
}

func playBacklog(s *stage, l line, _ []string) {
	task := s.ready(orchestration.WorkflowTask, 0)
	if id := l.pairs["activity"]; id != "" {
		task = s.ready(orchestration.ActivityTask, s.scheduled(id))
	}
	s.run.SetBacklog(task, int64(l.int("seq")))
}

func playGrace(s *stage, _ line, _ []string) { s.run.Grace(s.now) }

// command reads one workflow command of a script.
func (s *stage) command(l line) *commandpb.Command {
	c := commandOf(s.t, l)
	if l.words[0] == "cancel-activity" {
		c.GetRequestCancelActivityTaskCommandAttributes().ScheduledEventId = s.eventOfActivity(l.word(0))
	}
	return c
}

// eventOfActivity is the event that scheduled the activity, also when it has closed since.
func (s *stage) eventOfActivity(id string) orchestration.EventID {
	for _, ev := range s.twin.events {
		if a := ev.GetActivityTaskScheduledEventAttributes(); a.GetActivityId() == id {
			return ev.EventId
		}
	}
	return 0
}

func commandOf(t *testing.T, l line) *commandpb.Command {
	build, ok := commandWords[l.words[0]]
	if !ok {
		t.Fatalf("unknown command %q", l.words[0])
	}
	c := build(l)
	if summary, ok := l.pairs["summary"]; ok {
		c.UserMetadata = &sdkpb.UserMetadata{Summary: payload(summary)}
	}
	return c
}
