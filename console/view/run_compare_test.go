package view

import (
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

func lanes2(names string) (all []lane) {
	for _, name := range strings.Fields(names) {
		all = append(all, lane{kind: "Activity", name: name, outcome: isDone})
	}
	return all
}

// What happened in both runs stands side by side, in the order of both.
func TestPairs(t *testing.T) {
	for _, c := range []struct{ left, right, want string }{
		{"a b c", "a b c", "aa bb cc"},
		{"a b c", "a c", "aa b- cc"},
		{"a c", "a b c d", "aa -b cc -d"},
		{"a x b", "a y b", "aa x- -y bb"},
		{"", "a", "-a"},
		{"", "", ""},
	} {
		var got []string
		for _, p := range pairs(lanes2(c.left), lanes2(c.right)) {
			text := "-"
			if p.left != nil {
				text = p.left.name
			}
			if p.right == nil {
				text += "-"
			} else {
				text += p.right.name
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q beside %q: %q", c.left, c.right, got)
		}
	}
}

func TestGoldenCompare(t *testing.T) {
	f, other := hostileRun(InCompare), hostileRun(0)
	other.Info = hostileRuns()[1]
	history := HistoryPage{Events: hostileEvents(), Number: 1, Length: 3}
	short := HistoryPage{Events: eventsOf(entry{0, scheduled(script)}, entry{time.Second, startedAt(1, 1)}, entry{time.Second, completed(1)}), Number: 1, Length: 3}
	golden(t, "run_compare", Compare(ComparePage{RunFrame: f, OtherID: script, OtherRun: "r", Left: NewSide(f, history), Right: NewSide(other, short)}))
	golden(t, "run_compare_refused", Compare(ComparePage{RunFrame: f, OtherID: attr, OtherRun: script, Refused: "That is no run id."}))
}

// What ended otherwise is marked as well as what did not happen.
func TestDifferences(t *testing.T) {
	done, bad := lane{outcome: isDone}, lane{outcome: looks[enumspb.WORKFLOW_EXECUTION_STATUS_FAILED]}
	if (pair{&done, &done}).differs() || !(pair{&done, &bad}).differs() || !(pair{&done, nil}).differs() || !(pair{nil, &done}).differs() {
		t.Error("a difference is not seen, or one where there is none")
	}
}

func TestGoldenHistoryFile(t *testing.T) {
	golden(t, "history_file", HistoryFile(FilePage{Refused: "That is no history: " + script + rtl}.In(hostile)))
	golden(t, "history_file_open", HistoryFile(NewFilePage(script+rtl, hostileEvents(), 1).In(hostile)))
}
