package view

import (
	"cmp"

	historypb "go.temporal.io/api/history/v1"
)

// ComparePage is two runs side by side.
type ComparePage struct {
	RunFrame
	OtherID, OtherRun string // as typed; empty id: none is named yet
	Refused           string
	Left, Right       *Side // nil: nothing is compared
}

// Side is one of two runs.
type Side struct {
	RunFrame
	Timeline
	started *historypb.WorkflowExecutionStartedEventAttributes // nil: not known
}

// NewSide is a run as far as the first page of its history goes.
func NewSide(f RunFrame, p HistoryPage) *Side {
	s := &Side{RunFrame: f, Timeline: NewTimeline(f, p, Zoom{})}
	if len(p.Events) > 0 {
		s.started = p.Events[0].GetWorkflowExecutionStartedEventAttributes()
	}
	return s
}

// pair is what happened in both runs, or in one of them.
type pair struct{ left, right *lane }

// differs tells whether something happened in one run only, or ended otherwise.
func (p pair) differs() bool {
	return p.left == nil || p.right == nil || p.left.outcome != p.right.outcome
}

// same tells whether two groups are of one thing: what it is counts, not when it was nor what came of it.
func same(a, b lane) bool { return a.kind == b.kind && a.name == b.name }

// pairs puts beside each other what happened in both runs, in the order of both, so that as little as possible stands alone.
func pairs(left, right []lane) (all []pair) {
	common := make([][]int, len(left)+1) // the most that the rest of both has in common
	for i := range common {
		common[i] = make([]int, len(right)+1)
	}
	for i := len(left) - 1; i >= 0; i-- {
		for j := len(right) - 1; j >= 0; j-- {
			if same(left[i], right[j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(left) || j < len(right) {
		switch {
		case i < len(left) && j < len(right) && same(left[i], right[j]):
			all = append(all, pair{&left[i], &right[j]})
			i, j = i+1, j+1
		case j == len(right) || i < len(left) && common[i+1][j] >= common[i][j+1]:
			all = append(all, pair{left: &left[i]})
			i++
		default:
			all = append(all, pair{right: &right[j]})
			j++
		}
	}
	return all
}

// facts are what two runs are compared by, beside what happened.
func (p ComparePage) facts() [][3]string {
	side := func(s *Side) [5]string {
		return [5]string{
			s.Info.GetType().GetName(), s.Info.GetTaskQueue(), stamp(at(s.Info.GetStartTime())), lasted(at(s.Info.GetStartTime()), at(s.Info.GetCloseTime()), p.Now), given(s),
		}
	}
	left, right := side(p.Left), side(p.Right)
	var all [][3]string
	for i, name := range []string{"Type", "Task queue", "Started (UTC)", "Lasted", "Input"} {
		all = append(all, [3]string{name, clip(Visible(left[i])), clip(Visible(right[i]))})
	}
	return all
}

// given is what a run was given, in short.
func given(s *Side) (text string) {
	for _, p := range s.started.GetInput().GetPayloads() {
		text = join(text, compactText(p))
	}
	return text
}

// other is the workflow that the form begins with: often it is another run of the same one.
func (p ComparePage) other() string { return cmp.Or(p.OtherID, p.id()) }

// any is what happened, on whichever side it did.
func (p pair) any() *lane { return cmp.Or(p.left, p.right) }
