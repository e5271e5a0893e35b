package history

import (
	"slices"

	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// resetPoint is the first workflow task that a build of the worker's program completed: where a chain can be reset to when that build turns
// out to be bad.
type resetPoint struct {
	BuildID  string                `cbor:"1,keyasint,omitempty"`
	Checksum string                `cbor:"2,keyasint,omitempty"` // "": as BuildID
	Run      orchestration.RunID   `cbor:"3,keyasint,omitzero"`  // zero: this run
	EventID  orchestration.EventID `cbor:"4,keyasint"`           // WorkflowTaskCompleted
	At       instant               `cbor:"5,keyasint"`
}

// resetPoints is the item of the points of a run and of those before it in its chain, oldest first.
type resetPoints []resetPoint

// maxResetPoints is how many points are kept; the oldest are forgotten.
const maxResetPoints = 20

// applyResetPoint notes the completion of a workflow task by a build that has completed none before in this chain.
func (r *Run) applyResetPoint(ev *historypb.HistoryEvent) {
	a := ev.GetWorkflowTaskCompletedEventAttributes()
	p := resetPoint{BuildID: a.GetWorkerVersion().GetBuildId(), EventID: ev.EventId, At: instantOf(ev.EventTime.AsTime())}
	if p.Checksum = a.GetBinaryChecksum(); p.Checksum == p.BuildID {
		p.Checksum = ""
	}
	if p.BuildID+p.Checksum == "" || slices.ContainsFunc(r.points, func(q resetPoint) bool { return q.BuildID == p.BuildID && q.Checksum == p.Checksum }) {
		return
	}
	r.points = append(r.points, p)
	r.points = r.points[max(0, len(r.points)-maxResetPoints):]
	r.files.touch(pointsItem, "")
}

// applyEarlierPoints takes over the points of the runs before.
func (r *Run) applyEarlierPoints(all []*workflowpb.ResetPointInfo) {
	for _, info := range all {
		run, err := orchestration.ParseRunID(info.RunId)
		if err != nil {
			continue // not written by this server
		}
		p := resetPoint{BuildID: info.BuildId, Run: run, EventID: info.FirstWorkflowTaskCompletedId, At: instantOf(info.CreateTime.AsTime())}
		if info.BinaryChecksum != p.BuildID {
			p.Checksum = info.BinaryChecksum
		}
		r.points = append(r.points, p)
		r.files.touch(pointsItem, "")
	}
}

// resetPointInfos are the points as clients see them; nil when there are none.
func (r *Run) resetPointInfos() *workflowpb.ResetPoints {
	if len(r.points) == 0 {
		return nil
	}
	out := &workflowpb.ResetPoints{}
	for _, p := range r.points {
		info := &workflowpb.ResetPointInfo{
			BuildId: p.BuildID, BinaryChecksum: p.Checksum, RunId: p.Run.String(),
			FirstWorkflowTaskCompletedId: p.EventID, CreateTime: timestamppb.New(p.At.time()), Resettable: true,
		}
		if p.Run.IsZero() {
			info.RunId = r.Key.RunID.String()
		}
		if p.Checksum == "" {
			info.BinaryChecksum = p.BuildID
		}
		out.Points = append(out.Points, info)
	}
	return out
}
