package view

import (
	"encoding/json"
	"net/url"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
)

// What every official SDK answers without being programmed to.
const (
	stackTrace = "__stack_trace"
	metadata   = "__temporal_workflow_metadata"
)

// QueryPage asks a run's code.
type QueryPage struct {
	RunFrame
	Name, Input string // of the query, as typed; empty name: none is asked
	Refused     string // why there is no answer
	Answered    bool
	Answer      *commonpb.Payloads
}

// ask is the address of a query.
func (p QueryPage) ask(name string) string {
	return withQuery(p.url("query"), url.Values{"name": {name}})
}

// answers are what came back: a text, as a call stack is, with its lines.
func (p QueryPage) answers() (all []datum) {
	for _, each := range p.Answer.GetPayloads() {
		text, d := "", values("Answer", &commonpb.Payloads{Payloads: []*commonpb.Payload{each}})[0]
		if string(each.GetMetadata()["encoding"]) == "json/plain" && len(each.GetData()) <= maxShown && json.Unmarshal(each.GetData(), &text) == nil {
			lines := strings.Split(text, "\n")
			for i, line := range lines {
				lines[i] = Visible(strings.ReplaceAll(line, "\t", "    "))
			}
			d.text = plainText(strings.Join(lines, "\n"))
		}
		all = append(all, d)
	}
	return all
}
