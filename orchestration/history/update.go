package history

import (
	"maps"
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	updatepb "go.temporal.io/api/update/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// workflowUpdate is the item of a workflow update that history knows. It is kept after the close of the run: it leads to the outcome.
type workflowUpdate struct {
	AdmittedEventID  orchestration.EventID `cbor:"1,keyasint,omitempty"` // of WorkflowExecutionUpdateAdmitted, which only a reset writes
	AcceptedEventID  orchestration.EventID `cbor:"2,keyasint,omitempty"`
	CompletedEventID orchestration.EventID `cbor:"3,keyasint,omitempty"`
	Rejected         bool                  `cbor:"4,keyasint,omitempty"` // live. An update admitted by event that its workflow rejected: as if it had never been
}

// stage is how far the update has come.
func (u *workflowUpdate) stage() UpdateStage {
	switch {
	case u == nil || u.Rejected:
		return UpdateUnknown
	case u.CompletedEventID != 0:
		return UpdateCompleted
	case u.AcceptedEventID != 0:
		return UpdateAccepted
	}
	return UpdateAdmitted
}

// admittedUpdate is an update that lives in memory only: no worker has accepted it yet.
type admittedUpdate struct {
	request *updatepb.Request
	by      *commonpb.Principal   // who the server knows asked for it; nil: nobody it has verified
	sentIn  orchestration.EventID // StartedEventID of the latest workflow task that carried it to a worker; 0: none has
}

func (a *admittedUpdate) id() string { return a.request.GetMeta().GetUpdateId() }

// UpdateStage is how far an update has come. Its order is the protocol's.
type UpdateStage = enumspb.UpdateWorkflowExecutionLifecycleStage

// The stages of an update. UpdateUnknown: this run has none of that id.
const (
	UpdateUnknown   = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_UNSPECIFIED
	UpdateAdmitted  = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED // in memory: a lost owner loses it
	UpdateAccepted  = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED // in history: it will have an outcome
	UpdateCompleted = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
)

// UpdateState is what a run knows of an update.
type UpdateState struct {
	Stage UpdateStage
	// CompletedEventID is the event that holds the outcome; 0 when there is none.
	CompletedEventID orchestration.EventID
	// Outcome is set instead for an update that the close of the run ended.
	Outcome *updatepb.Outcome
}

// UpdateNews is what a transition made of an update.
type UpdateNews struct {
	ID      string
	Stage   UpdateStage
	Outcome *updatepb.Outcome // with UpdateCompleted: also of a rejected update, which leaves nothing else behind
	Aborted bool              // the run closed before the update was accepted, or was reset before it completed; Stage is UpdateUnknown
}

// Update looks an update up by its id.
func (r *Run) Update(id string) UpdateState {
	u := r.updates[id]
	switch stage := u.stage(); {
	case stage == UpdateCompleted:
		return UpdateState{Stage: stage, CompletedEventID: u.CompletedEventID}
	case stage == UpdateAccepted && !r.Header.running():
		return UpdateState{Stage: UpdateCompleted, Outcome: endedByClose()}
	case stage == UpdateUnknown && r.admittedUpdate(id) != nil:
		return UpdateState{Stage: UpdateAdmitted}
	case stage == UpdateAdmitted && !r.Header.running():
		return UpdateState{}
	default:
		return UpdateState{Stage: stage}
	}
}

// AdmitUpdate takes an update in that by asked for, unless the run has one of that id: then it only says how far that has come. An admitted update is in memory
// only; it rides on the next workflow task, which is a speculative one when none is due. Errors: NotFound (closed), WorkflowNotReady (its workflow
// task keeps failing), ResourceExhausted (too many in flight), FailedPrecondition (too many ever).
func (r *Run) AdmitUpdate(request *updatepb.Request, by *commonpb.Principal, now time.Time) (Transition, UpdateState, error) {
	if known := r.Update(request.GetMeta().GetUpdateId()); known.Stage != UpdateUnknown {
		return Transition{}, known, nil
	}
	if err := r.admits(); err != nil {
		return Transition{}, UpdateState{}, err
	}
	s := r.begin(now)
	r.admitted = append(r.admitted, &admittedUpdate{request: request, by: by})
	s.out.Volatile = true
	return s.finish(), UpdateState{Stage: UpdateAdmitted}, nil
}

// admits refuses an update that this run cannot take now.
func (r *Run) admits() error {
	if err := r.open(); err != nil {
		return err
	}
	if t := r.Header.Task; t != nil && t.Attempt >= backoffFromAttempt {
		return orchestration.Errorf(orchestration.WorkflowNotReady, "Unable to perform workflow execution update due to Workflow Task in failed state.")
	}
	inFlight := len(r.admitted)
	for _, u := range r.updates {
		if s := u.stage(); s == UpdateAdmitted || s == UpdateAccepted {
			inFlight++
		}
	}
	switch {
	case inFlight >= orchestration.MaxUpdatesInFlight:
		err := orchestration.Errorf(orchestration.ResourceExhausted, "limit on number of concurrent in-flight updates has been reached (%d)", orchestration.MaxUpdatesInFlight)
		err.Cause, err.Scope = enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT, enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE
		return err
	case len(r.updates)+len(r.admitted) >= orchestration.MaxUpdatesPerRun:
		return orchestration.Errorf(orchestration.FailedPrecondition, "limit on the total number of distinct updates in this workflow has been reached (%d)", orchestration.MaxUpdatesPerRun)
	}
	return nil
}

// admittedUpdate finds an update that lives in memory only.
func (r *Run) admittedUpdate(id string) *admittedUpdate {
	for _, a := range r.admitted {
		if a.id() == id {
			return a
		}
	}
	return nil
}

// dismissUpdate forgets an admitted update that was accepted or rejected.
func (r *Run) dismissUpdate(id string) {
	for i, a := range r.admitted {
		if a.id() == id {
			r.admitted = append(r.admitted[:i:i], r.admitted[i+1:]...)
			return
		}
	}
}

// updatesWait tells whether an update has not been sent to any worker yet.
func (r *Run) updatesWait() bool {
	for _, a := range r.admitted {
		if a.sentIn == 0 {
			return true
		}
	}
	return false
}

// endUpdates tells those who wait for updates of a run that closes: accepted ones fail, admitted ones were never here. Of a run that is reset they learn no
// outcome: another one answers.
func (s *step) endUpdates() {
	for _, a := range s.run.admitted {
		s.out.Updates = append(s.out.Updates, UpdateNews{ID: a.id(), Aborted: true})
	}
	s.run.admitted = nil
	for _, id := range slices.Sorted(maps.Keys(s.run.updates)) {
		switch stage := s.run.updates[id].stage(); {
		case stage == UpdateAdmitted, stage == UpdateAccepted && s.reset:
			s.out.Updates = append(s.out.Updates, UpdateNews{ID: id, Aborted: true})
		case stage == UpdateAccepted:
			s.out.Updates = append(s.out.Updates, UpdateNews{ID: id, Stage: UpdateCompleted, Outcome: endedByClose()})
		}
	}
}

// endedByClose is the outcome of an update whose run closed before its handler was done.
func endedByClose() *updatepb.Outcome {
	return failedUpdate("Workflow Update failed because the Workflow completed before the Update completed.", "AcceptedUpdateCompletedWorkflow")
}

// unprocessed is the outcome of an update that a worker has neither accepted nor rejected: its SDK or its code knows no updates.
func unprocessed() *updatepb.Outcome {
	return failedUpdate("Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.", "UnprocessedUpdate")
}

func failedUpdate(message, kind string) *updatepb.Outcome {
	return &updatepb.Outcome{Value: &updatepb.Outcome_Failure{Failure: &failurepb.Failure{
		Message: message,
		Source:  failureSource,
		FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
			ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: kind, NonRetryable: true},
		},
	}}}
}
