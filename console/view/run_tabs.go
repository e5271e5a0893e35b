package view

// RunTab is one of the pages of a run.
type RunTab int

// The pages of a run, in the order of their menu.
const (
	InTimeline RunTab = iota + 1
	InHistory
	InTrace
	InFamily
	InRunWorkers
	InQueries
	InData
	InCompare
)

// runTabs is the menu of a run: one line for each page, with the last part of its address.
var runTabs = []struct {
	tab         RunTab
	title, part string
}{
	{InTimeline, "Timeline", ""},
	{InHistory, "History", "history"},
	{InTrace, "Trace", "trace"},
	{InFamily, "Family", "family"},
	{InRunWorkers, "Workers", "workers"},
	{InQueries, "Query and call stack", "query"},
	{InData, "Data", "data"},
	{InCompare, "Compare", "compare"},
}
