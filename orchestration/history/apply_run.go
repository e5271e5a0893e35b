package history

import (
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

func (r *Run) applyStarted(ev *historypb.HistoryEvent) {
	a, h := ev.GetWorkflowExecutionStartedEventAttributes(), &r.Header
	h.Status, h.Metered = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, true
	h.Type, h.TaskQueue = a.WorkflowType.GetName(), a.TaskQueue.GetName()
	h.StartTime = ev.EventTime.AsTime()
	h.ExecutionTime = h.StartTime
	if d := a.FirstWorkflowTaskBackoff.AsDuration(); d > 0 {
		h.ExecutionTime = h.StartTime.Add(d)
		h.FirstTaskDue = instantOf(h.ExecutionTime)
	}
	h.RunTimeout, h.ExecutionTimeout = a.WorkflowRunTimeout.AsDuration(), a.WorkflowExecutionTimeout.AsDuration()
	h.TaskTimeout = a.WorkflowTaskTimeout.AsDuration()
	h.Parent = parentOf(a)
	h.Trace, _ = orchestration.TraceContextOf(a.Header)
	h.Priority, h.RetryPolicy = priority{a.Priority}, retryPolicy{a.RetryPolicy}
	r.applyChain(a)
	if len(a.Memo.GetFields()) > 0 {
		r.memo = memo{a.Memo}
		r.files.touch(memoItem, "")
	}
	if len(a.SearchAttributes.GetIndexedFields()) > 0 {
		r.search = searchAttrs{a.SearchAttributes}
		r.files.touch(searchItem, "")
	}
	if ev.UserMetadata != nil {
		r.metadata = userMetadata{ev.UserMetadata}
		r.files.touch(metadataItem, "")
	}
}

// applyChain takes over what the first event says about the runs before and after.
func (r *Run) applyChain(a *historypb.WorkflowExecutionStartedEventAttributes) {
	h := &r.Header
	if first, err := orchestration.ParseRunID(a.FirstExecutionRunId); err == nil && first != r.Key.RunID {
		h.First = first
	}
	if a.Attempt > 1 {
		h.Attempt = a.Attempt
	}
	if at := a.WorkflowExecutionExpirationTime; at != nil {
		if expires := instantOf(at.AsTime()); expires != h.executionExpires() {
			h.Expires = expires
		}
	}
	h.Cron = a.CronSchedule
	h.Patient = a.CronSchedule != "" || a.Initiator != enumspb.CONTINUE_AS_NEW_INITIATOR_UNSPECIFIED
	r.applyEarlierPoints(a.PrevAutoResetPoints.GetPoints())
	if b := beginning(a); b != nil {
		r.beginning = startedAttrs{b}
		r.files.touch(beginningItem, "")
	}
}

// applyClosed leaves of the state what is still asked for: the header, memo, search attributes, user metadata and updates.
func (r *Run) applyClosed(ev *historypb.HistoryEvent, status enumspb.WorkflowExecutionStatus) {
	r.Header.Status, r.Header.CloseTime = status, ev.EventTime.AsTime()
	r.Header.Task, r.Header.FirstTaskDue = nil, 0
	r.Header.StickyQueue, r.Header.StickyTimeout = "", 0
	for id := range r.activities {
		r.removeActivity(id)
	}
	for id := range r.timers {
		r.removeTimer(id)
	}
	for id := range r.children {
		r.removeChild(id)
	}
	for id := range r.externals {
		r.removeExternal(id)
	}
	r.forgetRequests()
	for _, b := range r.buffer {
		r.files.touch(bufferItem, eventItemID(b.Seq))
	}
	r.buffer, r.admitted = nil, nil
	r.beginning, r.carried = startedAttrs{}, nil
	r.files.touch(beginningItem, "")
	r.files.touch(carriedItem, "")
	r.alarms, r.waiting = agenda{}, agenda{}
	r.reconsider(&r.alarms)
	r.reconsider(&r.waiting)
	r.files.unspill()
}

// forgetRequests forgets the request ids of clients. Those of other runs' effects stay: their repetition must not be told that there is no run.
func (r *Run) forgetRequests() {
	r.remembered = slices.DeleteFunc(r.remembered, func(id string) bool {
		if r.requests[id].Effect {
			return false
		}
		delete(r.requests, id)
		r.files.touch(requestItem, id)
		return true
	})
}

// ownRequests counts the remembered request ids of clients.
func (r *Run) ownRequests() int {
	n := 0
	for _, q := range r.requests {
		if !q.Effect {
			n++
		}
	}
	return n
}

// remember keeps a request id for deduplication; past the limit the oldest is forgotten.
func (r *Run) remember(id string, effect bool) {
	if id == "" || r.requests[id] != nil {
		return
	}
	r.Header.RequestSeq++
	r.requests[id] = &requestID{Seq: r.Header.RequestSeq, Effect: effect}
	r.remembered = append(r.remembered, id)
	r.files.touch(requestItem, id)
	if len(r.remembered) > orchestration.MaxSignalRequestIDs {
		oldest := r.remembered[0]
		r.remembered = r.remembered[1:]
		delete(r.requests, oldest)
		r.files.touch(requestItem, oldest)
	}
}

func (r *Run) mergeMemo(up *commonpb.Memo) {
	r.memo = memo{&commonpb.Memo{Fields: mergeFields(r.memo.msg.GetFields(), up.GetFields())}}
	r.files.touch(memoItem, "")
}

func (r *Run) mergeSearch(up *commonpb.SearchAttributes) {
	r.search = searchAttrs{&commonpb.SearchAttributes{IndexedFields: mergeFields(r.search.msg.GetIndexedFields(), up.GetIndexedFields())}}
	r.files.touch(searchItem, "")
}

// mergeFields is old with up laid over it; a field without a value is removed. Both stay as they are.
func mergeFields(old, up map[string]*commonpb.Payload) map[string]*commonpb.Payload {
	merged := make(map[string]*commonpb.Payload, len(old)+len(up))
	for k, v := range old {
		merged[k] = v
	}
	for k, v := range up {
		if noValue(v) {
			delete(merged, k)
		} else {
			merged[k] = v
		}
	}
	return merged
}

// noValue tells the payloads that SDKs send to remove a field: nothing, an encoded nil, JSON null or an empty JSON list.
func noValue(p *commonpb.Payload) bool {
	switch string(p.GetMetadata()["encoding"]) {
	case "binary/null":
		return true
	case "json/plain":
		data := string(p.GetData())
		return data == "" || data == "null" || data == "[]"
	}
	return len(p.GetData()) == 0
}
