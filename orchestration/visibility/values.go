package visibility

import (
	"math"
	"strconv"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// value is a value of an attribute's kind; exactly the field of that kind is set.
type value struct {
	text   string              // keyword, list (an element), words
	run    orchestration.RunID // runID; zero for a text that is no run id, which no run has
	number int64               // integer, status, duration (nanoseconds), boolean (0 or 1)
	double float64
	moment time.Time // moment; whole microseconds, rounded down as stored times are
}

// valueOf reads a token as a value of the attribute's kind.
func valueOf(a attribute, t token) (value, error) {
	isBool := t.is("true") || t.is("false")
	if t.shape != text && t.shape != number && !isBool {
		return value{}, invalidAt(t, "a value for %s is expected: a text in quotes, a number, TRUE or FALSE", a.name)
	}
	if t.shape == text && strings.ContainsRune(t.text, 0) {
		return value{}, invalidAt(t, "the value for %s holds a zero byte", a.name)
	}
	switch a.kind {
	case boolean:
		return booleanOf(a, t)
	case keyword, runID, list, words:
		return textOf(a, t)
	case status:
		return statusOf(a, t)
	case moment:
		return momentOf(a, t)
	case duration:
		return durationOf(a, t)
	case double:
		return doubleOf(a, t)
	default:
		return integerOf(a, t)
	}
}

// textOf reads a text. One that is no run id in its canonical form is the id of no run.
func textOf(a attribute, t token) (value, error) {
	if t.shape != text {
		return value{}, invalidAt(t, "%s is a text: write the value in quotes", a.name)
	}
	if a.kind != runID {
		return value{text: t.text}, nil
	}
	id, err := orchestration.ParseRunID(t.text)
	if err != nil || id.String() != t.text {
		return value{}, nil
	}
	return value{run: id}, nil
}

func booleanOf(a attribute, t token) (value, error) {
	switch strings.ToLower(t.text) {
	case "true":
		return value{number: 1}, nil
	case "false":
		return value{}, nil
	}
	return value{}, invalidAt(t, "%s is a Bool: write TRUE or FALSE", a.name)
}

// statusOf takes a status by name ('Running', or the long form of the protocol's JSON) or number.
func statusOf(a attribute, t token) (value, error) {
	s := enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED
	if t.shape == text {
		s, _ = enumspb.WorkflowExecutionStatusFromString(t.text)
	} else if n, err := strconv.ParseInt(t.text, 10, 32); err == nil {
		s = enumspb.WorkflowExecutionStatus(n)
	}
	if _, known := enumspb.WorkflowExecutionStatus_name[int32(s)]; !known || s == 0 {
		return value{}, invalidAt(t, "it is no value of %s; these are: %s", a.name, statuses())
	}
	return value{number: int64(s)}, nil
}

func statuses() string {
	var list []string
	for n := int32(1); enumspb.WorkflowExecutionStatus_name[n] != ""; n++ {
		list = append(list, enumspb.WorkflowExecutionStatus(n).String())
	}
	return strings.Join(list, ", ")
}

// momentOf takes RFC 3339 with up to nine decimals, or nanoseconds since 1970.
func momentOf(a attribute, t token) (value, error) {
	if t.shape == number {
		ns, err := strconv.ParseInt(t.text, 10, 64)
		if err != nil {
			return value{}, invalidAt(t, "it is no time for %s: a number there is nanoseconds since 1970", a.name)
		}
		return value{moment: micro(time.Unix(0, ns))}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, t.text)
	if err != nil || at.Year() < 1 {
		return value{}, invalidAt(t, "it is no time for %s: write it as '2006-01-02T15:04:05Z' or as nanoseconds since 1970", a.name)
	}
	return value{moment: micro(at)}, nil
}

// micro rounds down to the microsecond, also before 1970.
func micro(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

// durationOf takes nanoseconds, a duration in Go's form that may also count days ('1d12h'), or 'HH:MM:SS'.
func durationOf(a attribute, t token) (value, error) {
	if ns, err := strconv.ParseInt(t.text, 10, 64); err == nil {
		return value{number: ns}, nil
	}
	if t.shape == text {
		if d, ok := clockDuration(t.text); ok {
			return value{number: int64(d)}, nil
		}
		if d, ok := unitsDuration(t.text); ok {
			return value{number: int64(d)}, nil
		}
	}
	return value{}, invalidAt(t, "it is no duration for %s: write nanoseconds, '5m', '1d12h' or 'HH:MM:SS'", a.name)
}

// clockDuration reads HH:MM:SS; the hours may have more digits.
func clockDuration(s string) (time.Duration, bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return 0, false
	}
	var n [3]uint64
	for i, p := range parts {
		var err error
		if n[i], err = strconv.ParseUint(p, 10, 32); err != nil || i > 0 && n[i] > 59 || len(p) < 2 || n[0] > maxHours {
			return 0, false
		}
	}
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second, true
}

// maxHours is how many hours a duration can have.
const maxHours = uint64(math.MaxInt64/time.Hour) - 1

// unitsDuration reads a duration with units; days stand first.
func unitsDuration(s string) (time.Duration, bool) {
	var days time.Duration
	if count, rest, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseUint(count, 10, 32)
		if err != nil || n > maxHours/24 {
			return 0, false
		}
		days, s = time.Duration(n)*24*time.Hour, rest
		if rest == "" {
			return days, true
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d > math.MaxInt64-days || days > 0 && d < 0 {
		return 0, false
	}
	return days + d, true
}

func integerOf(a attribute, t token) (value, error) {
	n, err := strconv.ParseInt(t.text, 10, 64)
	if err != nil || t.shape != number {
		return value{}, invalidAt(t, "it is no value of %s: write a whole number without quotes", a.name)
	}
	return value{number: n}, nil
}

func doubleOf(a attribute, t token) (value, error) {
	f, err := strconv.ParseFloat(t.text, 64)
	if err != nil || t.shape != number || math.IsNaN(f) || math.IsInf(f, 0) {
		return value{}, invalidAt(t, "it is no value of %s: write a number without quotes", a.name)
	}
	if f == 0 {
		f = 0 // not -0
	}
	return value{double: f}, nil
}
