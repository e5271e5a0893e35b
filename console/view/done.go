package view

import "net/url"

// Done names what a form did, in the address that the answer leads to: a word of this table, never a text, so that no address makes a page say something.
type Done string

// doneTexts are the sentences that pages show.
var doneTexts = map[Done]string{
	"founded":           "The namespace is founded.",
	"tenant":            "The tenant is founded.",
	"saved":             "The settings are saved.",
	"suspended":         "Suspended: calls that change anything are refused from now on.",
	"resumed":           "Resumed: calls are accepted again.",
	"deprecated":        "Deprecated: it accepts no new workflows; what runs goes on.",
	"quota":             "The quota is set.",
	"defined":           "The search attribute is defined.",
	"undefined":         "The search attribute is removed. Values that runs have stay with them.",
	"invited":           "The member is invited.",
	"removed":           "The member is removed, with everything that it was given here.",
	"group":             "The group is made.",
	"ungrouped":         "The group is deleted. What it held, its members have no longer.",
	"joined":            "The member is in the group.",
	"left":              "The member is out of the group.",
	"account":           "The service account is made. Give it a role or permissions, then a key.",
	"unaccounted":       "The service account is deleted, with its keys.",
	"disabled":          "Disabled: it lets nobody in from now on.",
	"enabled":           "Enabled again.",
	"signed-out":        "Signed out there: the session is over.",
	"given":             "Given.",
	"taken":             "Taken back.",
	"revoked":           "The key is revoked, for good.",
	"authority":         "Clients of the authority are let in.",
	"unauthorised":      "The authority is removed. Its clients are let in no more, on every node within a second.",
	"batch-started":     "The job is started.",
	"batch-stopped":     "The job is stopped.",
	"queue-limited":     "The rate limit is set.",
	"queue-paused":      "The queue is paused: activities wait until the limit is set higher or removed.",
	"queue-freed":       "The rate limit is removed.",
	"signalled":         "The signal is delivered.",
	"updated":           "The workflow has accepted the update. The history tells its result.",
	"cancel-requested":  "The workflow is asked to cancel itself.",
	"terminated":        "The run is terminated.",
	"paused":            "The activity is paused: no attempt begins any more.",
	"unpaused":          "The activity goes on.",
	"reset":             "The new run begins after the event.",
	"started":           "The run is started.",
	"view":              "The view is saved.",
	"unviewed":          "The view is removed.",
	"activity-options":  "The options of the activity are changed.",
	"activity-restored": "The activity has its original options again.",
	"activity-reset":    "The activity begins anew.",
}

// After is the address of a page, told what was done.
func (d Done) After(address string) string {
	return address + "?" + url.Values{"done": {string(d)}}.Encode()
}
