package edge

import (
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// checks validates the fields of one request. The first field that is wrong is kept in err (InvalidArgument), and later checks do nothing
// more, so that a handler reads as the list of what it demands.
type checks struct{ err error }

func (c *checks) fail(format string, args ...any) {
	if c.err == nil {
		c.err = invalid(format, args...)
	}
}

// refuse keeps an error that is none of the form of the request.
func (c *checks) refuse(err error) {
	if c.err == nil {
		c.err = err
	}
}

// required demands an identifier that is set.
func (c *checks) required(field, value string) {
	if value == "" {
		c.fail("%s is not set on request.", field)
	}
	c.id(field, value)
}

// id demands an identifier that a store can keep; it may be unset.
func (c *checks) id(field, value string) {
	if len(value) > orchestration.MaxIDLength {
		c.fail("%s length exceeds limit: it has %d bytes, at most %d are allowed.", field, len(value), orchestration.MaxIDLength)
	}
	if strings.ContainsRune(value, 0) {
		c.fail("%s contains a NUL character.", field)
	}
}

// blob demands that m, one value of the application, is not over the payload limit.
func (c *checks) blob(field string, m proto.Message) {
	c.size(field, proto.Size(m), orchestration.MaxPayloadSize)
}

// size demands at most limit bytes.
func (c *checks) size(field string, size, limit int) {
	if size > limit {
		c.fail("Blob data size exceeds limit. %s has %d bytes, at most %d are allowed.", field, size, limit)
	}
}

// duration reads a duration that is not negative; unset is 0, and more than MaxDuration is MaxDuration.
func (c *checks) duration(field string, d *durationpb.Duration) time.Duration {
	if d == nil {
		return 0
	}
	if err := d.CheckValid(); err != nil || d.GetSeconds() < 0 || d.GetNanos() < 0 {
		// Durations past ten thousand years are out of protobuf's range, but plainly mean "no limit that matters".
		if d.GetSeconds() > 0 && d.GetNanos() >= 0 {
			return MaxDuration
		}
		c.fail("%s is not valid: it must not be negative.", field)
		return 0
	}
	return min(d.AsDuration(), MaxDuration)
}

// runID reads a run id; unset is the zero id, which means the current run.
func (c *checks) runID(field, value string) orchestration.RunID {
	id, err := orchestration.ParseRunID(value)
	if err != nil || (value != "" && id.String() != strings.ToLower(value)) {
		c.fail("%s is not a valid UUID.", field)
		return orchestration.RunID{}
	}
	return id
}

// run reads the run that a request is about; without a run id it is the workflow's current run.
func (c *checks) run(ns namespace, e *commonpb.WorkflowExecution) orchestration.RunKey {
	if e == nil {
		c.fail("Execution is not set on request.")
	}
	return c.runOf(ns, e.GetWorkflowId(), e.GetRunId())
}

func (c *checks) runOf(ns namespace, workflowID, runID string) orchestration.RunKey {
	c.required("WorkflowId", workflowID)
	return ns.workflow(workflowID).Run(c.runID("RunId", runID))
}

// page reads a wished page size: 0 or less leaves it to the engine.
func page(size int32) int {
	return int(min(max(size, 0), MaxPageSize))
}

// token reads the task token of a request. A token of another namespace is refused without a word about what it names.
func (c *checks) token(ns namespace, b []byte, want orchestration.TaskKind) orchestration.TaskToken {
	t, err := orchestration.DecodeTaskToken(b, want)
	switch {
	case err != nil && c.err == nil:
		c.err = err
	case err == nil && t.Namespace != ns.id:
		c.fail("Operation requested with a token from a different namespace.")
	}
	return t
}
