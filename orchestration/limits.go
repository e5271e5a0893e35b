package orchestration

import "time"

// Limits that users of this API know. docs/limits.md lists each with its error and its test.
const (
	MaxIDLength             = 1000      // bytes: workflow id, type, task queue, activity id, timer id, signal, query, marker, request id, identity
	MaxReasonSize           = 1000      // bytes: why an operator did something
	MaxPayloadSize          = 2 << 20   // bytes: one blob of a request: input, result, details, failure, one search attribute set …
	WarnPayloadSize         = 256 << 10 // bytes: logged from here
	MaxMemoSize             = 2 << 20   // bytes
	MaxSearchAttributeSize  = 40 << 10  // bytes, all of a run
	MaxSearchAttributeValue = 2 << 10   // bytes: one value
	MaxMessageSize          = 4 << 20   // bytes: one gRPC request
	MaxHistoryEvents        = 50 << 10  // events: the run is terminated past it
	WarnHistoryEvents       = 10 << 10  // events: logged, and SuggestContinueAsNew from 4 Ki
	MaxHistoryBytes         = 50 << 20  // bytes: the run is terminated past it
	WarnHistoryBytes        = 10 << 20  // bytes
	SuggestHistoryEvents    = 4 << 10   // events: workflow tasks suggest continue-as-new from here
	SuggestHistoryBytes     = 4 << 20   // bytes
	MaxPendingActivities    = 2000      // per run
	MaxPendingTimers        = 2000      // per run
	MaxPendingChildren      = 2000      // per run
	MaxPendingSignals       = 2000      // to other runs, per run
	MaxPendingCancels       = 2000      // of other runs, per run
	MaxBufferedEvents       = 100       // while a workflow task is in flight; past it the workflow task is failed so that they flush
	MaxBufferedBytes        = 2 << 20
	MaxKeptFailure          = 4 << 10 // bytes that state keeps of an attempt's failure while its activity is retried
	MaxSignalsPerRun        = 10000
	MaxSignalRequestIDs     = 1000 // remembered per run for deduplication, oldest forgotten first
	MaxUpdatesInFlight      = 10   // workflow updates of a run that are admitted or accepted and not completed
	MaxUpdatesPerRun        = 2000 // workflow updates of a run ever
	SuggestUpdates          = 1800 // workflow tasks suggest continue-as-new from here: nine tenths of MaxUpdatesPerRun
	MaxBatches              = 1    // batch operations of a namespace that go on at a time
	MaxBatchRuns            = 1000 // workflows that a batch operation names one by one
	MaxBatchFailures        = 100  // workflows that a batch operation failed for and that are kept with it
	MaxBatchRate            = 500  // workflows per second of a batch operation, also of one that wishes none
	MaxTaskTimeout          = 120 * time.Second
	DefaultTaskTimeout      = 10 * time.Second
	WorkflowTaskHeartbeats  = 30 * time.Minute // how long ForceCreateNewWorkflowTask may keep one task going
	LongPoll                = 60 * time.Second // how long a worker's poll waits when its own deadline does not say less
	LongPollUpdate          = 20 * time.Second // how long a caller waits for a workflow update before it is told how far that is
	LongPollHistory         = 20 * time.Second // how long a history long poll waits before it answers empty
)
