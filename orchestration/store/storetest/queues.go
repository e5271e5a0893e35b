package storetest

import (
	"slices"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// queueConfigs are stored by namespace, name and kind, replaced as a whole, and survive reopening.
func queueConfigs(f *fixture) {
	all, err := f.Queues.QueueConfigs(f.ctx)
	f.ok(err)
	f.same("none", len(all), 0)
	config := func(ns orchestration.NamespaceID, queue string, kind orchestration.TaskKind, data string) store.QueueConfig {
		return store.QueueConfig{BacklogKey: store.BacklogKey{Namespace: ns, Queue: queue, Kind: kind}, Config: []byte(data)}
	}
	want := []store.QueueConfig{
		config(f.ns, "Money", orchestration.ActivityTask, "upper"),
		config(f.ns, "money", orchestration.ActivityTask, "\x00\xff"),
		config(f.ns, "money", orchestration.WorkflowTask, ""),
		config(namespace(), "money", orchestration.ActivityTask, "theirs"),
	}
	for _, c := range want {
		f.ok(f.Queues.PutQueueConfig(f.ctx, config(c.Namespace, c.Queue, c.Kind, "before")))
		f.ok(f.Queues.PutQueueConfig(f.ctx, c))
	}
	f.ok(f.Queues.PutQueueConfig(f.ctx, store.QueueConfig{BacklogKey: want[2].BacklogKey})) // nil is empty
	for range 2 {
		all, err = f.Queues.QueueConfigs(f.ctx)
		f.ok(err)
		byName := func(a, b store.QueueConfig) int { return strings.Compare(string(a.Config), string(b.Config)) }
		slices.SortFunc(all, byName)
		sorted := slices.SortedFunc(slices.Values(want), byName)
		f.same("all", all, sorted)
		for _, c := range want {
			got, ok, err := f.Queues.QueueConfig(f.ctx, c.BacklogKey)
			f.ok(err)
			f.same("one", got, c)
			f.same("found", ok, true)
		}
		_, ok, err := f.Queues.QueueConfig(f.ctx, store.BacklogKey{Namespace: f.ns, Queue: "MONEY", Kind: orchestration.ActivityTask})
		f.ok(err)
		f.same("another's", ok, false)
		f.Opened = f.Reopen(f.T)
	}
	for range 2 {
		f.ok(f.Queues.DropQueueConfigs(f.ctx, f.ns))
		all, err = f.Queues.QueueConfigs(f.ctx)
		f.ok(err)
		f.same("left", all, want[3:])
	}
}
