package view

import (
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain":            "plain",
		"zażółć مرحبا":     "zażółć مرحبا",
		"👩‍👩‍👧":            "👩‍👩‍👧", // joined by ZWJ, which only joins
		"a\tb\nc\x00":      `a\u{0009}b\u{000A}c\u{0000}`,
		"\u202Etxt.exe":    `\u{202E}txt.exe`,
		"a\u2028b\u2066c":  `a\u{2028}b\u{2066}c`,
		"\u200Fx\u061C":    `\u{200F}x\u{061C}`,
		"\x7f\u0085":       `\u{007F}\u{0085}`,
		"bad \xff\xfe utf": `bad \xFF\xFE utf`,
		"kept \uFFFD":      "kept \uFFFD",
	} {
		if got := Visible(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestVisibleLeavesNothingDeceptive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text")
		for _, r := range Visible(in) {
			if deceptive(r) {
				t.Fatalf("%q keeps %U", in, r)
			}
		}
	})
}

func TestSegmentsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[~./%]{0,6}`)).Draw(t, "id")
		if id == "" {
			return
		}
		segment := escapeSegment(id)
		if segment == "." || segment == ".." {
			t.Fatalf("%q became a dot segment", id)
		}
		plain := unescape(t, segment)
		if plain == "." || plain == ".." {
			t.Fatalf("%q becomes a dot segment when decoded", id)
		}
		if got := UnescapeSegment(plain); got != id {
			t.Fatalf("%q came back as %q", id, got)
		}
	})
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 340 * time.Millisecond: "340 ms", 4290 * time.Millisecond: "4.2 s", 59999 * time.Millisecond: "59.9 s", 190 * time.Second: "3 m 10 s",
		2*time.Hour + 5*time.Minute: "2 h 5 m", 76 * time.Hour: "3 d 4 h", -time.Second: "-1.0 s",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "just now", 12 * time.Second: "12 s ago", 3 * time.Minute: "3 min ago", 47 * time.Hour: "47 h ago", 49 * time.Hour: "2 d ago", -5 * time.Second: "in 5 s",
	} {
		if got := ago(noon.Add(-d), noon); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	if lasted(time.Time{}, noon, noon) != "" || lasted(noon, time.Time{}, noon.Add(time.Second)) != "1.0 s" {
		t.Error("a run that has not begun lasted, or an open one did not")
	}
}

func unescape(t *rapid.T, segment string) string {
	plain, err := url.PathUnescape(segment)
	if err != nil {
		t.Fatalf("%q: %v", segment, err)
	}
	return plain
}
