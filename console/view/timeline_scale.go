package view

import (
	"slices"
	"time"
)

// Zoom is the part of a run that its timeline shows, in milliseconds since the run began. The zero Zoom shows all.
type Zoom struct{ From, To int64 }

// set tells whether there is less than all to be seen.
func (z Zoom) set() bool { return z.To > z.From }

const (
	folds   = 5    // a gap is folded that is longer than so many times the rest
	foldedW = 0.06 // of the width, that a folded gap has
	mostCut = 6    // folded gaps
)

// stretch is a part of the time that is drawn at one scale. A folded one stands for time in which only time had to pass.
type stretch struct {
	from, to time.Time
	x, width float64 // of the whole, 0 to 1
	folded   bool
}

func (s stretch) length() time.Duration { return s.to.Sub(s.from) }

// scale is how time is drawn.
type scale []stretch

// scale is how the timeline's time is drawn: from its first lane to its last, or as far as it is zoomed, without what nobody does anything in for very long.
func (t Timeline) scale() scale {
	from, to := t.bounds()
	if !to.After(from) {
		to = from.Add(time.Millisecond)
	}
	gaps := t.idle(from, to)
	slices.SortFunc(gaps, func(a, b stretch) int { return int(b.length() - a.length()) })
	rest := to.Sub(from)
	var cut []stretch
	for _, g := range gaps {
		if len(cut) == mostCut || g.length() <= folds*(rest-g.length()) {
			break
		}
		rest -= g.length()
		g.folded = true
		cut = append(cut, g)
	}
	slices.SortFunc(cut, func(a, b stretch) int { return a.from.Compare(b.from) })
	return lay(from, to, rest, cut)
}

// lay gives each stretch its place: folded ones have a width of their own, and the others share what is left by their lengths.
func lay(from, to time.Time, rest time.Duration, cut []stretch) (s scale) {
	open := 1 - foldedW*float64(len(cut))
	x := 0.0
	add := func(part stretch) {
		part.x = x
		if part.width = foldedW; !part.folded {
			part.width = 0
			if rest > 0 {
				part.width = open * float64(part.length()) / float64(rest)
			}
		}
		x += part.width
		s = append(s, part)
	}
	for _, c := range cut {
		if c.from.After(from) {
			add(stretch{from: from, to: c.from})
		}
		add(c)
		from = c.to
	}
	if to.After(from) {
		add(stretch{from: from, to: to})
	}
	return s
}

// bounds are the first and the last moment that are drawn.
func (t Timeline) bounds() (from, to time.Time) {
	if t.Zoom.set() {
		return t.start.Add(time.Duration(t.Zoom.From) * time.Millisecond), t.start.Add(time.Duration(t.Zoom.To) * time.Millisecond)
	}
	from, to = t.start, t.now
	if t.Number > 1 && len(t.Events) > 0 {
		from = at(t.Events[0].GetEventTime())
	}
	for _, b := range t.lanes {
		if b.ended && b.to.After(to) {
			to = b.to
		}
	}
	return from, to
}

// idle are the gaps in which nobody does anything: no worker is at work, nor waited for.
func (t Timeline) idle(from, to time.Time) (gaps []stretch) {
	var busy []part
	for _, b := range t.lanes {
		for _, p := range b.parts {
			if p.phase != phaseWaits && p.phase != phaseRetried {
				busy = append(busy, p)
			} else {
				busy = append(busy, part{from: p.from, to: p.from}, part{from: p.to, to: p.to})
			}
		}
	}
	slices.SortFunc(busy, func(a, b part) int { return a.from.Compare(b.from) })
	for _, p := range busy {
		if p.from.After(from) {
			gaps = append(gaps, stretch{from: from, to: earlier(p.from, to)})
		}
		if p.to.After(from) {
			from = p.to
		}
		if !from.Before(to) {
			return gaps
		}
	}
	return append(gaps, stretch{from: from, to: to})
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// x is where a moment is drawn, from 0 to 1.
func (s scale) x(t time.Time) float64 {
	for _, part := range s {
		if t.Before(part.to) || part == s[len(s)-1] {
			if !t.After(part.from) {
				return part.x
			}
			share := float64(t.Sub(part.from)) / float64(max(1, part.length()))
			return part.x + part.width*min(1, share)
		}
	}
	return 1
}
