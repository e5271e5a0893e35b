package view

import "net/url"

// Done names what a form did, in the address that the answer leads to: a word of this table, never a text, so that no address makes a page say something.
type Done string

// doneTexts are the sentences that pages show.
var doneTexts = map[Done]string{
	"batch-stopped": "The job is stopped.",
	"queue-limited": "The rate limit is set.",
	"queue-paused":  "The queue is paused: activities wait until the limit is set higher or removed.",
	"queue-freed":   "The rate limit is removed.",
}

// After is the address of a page, told what was done.
func (d Done) After(address string) string {
	return address + "?" + url.Values{"done": {string(d)}}.Encode()
}
