package workers

import (
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// attribute is something of a worker that queries can name. One of text and moment is set; ok is false when the worker does not say.
type attribute struct {
	name   string
	text   func(*workerpb.WorkerHeartbeat) string
	moment func(*workerpb.WorkerHeartbeat) (at time.Time, ok bool)
	read   func(string) (string, bool) // how values are written otherwise; nil: as they are
}

// attributes are those that the protocol documents, in the order in which messages list them.
var attributes = []attribute{
	{name: "WorkerInstanceKey", text: (*workerpb.WorkerHeartbeat).GetWorkerInstanceKey},
	{name: "WorkerIdentity", text: (*workerpb.WorkerHeartbeat).GetWorkerIdentity},
	{name: "HostName", text: func(h *workerpb.WorkerHeartbeat) string { return h.GetHostInfo().GetHostName() }},
	{name: "TaskQueue", text: (*workerpb.WorkerHeartbeat).GetTaskQueue},
	{name: "DeploymentName", text: func(h *workerpb.WorkerHeartbeat) string { return h.GetDeploymentVersion().GetDeploymentName() }},
	{name: "BuildId", text: func(h *workerpb.WorkerHeartbeat) string { return h.GetDeploymentVersion().GetBuildId() }},
	{name: "SdkName", text: (*workerpb.WorkerHeartbeat).GetSdkName},
	{name: "SdkVersion", text: (*workerpb.WorkerHeartbeat).GetSdkVersion},
	{name: "StartTime", moment: startTime},
	{name: "Status", text: func(h *workerpb.WorkerHeartbeat) string { return h.GetStatus().String() }, read: readStatus},
}

func startTime(h *workerpb.WorkerHeartbeat) (time.Time, bool) {
	return h.GetStartTime().AsTime(), h.GetStartTime() != nil
}

// readStatus takes a status by name: 'Running', or the long form of the protocol's JSON.
func readStatus(text string) (string, bool) {
	s, err := enumspb.WorkerStatusFromString(text)
	return s.String(), err == nil && s != enumspb.WORKER_STATUS_UNSPECIFIED
}

func lookUp(name string) (attribute, error) {
	i := slices.IndexFunc(attributes, func(a attribute) bool { return a.name == name })
	if i < 0 {
		return attribute{}, invalid("%q is not an attribute of workers; these are: %s", name, names())
	}
	return attributes[i], nil
}

func names() string {
	list := make([]string, len(attributes))
	for i, a := range attributes {
		list[i] = a.name
	}
	return strings.Join(list, ", ")
}

// invalid is the error of a query that can never be answered.
func invalid(format string, args ...any) error {
	return orchestration.Errorf(orchestration.InvalidArgument, "Invalid query: "+format+".", args...)
}
