package history

import (
	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// named is a text field of a command.
type named struct{ field, value string }

// judgeLength refuses a name that is too long.
func judgeLength(c *commandpb.Command, n named) *refusal {
	if len(n.value) > orchestration.MaxIDLength {
		return refuse(c, "%s exceeds length limit. Length=%d Limit=%d", n.field, len(n.value), orchestration.MaxIDLength)
	}
	return nil
}

// badDuration tells a duration that is malformed or negative. Unset is a good one.
func badDuration(d *durationpb.Duration) bool {
	return d != nil && (d.CheckValid() != nil || d.AsDuration() < 0)
}

// badRetryPolicy says what is wrong with a policy, "" when nothing is. Of a policy that allows no retry only that is looked at.
func badRetryPolicy(p *commonpb.RetryPolicy) string {
	switch {
	case p == nil || p.MaximumAttempts == 1:
		return ""
	case badDuration(p.InitialInterval):
		return "InitialInterval cannot be negative on retry policy."
	case p.BackoffCoefficient != 0 && !(p.BackoffCoefficient >= 1): // also NaN
		return "BackoffCoefficient cannot be less than 1 on retry policy."
	case badDuration(p.MaximumInterval):
		return "MaximumInterval cannot be negative on retry policy."
	case p.MaximumAttempts < 0:
		return "MaximumAttempts cannot be negative on retry policy."
	}
	full := completeRetryPolicy(p)
	if full.MaximumInterval.AsDuration() < full.InitialInterval.AsDuration() {
		return "MaximumInterval cannot be less than InitialInterval on retry policy."
	}
	return ""
}
