package visibility

import (
	"fmt"
	"strconv"

	"github.com/tenuto-io/tenuto/orchestration"
)

// invalid is the error for a filter that can never be compiled.
func invalid(format string, args ...any) error {
	return orchestration.Errorf(orchestration.InvalidArgument, "Invalid query: "+format+".", args...)
}

// invalidAt says which token is wrong, where it stands, and why. Positions count characters from 1.
func invalidAt(t token, format string, args ...any) error {
	what := "the end"
	if t.shape != end || t.source != "the end" {
		what = quoted(t.source)
	}
	return invalid("%s at position %d: %s", what, t.at, fmt.Sprintf(format, args...))
}

// quoted shows a piece of a user's text in a message, shortened and with everything unprintable escaped.
func quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}
