package view

import (
	"net/url"
	"slices"
	"strconv"
)

// detailsMost is how many bytes the attributes of one page's events may have, as HTML: a page is not to be larger than 200 kB, and the rows have their share.
const detailsMost = 100 << 10

// details are the attributes of a page's events; "" for those that would make the page too large. An event that is shown alone is shown whole.
func (p HistoryPage) details(c Codec) []jsonText {
	all, size := make([]jsonText, len(p.Events)), 0
	for i, e := range p.Events {
		text := attributes(e)
		if size += len(text.html(c)); size <= detailsMost || len(p.Events) == 1 {
			all[i] = text
		}
	}
	return all
}

// json is the page's events as JSON, one array, as far as the page does not become too large.
func (p HistoryPage) json(c Codec) jsonText {
	text, size := plainText("["), 0
	for i, e := range p.Events {
		var b jsonWriter
		writeMessage(&b, e.ProtoReflect())
		one := b.text("  ")
		if i > 0 {
			text = append(text, piece{text: ","})
		}
		text = append(text, piece{text: "\n  "})
		if size += len(one.html(c)); size > detailsMost+detailsMost/2 {
			return append(text, piece{text: "…: the rest of this page is in the file.\n"})
		}
		text = append(text, one...)
	}
	return append(text, piece{text: "\n]"})
}

// groups are the page's groups of events, in the page's order.
func (p HistoryPage) groups(f RunFrame) []lane {
	oldest := p
	if p.Newest {
		oldest.Events = slices.Clone(p.Events)
		slices.Reverse(oldest.Events)
	}
	lanes := NewTimeline(f, oldest, Zoom{}).lanes[1:]
	if p.Newest {
		slices.Reverse(lanes)
	}
	return lanes
}

// announced says how many events came.
func announced(n int64) string {
	if n == 1 {
		return "1 new event"
	}
	return grouped(n) + " new events"
}

// latest is the page that has the latest events.
func (p HistoryPage) latest() int64 {
	if p.Newest {
		return 1
	}
	return p.pages()
}

// news is where a page asks by itself for what came since somebody asked for it.
func (f RunFrame) news(p HistoryPage) string {
	q := url.Values{"seen": {strconv.FormatInt(p.Seen, 10)}}
	return withQuery(f.url("history"), q)
}

// history is a page of the history.
func (f RunFrame) history(form HistoryForm, order string, page int64) string {
	return HistoryURL(f.Place, f.id(), f.RunID(), form, order, page)
}
