package history

import (
	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Namespaces are those that the commands of a completion can name.
type Namespaces struct {
	Own string // the name of the run's own
	// Others are other ones that exist and that the run may reach, by name. What a command does to any other one fails: the namespace is not found.
	Others map[string]orchestration.NamespaceID
}

// find is what a command means by a name; the empty name is the run's own. A namespace that cannot be reached has no id.
func (n Namespaces) find(own orchestration.NamespaceID, name string) (string, orchestration.NamespaceID) {
	if name == "" || name == n.Own {
		return n.Own, own
	}
	return name, n.Others[name]
}

func judgeStartChild(p *plan, c *commandpb.Command) *refusal {
	a := c.GetStartChildWorkflowExecutionCommandAttributes()
	id, kind := a.GetWorkflowId(), a.GetWorkflowType().GetName()
	switch {
	case a == nil:
		return refuse(c, "StartChildWorkflowExecutionCommandAttributes is not set on StartChildWorkflowExecutionCommand.")
	case id == "":
		return refuse(c, "Required field WorkflowId is not set on StartChildWorkflowExecutionCommand.")
	case kind == "":
		return refuse(c, "Required field WorkflowType is not set on StartChildWorkflowExecutionCommand. WorkflowId=%s", id)
	}
	for _, f := range []named{{"WorkflowId", id}, {"WorkflowType", kind}, {"TaskQueue", a.TaskQueue.GetName()}, {"Namespace", a.Namespace}, {"CronSchedule", a.CronSchedule}} {
		if bad := judgeLength(c, f); bad != nil {
			return bad
		}
	}
	if bad := judgeChildOptions(c, a); bad != nil {
		return bad
	}
	if p.children >= orchestration.MaxPendingChildren {
		return &refusal{enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED, "the number of pending child workflow executions has reached the per-workflow limit of 2000"}
	}
	p.children++
	return nil
}

func judgeChildOptions(c *commandpb.Command, a *commandpb.StartChildWorkflowExecutionCommandAttributes) *refusal {
	for _, f := range []struct {
		name  string
		value *durationpb.Duration
	}{
		{"WorkflowExecutionTimeout", a.WorkflowExecutionTimeout},
		{"WorkflowRunTimeout", a.WorkflowRunTimeout},
		{"WorkflowTaskTimeout", a.WorkflowTaskTimeout},
	} {
		if badDuration(f.value) {
			return refuse(c, "Invalid %s on StartChildWorkflowExecutionCommand. WorkflowId=%s", f.name, a.WorkflowId)
		}
	}
	if message := badRetryPolicy(a.RetryPolicy); message != "" {
		return refuse(c, "%s WorkflowId=%s", message, a.WorkflowId)
	}
	if a.CronSchedule != "" {
		if _, err := ParseCron(a.CronSchedule); err != nil {
			return refuse(c, "CronSchedule %q is not one: %v. WorkflowId=%s", a.CronSchedule, err, a.WorkflowId)
		}
	}
	_, policy := enumspb.ParentClosePolicy_name[int32(a.ParentClosePolicy)]
	_, reuse := enumspb.WorkflowIdReusePolicy_name[int32(a.WorkflowIdReusePolicy)]
	switch {
	case !policy:
		return refuse(c, "ParentClosePolicy %d on StartChildWorkflowExecutionCommand is unknown. WorkflowId=%s", a.ParentClosePolicy, a.WorkflowId)
	case !reuse:
		return refuse(c, "WorkflowIdReusePolicy %d on StartChildWorkflowExecutionCommand is unknown. WorkflowId=%s", a.WorkflowIdReusePolicy, a.WorkflowId)
	case a.VersioningOverride != nil:
		return refuse(c, "VersioningOverride on StartChildWorkflowExecutionCommand is not supported by this server. WorkflowId=%s", a.WorkflowId)
	case proto.Size(a.Memo) > orchestration.MaxMemoSize:
		return refuse(c, "the memo has %d bytes, the limit is %d", proto.Size(a.Memo), orchestration.MaxMemoSize)
	case proto.Size(a.SearchAttributes) > orchestration.MaxSearchAttributeSize:
		return refuse(c, "search attributes have %d bytes, the limit is %d", proto.Size(a.SearchAttributes), orchestration.MaxSearchAttributeSize)
	}
	return nil
}

func startChild(o *orders, c *commandpb.Command) {
	a := c.GetStartChildWorkflowExecutionCommandAttributes()
	name, namespace := o.namespaces.find(o.run.Key.Namespace, a.Namespace)
	queue := a.TaskQueue.GetName()
	if queue == "" {
		queue = o.run.Header.TaskQueue
	}
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
		Attributes: &historypb.HistoryEvent_StartChildWorkflowExecutionInitiatedEventAttributes{
			StartChildWorkflowExecutionInitiatedEventAttributes: &historypb.StartChildWorkflowExecutionInitiatedEventAttributes{
				Namespace:                    name,
				NamespaceId:                  namespaceText(namespace),
				WorkflowId:                   a.WorkflowId,
				WorkflowType:                 a.WorkflowType,
				TaskQueue:                    normalQueue(queue),
				Input:                        a.Input,
				WorkflowExecutionTimeout:     durationpb.New(capped(a.WorkflowExecutionTimeout)),
				WorkflowRunTimeout:           durationpb.New(capped(a.WorkflowRunTimeout)),
				WorkflowTaskTimeout:          durationpb.New(capped(a.WorkflowTaskTimeout)),
				ParentClosePolicy:            closePolicy(a.ParentClosePolicy),
				Control:                      a.Control,
				WorkflowTaskCompletedEventId: o.completedID,
				WorkflowIdReusePolicy:        reusePolicy(a.WorkflowIdReusePolicy),
				RetryPolicy:                  a.RetryPolicy,
				CronSchedule:                 a.CronSchedule,
				Header:                       a.Header,
				Memo:                         a.Memo,
				SearchAttributes:             a.SearchAttributes,
				InheritBuildId:               a.InheritBuildId,
				Priority:                     a.Priority,
			},
		},
	})
	started := o.run.children[o.run.Header.NextEventID-1]
	started.RunID, o.childRuns = o.childRuns[0], o.childRuns[1:]
	if namespace.IsZero() {
		o.endStart(started, EffectNoNamespace)
		return
	}
	o.addEffect(&effect{
		ID: started.InitiatedEventID, Kind: StartChild, Namespace: namespace, WorkflowID: a.WorkflowId, RunID: started.RunID, From: o.namespaces.Own,
	})
}

// closePolicy is a parent close policy, with its default.
func closePolicy(p enumspb.ParentClosePolicy) enumspb.ParentClosePolicy {
	if p == enumspb.PARENT_CLOSE_POLICY_UNSPECIFIED {
		return enumspb.PARENT_CLOSE_POLICY_TERMINATE
	}
	return p
}

// reusePolicy is the id reuse policy of a child, with its default.
func reusePolicy(p enumspb.WorkflowIdReusePolicy) enumspb.WorkflowIdReusePolicy {
	if p == enumspb.WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED {
		return enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	}
	return p
}
