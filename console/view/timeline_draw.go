package view

import (
	"strconv"
	"strings"
	"time"
)

// thinnest is how narrow a lane is drawn at least, of the whole width: what happened at once must be seen.
const thinnest = 0.004

// ofWidth is a share as SVG has it.
func ofWidth(share float64) string {
	return strconv.FormatFloat(max(0, min(1, share))*100, 'f', 2, 64) + "%"
}

// box is a rectangle of a lane.
type box struct{ class, x, width string }

// boxes are the rectangles of a lane.
func (b lane) boxes(s scale) []box {
	parts := b.parts
	if b.event == 0 { // the run itself, with its workflow tasks on it
		parts = append([]part{{phaseWaits, b.from, b.to}}, parts...)
	}
	all := make([]box, 0, len(parts))
	for i, p := range parts {
		from, to := s.x(p.from), s.x(p.to)
		if i > 0 && to == from && p.phase == phaseQueued {
			continue
		}
		class := "phase-" + string(p.phase)
		if b.ended && i == len(parts)-1 && b.event != 0 {
			class += " outcome-" + b.outcome.class
		}
		width := max(thinnest, to-from)
		all = append(all, box{class, ofWidth(min(from, 1-width)), ofWidth(width)})
	}
	return all
}

// drawn are the lanes that are seen at this zoom.
func (t Timeline) drawn() []lane {
	if !t.Zoom.set() {
		return t.lanes
	}
	from, to := t.bounds()
	seen := t.lanes[:1:1]
	for _, b := range t.lanes[1:] {
		if !b.to.Before(from) && !b.from.After(to) {
			seen = append(seen, b)
		}
	}
	return seen
}

// took is how long a group took, or takes already.
func (b lane) took() string {
	if len(b.parts) > 0 && b.parts[0].phase == phaseHappened {
		return ""
	}
	return span(b.to.Sub(b.from))
}

// since is a moment as it is counted from the run's start.
func (t Timeline) since(when time.Time) time.Duration { return max(0, when.Sub(t.start)) }

// closer is the zoom to one lane, with a little before and after it.
func (t Timeline) closer(b lane) Zoom {
	from, to := t.since(b.from), t.since(b.to)
	margin := max((to-from)/10, 5*time.Millisecond)
	return Zoom{From: max(0, from-margin).Milliseconds(), To: (to + margin).Milliseconds() + 1}
}

// points are where which moment is drawn, for the script that zooms: "x:milliseconds", by commas.
func (t Timeline) points(s scale) string {
	var b strings.Builder
	for _, part := range s {
		b.WriteString(strconv.FormatFloat(part.x, 'f', 4, 64) + ":" + strconv.FormatInt(part.from.Sub(t.start).Milliseconds(), 10) + ",")
	}
	_, to := t.bounds()
	b.WriteString("1:" + strconv.FormatInt(to.Sub(t.start).Milliseconds(), 10))
	return b.String()
}

// mark is a word on the axis.
type mark struct {
	x      string
	anchor string
	text   string
	folded bool
	width  string
}

// marks are what stands on the axis: the time at both ends and at quarters, and how long each folded gap is.
func (t Timeline) marks(s scale) (all []mark) {
	for _, part := range s {
		if part.folded {
			all = append(all, mark{x: ofWidth(part.x), width: ofWidth(part.width), folded: true, anchor: "middle", text: span(part.length()) + " idle"})
			continue
		}
		const apart = 0.18 // of the width, that a word needs
		for n, i := max(1, int(part.width/apart)), 0; i < n; i++ {
			share := float64(i) / float64(n)
			when := part.from.Add(time.Duration(share * float64(part.length())))
			if part.width > apart/3 {
				all = append(all, mark{x: ofWidth(part.x + part.width*share), anchor: "start", text: "+" + span(t.since(when))})
			}
		}
	}
	return all
}

// middle is the middle of a mark's stretch.
func (m mark) middle() string {
	x, _ := strconv.ParseFloat(strings.TrimSuffix(m.x, "%"), 64)
	width, _ := strconv.ParseFloat(strings.TrimSuffix(m.width, "%"), 64)
	return ofWidth((x + width/2) / 100)
}
