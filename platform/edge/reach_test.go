package edge_test

import (
	"context"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
)

// commandsTo are one command of each kind that names a namespace.
func commandsTo(namespace string) []*commandpb.Command {
	return []*commandpb.Command{{
		CommandType: enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
		Attributes:  &commandpb.Command_StartChildWorkflowExecutionCommandAttributes{StartChildWorkflowExecutionCommandAttributes: &commandpb.StartChildWorkflowExecutionCommandAttributes{Namespace: namespace}},
	}, {
		CommandType: enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_SignalExternalWorkflowExecutionCommandAttributes{
			SignalExternalWorkflowExecutionCommandAttributes: &commandpb.SignalExternalWorkflowExecutionCommandAttributes{Namespace: namespace},
		},
	}, {
		CommandType: enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_RequestCancelExternalWorkflowExecutionCommandAttributes{
			RequestCancelExternalWorkflowExecutionCommandAttributes: &commandpb.RequestCancelExternalWorkflowExecutionCommandAttributes{Namespace: namespace},
		},
	}}
}

// TestCommandsReachWhereBothSidesAllowIt: whatever its worker may do, a workflow reaches another namespace only if both say so, and without sign-in anyway.
func TestCommandsReachWhereBothSidesAllowIt(t *testing.T) {
	for name, c := range map[string]struct {
		from, to map[string]string
		open     bool
		want     bool
	}{
		"nobody says so":        {},
		"only the near side":    {from: map[string]string{tenants.ReachesEntry: "shop.acme"}},
		"only the far side":     {to: map[string]string{tenants.ReachedByEntry: "bank"}},
		"both":                  {from: map[string]string{tenants.ReachesEntry: "shop.acme"}, to: map[string]string{tenants.ReachedByEntry: "bank"}, want: true},
		"both, the other way":   {from: map[string]string{tenants.ReachedByEntry: "shop.acme"}, to: map[string]string{tenants.ReachesEntry: "bank"}},
		"authentication is off": {open: true, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLobby(t)
			if c.open {
				l.world = newWorldOf(t, edge.Credentials{Access: l.near, Open: true})
			}
			shop, err := l.directory.Register(t.Context(), tenants.Registration{Name: "shop.acme", Retention: tenants.MinRetention, Data: c.to})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.directory.Update(t.Context(), "bank", tenants.Change{Data: c.from}); err != nil {
				t.Fatal(err)
			}
			var got orchestration.NamespaceID
			l.engine.completeWorkflowTask = func(_ context.Context, a engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
				got = a.Answer.Namespaces.Others["shop.acme"]
				return engine.WorkflowTaskAccepted{}, nil
			}
			_, text := l.key(t, tenants.Owner, time.Hour)
			for _, command := range commandsTo("shop.acme") {
				got = orchestration.NamespaceID{}
				_, err := l.workflows.RespondWorkflowTaskCompleted(as(t.Context(), text), &workflowservice.RespondWorkflowTaskCompletedRequest{
					Namespace: "bank", TaskToken: l.token(orchestration.WorkflowTask), Commands: []*commandpb.Command{command},
				})
				if err != nil {
					t.Fatal(err)
				}
				if want := map[bool]orchestration.NamespaceID{true: shop.ID}[c.want]; got != want {
					t.Errorf("%v reaches %v, want %v", command.GetCommandType(), got, want)
				}
			}
		})
	}
}
