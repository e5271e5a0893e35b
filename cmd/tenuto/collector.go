package main

import (
	"os"
	"runtime/debug"
)

// collectorPercent is how much a server allocates, in percent of what lives, between two collections. What lives is small beside what calls allocate and
// drop at once: at Go's 100 a busy server spends a tenth of its CPU on collecting. It costs memory in the same proportion.
const collectorPercent = 200

// paceCollector sets that, unless GOGC is the operator's.
func paceCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectorPercent)
	}
}
