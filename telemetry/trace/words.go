package trace

import (
	"strings"
	"unicode/utf8"
)

// word is the name of an enumeration's value as attributes have it: ScheduleToStart as schedule_to_start.
func word(v interface{ String() string }) string {
	var b strings.Builder
	for i, r := range v.String() {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// valid is a text that protobuf can carry.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "")
}
