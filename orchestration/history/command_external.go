package history

import (
	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

func judgeSignalExternal(p *plan, c *commandpb.Command) *refusal {
	a := c.GetSignalExternalWorkflowExecutionCommandAttributes()
	switch {
	case a == nil:
		return refuse(c, "SignalExternalWorkflowExecutionCommandAttributes is not set on SignalExternalWorkflowExecutionCommand.")
	case a.Execution == nil:
		return refuse(c, "Execution is not set on SignalExternalWorkflowExecutionCommand.")
	case a.SignalName == "":
		return refuse(c, "SignalName is not set on SignalExternalWorkflowExecutionCommand. WorkflowId=%s", a.Execution.WorkflowId)
	}
	if bad := judgeTarget(c, a.Namespace, a.Execution.WorkflowId, a.Execution.RunId); bad != nil {
		return bad
	}
	if bad := judgeLength(c, named{"SignalName", a.SignalName}); bad != nil {
		return bad
	}
	if p.signals >= orchestration.MaxPendingSignals {
		return &refusal{enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_SIGNALS_LIMIT_EXCEEDED, "the number of pending signals to external workflows has reached the per-workflow limit of 2000"}
	}
	p.signals++
	return nil
}

func judgeCancelExternal(p *plan, c *commandpb.Command) *refusal {
	a := c.GetRequestCancelExternalWorkflowExecutionCommandAttributes()
	if a == nil {
		return refuse(c, "RequestCancelExternalWorkflowExecutionCommandAttributes is not set on RequestCancelExternalWorkflowExecutionCommand.")
	}
	if bad := judgeTarget(c, a.Namespace, a.WorkflowId, a.RunId); bad != nil {
		return bad
	}
	if p.cancels >= orchestration.MaxPendingCancels {
		return &refusal{enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED, "the number of pending requests to cancel external workflows has reached the per-workflow limit of 2000"}
	}
	p.cancels++
	return nil
}

// judgeTarget refuses what can name no run.
func judgeTarget(c *commandpb.Command, namespace, workflow, run string) *refusal {
	if workflow == "" {
		return refuse(c, "WorkflowId is not set on %v.", c.CommandType)
	}
	if _, err := orchestration.ParseRunID(run); err != nil {
		return refuse(c, "Invalid RunId set on %v. WorkflowId=%s RunId=%s", c.CommandType, workflow, run)
	}
	if bad := judgeLength(c, named{"WorkflowId", workflow}); bad != nil {
		return bad
	}
	return judgeLength(c, named{"Namespace", namespace})
}

func signalExternal(o *orders, c *commandpb.Command) {
	a := c.GetSignalExternalWorkflowExecutionCommandAttributes()
	name, namespace := o.namespaces.find(o.run.Key.Namespace, a.Namespace)
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
		Attributes: &historypb.HistoryEvent_SignalExternalWorkflowExecutionInitiatedEventAttributes{
			SignalExternalWorkflowExecutionInitiatedEventAttributes: &historypb.SignalExternalWorkflowExecutionInitiatedEventAttributes{
				WorkflowTaskCompletedEventId: o.completedID,
				Namespace:                    name,
				NamespaceId:                  namespaceText(namespace),
				WorkflowExecution:            a.Execution,
				SignalName:                   a.SignalName,
				Input:                        a.Input,
				Control:                      a.Control,
				ChildWorkflowOnly:            a.ChildWorkflowOnly,
				Header:                       a.Header,
			},
		},
	})
	x := o.run.externals[o.run.Header.NextEventID-1]
	if namespace.IsZero() {
		o.emit(x.signaled(EffectNoNamespace))
		return
	}
	o.reachOut(x, SignalExternal, namespace)
}

func cancelExternal(o *orders, c *commandpb.Command) {
	a := c.GetRequestCancelExternalWorkflowExecutionCommandAttributes()
	name, namespace := o.namespaces.find(o.run.Key.Namespace, a.Namespace)
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
		Attributes: &historypb.HistoryEvent_RequestCancelExternalWorkflowExecutionInitiatedEventAttributes{
			RequestCancelExternalWorkflowExecutionInitiatedEventAttributes: &historypb.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes{
				WorkflowTaskCompletedEventId: o.completedID,
				Namespace:                    name,
				NamespaceId:                  namespaceText(namespace),
				WorkflowExecution:            &commonpb.WorkflowExecution{WorkflowId: a.WorkflowId, RunId: a.RunId},
				Control:                      a.Control,
				ChildWorkflowOnly:            a.ChildWorkflowOnly,
				Reason:                       a.Reason,
			},
		},
	})
	x := o.run.externals[o.run.Header.NextEventID-1]
	if namespace.IsZero() {
		o.emit(x.canceled(EffectNoNamespace))
		return
	}
	o.reachOut(x, CancelExternal, namespace)
}

// reachOut decides on the effect of a signal or a request to cancel.
func (o *orders) reachOut(x *external, kind EffectKind, namespace orchestration.NamespaceID) {
	run, err := orchestration.ParseRunID(x.RunID)
	if err != nil {
		panic(err) // the command was judged
	}
	o.addEffect(&effect{ID: x.InitiatedEventID, Kind: kind, Namespace: namespace, WorkflowID: x.WorkflowID, RunID: run})
}
