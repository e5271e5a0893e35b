package visibility

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/temporalio/sqlparser"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// value is a value of an attribute's kind; exactly the field of that kind is set.
type value struct {
	text   string              // keyword
	run    orchestration.RunID // runID; zero for a text that is no run id, which no run has
	number int64               // integer, status
	moment time.Time           // moment; whole microseconds, rounded down as stored times are
}

// valueOf reads a literal as the attribute's kind.
func valueOf(a attribute, e sqlparser.Expr) (value, error) {
	lit, ok := e.(*sqlparser.SQLVal)
	if !ok || (lit.Type != sqlparser.StrVal && lit.Type != sqlparser.IntVal) {
		return value{}, invalid("%s cannot be compared with %s: a value is a quoted text or a whole number", a.name, source(e))
	}
	text := string(lit.Val)
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return value{}, invalid("the value for %s is not text: it holds invalid UTF-8 or a zero byte", a.name)
	}
	switch a.kind {
	case keyword:
		return keywordOf(a, lit.Type, text)
	case runID:
		return runOf(a, lit.Type, text)
	case status:
		return statusOf(a, lit.Type, text)
	case moment:
		return momentOf(a, lit.Type, text)
	default:
		return integerOf(a, lit.Type, text)
	}
}

func keywordOf(a attribute, t sqlparser.ValType, text string) (value, error) {
	if t != sqlparser.StrVal {
		return value{}, invalid("%s is a text: write %s in quotes", a.name, text)
	}
	return value{text: text}, nil
}

// runOf takes any text: one that is no run id in its canonical form is the id of no run.
func runOf(a attribute, t sqlparser.ValType, text string) (value, error) {
	if t != sqlparser.StrVal {
		return value{}, invalid("%s is a text: write %s in quotes", a.name, text)
	}
	id, err := orchestration.ParseRunID(text)
	if err != nil || id.String() != text {
		return value{}, nil
	}
	return value{run: id}, nil
}

// statusOf takes a status by name ('Running', or the long form of the protocol's JSON) or number.
func statusOf(a attribute, t sqlparser.ValType, text string) (value, error) {
	s := enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED
	if t == sqlparser.StrVal {
		s, _ = enumspb.WorkflowExecutionStatusFromString(text)
	} else if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		s = enumspb.WorkflowExecutionStatus(n)
	}
	if _, known := enumspb.WorkflowExecutionStatus_name[int32(s)]; !known || s == 0 {
		return value{}, invalid("%s is no value of %s; these are: %s", quoted(text), a.name, statuses())
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
func momentOf(a attribute, t sqlparser.ValType, text string) (value, error) {
	if t == sqlparser.IntVal {
		ns, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return value{}, invalid("%s is out of range for %s: a number there is nanoseconds since 1970", text, a.name)
		}
		return value{moment: micro(time.Unix(0, ns))}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return value{}, invalid("%s is no time for %s: write it as '2006-01-02T15:04:05Z' or as nanoseconds since 1970", quoted(text), a.name)
	}
	return value{moment: micro(at)}, nil
}

// micro rounds down to the microsecond, also before 1970.
func micro(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

func integerOf(a attribute, t sqlparser.ValType, text string) (value, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || t != sqlparser.IntVal {
		return value{}, invalid("%s is no value of %s: write a whole number without quotes", quoted(text), a.name)
	}
	return value{number: n}, nil
}
