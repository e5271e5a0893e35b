package view

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"
)

// detailsMost is how many bytes the attributes of one page's events may have, as HTML: a page is not to be larger than 200 kB, and the rows have their share.
const detailsMost = 100 << 10

// details are the attributes of a page's events; "" for those that would make the page too large. An event that is shown alone is shown whole.
func (p HistoryPage) details() []string {
	all, size := make([]string, len(p.Events)), 0
	for i, e := range p.Events {
		text := attributes(e)
		if size += len(html.EscapeString(text)); size <= detailsMost || len(p.Events) == 1 {
			all[i] = text
		}
	}
	return all
}

// json is the page's events as JSON, one array, as far as the page does not become too large.
func (p HistoryPage) json() string {
	var text bytes.Buffer
	text.WriteString("[")
	size := 0
	for i, e := range p.Events {
		var compact, indented bytes.Buffer
		writeMessage(&compact, e.ProtoReflect())
		if json.Indent(&indented, compact.Bytes(), "  ", "  ") != nil {
			continue
		}
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString("\n  ")
		if size += len(html.EscapeString(indented.String())); size > detailsMost+detailsMost/2 {
			text.WriteString("…: the rest of this page is in the file.\n")
			return escapeMarks(text.String())
		}
		text.Write(indented.Bytes())
	}
	text.WriteString("\n]")
	return escapeMarks(text.String())
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

// history is a page of the history.
func (f RunFrame) history(form HistoryForm, order string, page int64) string {
	return HistoryURL(f.Place, f.id(), f.RunID(), form, order, page)
}
