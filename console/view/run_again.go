package view

import (
	"encoding/json"
	"strings"

	historypb "go.temporal.io/api/history/v1"
)

// AgainPage asks for what is to be different in a run like this one.
type AgainPage struct {
	RunFrame
	Started *historypb.WorkflowExecutionStartedEventAttributes
}

// typed is the run's input as somebody would type it; ok is false where that cannot be done: it is hidden, encrypted or no JSON, or large.
func (p AgainPage) typed() (text string, ok bool) {
	var all []string
	for _, each := range p.Started.GetInput().GetPayloads() {
		data := each.GetData()
		if string(each.GetMetadata()["encoding"]) != "json/plain" || !json.Valid(data) || len(data) > maxShown || escapeMarks(string(data)) != string(data) {
			return "", false
		}
		all = append(all, string(data))
	}
	return strings.Join(all, "\n"), !p.Hidden
}

// likeChoices are where the input comes from.
func (p AgainPage) likeChoices() []Choice {
	another := Choice{"typed", "What is typed below"}
	if p.Hidden {
		return []Choice{another}
	}
	return []Choice{{"same", "The same as of this run"}, another}
}
