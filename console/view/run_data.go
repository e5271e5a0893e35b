package view

import (
	"strconv"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// DataPage is what a run was given, and has come to.
type DataPage struct {
	RunFrame
	Started *historypb.WorkflowExecutionStartedEventAttributes
	Closed  *historypb.HistoryEvent // nil: it is open
}

// datum is something of a run, by name.
type datum struct {
	name string
	text jsonText
}

// values are payloads as JSON, each for itself.
func values(name string, all *commonpb.Payloads) (out []datum) {
	for i, p := range all.GetPayloads() {
		title := name
		if len(all.GetPayloads()) > 1 {
			title += " " + strconv.Itoa(i+1)
		}
		out = append(out, datum{title, valueText(p)})
	}
	return out
}

// fields are named payloads as JSON, in order.
func fields(all map[string]*commonpb.Payload) (out []datum) {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	for _, name := range sorted(names) {
		out = append(out, datum{Visible(name), valueText(all[name])})
	}
	return out
}

// valueText is a payload as JSON, indented, or a description of one that is none.
func valueText(p *commonpb.Payload) jsonText {
	var b jsonWriter
	writePayload(&b, p)
	return b.text("")
}

// compactText is valueText on one line.
func compactText(p *commonpb.Payload) string {
	var b jsonWriter
	writePayload(&b, p)
	return strings.ReplaceAll(b.String(), fence, "")
}

// messageText is a message of the protocol as JSON, with what its payloads are.
func messageText(m proto.Message) jsonText {
	var b jsonWriter
	writeMessage(&b, m.ProtoReflect())
	return b.text("")
}

// result is what the run has come to.
func (p DataPage) result() []datum {
	switch a := p.Closed; {
	case a.GetWorkflowExecutionCompletedEventAttributes() != nil:
		return values("Result", a.GetWorkflowExecutionCompletedEventAttributes().GetResult())
	case a.GetWorkflowExecutionFailedEventAttributes() != nil:
		return []datum{{"Failure", messageText(a.GetWorkflowExecutionFailedEventAttributes().GetFailure())}}
	case a.GetWorkflowExecutionCanceledEventAttributes() != nil:
		return values("Details", a.GetWorkflowExecutionCanceledEventAttributes().GetDetails())
	case a.GetWorkflowExecutionTerminatedEventAttributes() != nil:
		return values("Details", a.GetWorkflowExecutionTerminatedEventAttributes().GetDetails())
	case a.GetWorkflowExecutionContinuedAsNewEventAttributes() != nil:
		return values("Input of the next run", a.GetWorkflowExecutionContinuedAsNewEventAttributes().GetInput())
	}
	return nil
}

// noResult says why there is none.
func (p DataPage) noResult() string {
	if p.open() {
		return "The run has not come to one yet."
	}
	return "The run ended without one."
}

// settings are how the run was started.
func (p DataPage) settings() []Hidden {
	all := []Hidden{
		{"Execution timeout", orUnbounded(p.Started.GetWorkflowExecutionTimeout())}, {"Run timeout", orUnbounded(p.Started.GetWorkflowRunTimeout())},
		{"Workflow task timeout", orUnbounded(p.Started.GetWorkflowTaskTimeout())}, {"Started by", Visible(p.Started.GetIdentity())},
	}
	if a := p.Started.GetAttempt(); a > 1 || p.Started.GetRetryPolicy() != nil {
		all = append(all, Hidden{"Attempt", strconv.Itoa(int(a))})
	}
	if cron := p.Started.GetCronSchedule(); cron != "" {
		all = append(all, Hidden{"Cron schedule", Visible(cron)})
	}
	return all
}

func orUnbounded(d *durationpb.Duration) string {
	if d.AsDuration() <= 0 {
		return "none"
	}
	return span(d.AsDuration().Round(time.Millisecond))
}
