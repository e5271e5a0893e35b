package trace

// Kind is what a span is about: the value of the attribute tenuto.span. docs/traces.md describes each.
type Kind string

// The kinds of spans.
const (
	KindRun      Kind = "run"
	KindTask     Kind = "workflow_task"
	KindActivity Kind = "activity"
	KindWait     Kind = "wait"
	KindAttempt  Kind = "attempt"
	KindTimer    Kind = "timer"
	KindChild    Kind = "child"
	KindSignal   Kind = "signal"
	KindUpdate   Kind = "update"
	KindCancel   Kind = "cancel_request"
	KindReach    Kind = "external"
	KindMarker   Kind = "marker"
)

// Kinds are all kinds of spans.
func Kinds() []Kind {
	return []Kind{KindRun, KindTask, KindActivity, KindWait, KindAttempt, KindTimer, KindChild, KindSignal, KindUpdate, KindCancel, KindReach, KindMarker}
}

// Attributes of spans. docs/traces.md describes each; those without tenuto are of OpenTelemetry's semantic conventions.
const (
	attrSpan        = "tenuto.span"
	attrNamespace   = "tenuto.namespace"
	attrWorkflowID  = "tenuto.workflow.id"
	attrRunID       = "tenuto.run.id"
	attrType        = "tenuto.workflow.type"
	attrQueue       = "tenuto.task_queue"
	attrOutcome     = "tenuto.outcome"
	attrEvents      = "tenuto.run.events"
	attrRunAttempt  = "tenuto.run.attempt"
	attrCron        = "tenuto.cron"
	attrEvent       = "tenuto.event.id"
	attrActivity    = "tenuto.activity.type"
	attrActivityID  = "tenuto.activity.id"
	attrAttempts    = "tenuto.attempts"
	attrRetryState  = "tenuto.retry_state"
	attrTimerID     = "tenuto.timer.id"
	attrName        = "tenuto.name"
	attrUpdateID    = "tenuto.update.id"
	attrTarget      = "tenuto.target.workflow.id"
	attrTargetRun   = "tenuto.target.run.id"
	attrTargetType  = "tenuto.target.workflow.type"
	attrIdentity    = "tenuto.worker.identity"
	attrLink        = "tenuto.link"
	attrErrorType   = "error.type"
	attrExcType     = "exception.type"
	attrExcMessage  = "exception.message"
	attrServiceName = "service.name"

	eventException = "exception"
	eventLast      = "previous attempt failed"
)

// Attributes are the keys of all attributes of spans, their events, their links and the resource.
func Attributes() []string {
	return []string{
		attrSpan, attrNamespace, attrWorkflowID, attrRunID, attrType, attrQueue, attrOutcome, attrEvents, attrRunAttempt, attrCron, attrEvent, attrActivity, attrActivityID,
		attrAttempts, attrRetryState, attrTimerID, attrName, attrUpdateID, attrTarget, attrTargetRun, attrTargetType, attrIdentity, attrLink, attrErrorType,
		attrExcType, attrExcMessage, attrServiceName,
	}
}
