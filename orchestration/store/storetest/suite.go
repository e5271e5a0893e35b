package storetest

import (
	"context"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Opened is a driver on an empty database of its own.
type Opened struct {
	Store  store.Store
	Reader store.Reader
	Queues store.QueueConfigs
	Jobs   store.Jobs
	Usages store.Usages
	Traces store.Traces
	// Reopen closes everything and opens the same database again, as a restarted process does.
	Reopen func(t *testing.T) Opened
	// Durable reads the settings back through the handle that commits, and returns an error unless a commit that returned
	// survives a power cut.
	Durable func(ctx context.Context) error
}

// Run runs the suite. open is called once per test and must clean up by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Opened) {
	for _, c := range []struct {
		name string
		test func(*fixture)
	}{
		{"run/round trip", runRoundTrip},
		{"run/update replaces state", updateReplacesState},
		{"run/load many", loadMany},
		{"run/load none", loadNone},
		{"run/large blobs", largeBlobs},
		{"run/survives reopening", survivesReopening},
		{"commit/all or nothing", allOrNothing},
		{"commit/version conflict", versionConflict},
		{"commit/two runs of one workflow", twoRuns},
		{"commit/empty batch", emptyBatch},
		{"commit/canceled before it begins", canceledBefore},
		{"current/insert and conflict", currentInsert},
		{"current/move and conflict", currentMove},
		{"fence/stale is refused", staleFence},
		{"fence/lanes are apart", lanesAreApart},
		{"fence/unknown lane", unknownLane},
		{"fence/survives reopening", fenceSurvivesReopening},
		{"fence/renewal", renewal},
		{"fence/renewal of what another has acquired", renewalFenced},
		{"fence/renewal again and again", renewalRepeated},
		{"wake/set, keep, move, delete", wakeChanges},
		{"wake/precision", wakePrecision},
		{"wake/order and paging", wakePaging},
		{"wake/delay", wakeDelay},
		{"wake/of some shards", wakesOfShards},
		{"item/upsert and delete", itemChanges},
		{"item/large number", manyItems},
		{"history/round trip", historyRoundTrip},
		{"history/ranges", historyRanges},
		{"history/pages by bytes", historyPaging},
		{"history/a batch is written once", historyOnce},
		{"backlog/order and paging", backlogPaging},
		{"backlog/round trip and delete", backlogRoundTrip},
		{"backlog/counts", backlogCounts},
		{"backlog/of some shards", backlogOfShards},
		{"queue/configurations", queueConfigs},
		{"visibility/round trip", visibilityRoundTrip},
		{"visibility/update at close", visibilityUpdate},
		{"visibility/order and paging", visibilityPaging},
		{"visibility/filter and count", visibilityFilter},
		{"visibility/filter cannot leave its namespace", visibilityFilterIsolation},
		{"delete/a run", deleteRun},
		{"delete/a large run", deleteLarge},
		{"delete/conflict", deleteConflict},
		{"delete/and start in one write", deleteAndStart},
		{"delete/the id is free", deleteTwice},
		{"delete/closed runs by pages", closedScan},
		{"job/round trip", jobRoundTrip},
		{"job/conflict", jobConflict},
		{"job/limit", jobLimit},
		{"job/order and paging", jobPaging},
		{"job/of some shards", jobsOfShards},
		{"job/dropped", jobsDropped},
		{"usage/adds up", usageAdds},
		{"usage/is the commits'", usageIsTheCommits},
		{"usage/folded", usageFolded},
		{"usage/dropped", usageDropped},
		{"traces/owed", tracesOwed},
		{"traces/of some shards", tracesOfShards},
		{"traces/are the commits'", tracesOfTheCommit},
		{"visibility/orders", visibilityOrders},
		{"visibility/groups", visibilityGroups},
		{"terms/replaced", termsReplaced},
		{"terms/of one namespace", termsOfOneNamespace},
		{"terms/common and rare ones", commonAndRareTerms},
		{"names/case and unicode", caseSensitivity},
		{"names/hostile", hostileNames},
		{"namespaces are apart", namespacesApart},
		{"durable settings", durableSettings},
		{"readers beside a writer", readersBesideWriter},
		{"writers queue", writersQueue},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(newFixture(t, open(t))) })
	}
}

func durableSettings(f *fixture) {
	f.ok(f.Durable(f.ctx))
}
