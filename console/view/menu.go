package view

import (
	"time"

	"github.com/a-h/templ"
)

// Section is an entry of a namespace's menu. The zero Section is a page that belongs to none.
type Section int

// The sections, in the order of the menu.
const (
	InOverview Section = iota + 1
	InWorkflows
	InStuck
	InQueues
	InWorkers
	InBatches
	InUsage
	InSettings
)

// sections is the menu: one line for each.
var sections = []struct {
	section Section
	title   string
	key     string // that goes there after g
	url     func(Place) templ.SafeURL
}{
	{InOverview, "Overview", "o", func(p Place) templ.SafeURL { return templ.SafeURL(OverviewURL(p)) }},
	{InWorkflows, "Workflows", "w", func(p Place) templ.SafeURL { return templ.SafeURL(WorkflowsURL(p, "", "")) }},
	{InStuck, "Stuck and retrying", "s", func(p Place) templ.SafeURL { return templ.SafeURL(StuckURL(p, "", DefaultAttempts, "")) }},
	{InQueues, "Queues", "q", func(p Place) templ.SafeURL { return templ.SafeURL(QueuesURL(p, "")) }},
	{InWorkers, "Workers", "e", func(p Place) templ.SafeURL { return templ.SafeURL(WorkersURL(p, "", "")) }},
	{InBatches, "Batch jobs", "b", func(p Place) templ.SafeURL { return templ.SafeURL(BatchesURL(p, time.Time{}, "")) }},
	{InUsage, "Usage", "u", func(p Place) templ.SafeURL { return templ.SafeURL(UsageURL(p)) }},
	{InSettings, "Settings", ",", func(p Place) templ.SafeURL { return templ.SafeURL(SettingsURL(p)) }},
}
