package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/fleettest"
)

// beat is what a worker says at a second of its clock.
func beat(key string, second int, status enumspb.WorkerStatus) *workerpb.WorkerHeartbeat {
	return &workerpb.WorkerHeartbeat{WorkerInstanceKey: key, HeartbeatTime: timestamppb.New(time.Unix(int64(second), 0)), Status: status, SdkName: "temporal-go"}
}

// list is the keys of a page, with an ellipsis when there is more.
func (r *rig) list(in engine.WorkersRequest) string {
	r.t.Helper()
	in.Namespace = namespace
	p, err := r.Workers(r.ctx(), in)
	if err != nil {
		r.t.Fatal(err)
	}
	var keys []string
	for _, h := range p.Workers {
		keys = append(keys, h.WorkerInstanceKey)
	}
	if p.More {
		keys = append(keys, "…")
	}
	return strings.Join(keys, " ")
}

// TestWorkersOfSeveralNodes: each is listed once with its newest word, whichever node heard it, and only that is asked the query.
func TestWorkersOfSeveralNodes(t *testing.T) {
	const running, gone = enumspb.WORKER_STATUS_RUNNING, enumspb.WORKER_STATUS_SHUTTING_DOWN
	f := newFleetRig(t, 3)
	for i, n := range f.nodes {
		n.HeardOf(namespace, []*workerpb.WorkerHeartbeat{beat(fmt.Sprint("own-", i), 1, running)})
	}
	last := beat("traveller", 9, gone)
	f.nodes[0].HeardOf(namespace, []*workerpb.WorkerHeartbeat{beat("traveller", 5, running)})
	f.nodes[1].HeardOf(namespace, []*workerpb.WorkerHeartbeat{last})
	f.nodes[2].HeardOf(namespace, []*workerpb.WorkerHeartbeat{beat("traveller", 7, running)})
	f.nodes[2].HeardOf(orchestration.NamespaceID{9}, []*workerpb.WorkerHeartbeat{beat("theirs", 1, running)})
	for _, n := range f.nodes {
		for in, want := range map[engine.WorkersRequest]string{
			{}:                                    "own-0 own-1 own-2 traveller",
			{Limit: 2}:                            "own-0 own-1 …",
			{Limit: 2, After: "own-1"}:            "own-2 traveller",
			{Limit: 4}:                            "own-0 own-1 own-2 traveller",
			{Query: "Status = 'Running'"}:         "own-0 own-1 own-2",
			{Query: "Status = 'ShuttingDown'"}:    "traveller",
			{Query: "SdkName = 'temporal-java'"}:  "",
			{Query: "SdkName != 'x'", After: "p"}: "traveller",
		} {
			if got := n.list(in); got != want {
				t.Errorf("%+v: %q, want %q", in, got, want)
			}
			in.Namespace = namespace
			if count, err := n.CountWorkers(n.ctx(), in); err != nil || in.Limit+len(in.After) == 0 && int(count) != len(strings.Fields(want)) {
				t.Errorf("%+v: %d, %v", in, count, err)
			}
		}
		if h, err := n.Worker(n.ctx(), namespace, "traveller"); err != nil || !proto.Equal(h, last) {
			t.Errorf("%v, %v", h, err)
		}
		if _, err := n.Worker(n.ctx(), namespace, "theirs"); orchestration.CodeOf(err) != orchestration.NotFound {
			t.Errorf("another namespace's worker: %v", err)
		}
	}
	if _, err := f.nodes[0].CountWorkers(f.nodes[0].ctx(), engine.WorkersRequest{Namespace: namespace, Query: "Foo"}); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("a bad query: %v", err)
	}
	f.fleet.Faults(func(m fleettest.Message) fleettest.Fault {
		if m.To == f.nodes[2].ID() {
			return fleettest.Unreachable
		}
		return fleettest.None
	})
	if got := f.nodes[0].list(engine.WorkersRequest{}); got != "own-0 own-1 traveller" {
		t.Errorf("without one node: %q", got)
	}
}

// TestManyWorkers come page by page, also between nodes.
func TestManyWorkers(t *testing.T) {
	f := newFleetRig(t, 2)
	const each = 700
	for i, n := range f.nodes {
		for k := range each {
			n.HeardOf(namespace, []*workerpb.WorkerHeartbeat{beat(fmt.Sprintf("w-%04d-%d", k, i), 1, enumspb.WORKER_STATUS_RUNNING)})
		}
	}
	in := engine.WorkersRequest{Namespace: namespace, Limit: 300}
	seen := map[string]bool{}
	for more := true; more; {
		p, err := f.nodes[0].Workers(f.nodes[0].ctx(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range p.Workers {
			if h.WorkerInstanceKey <= in.After {
				t.Fatalf("%s comes after %s", h.WorkerInstanceKey, in.After)
			}
			in.After = h.WorkerInstanceKey
			seen[in.After] = true
		}
		more = p.More
	}
	if n, err := f.nodes[1].CountWorkers(f.nodes[1].ctx(), in); err != nil || n != 2*each || len(seen) != 2*each {
		t.Errorf("%d are counted, %d listed, of %d; %v", n, len(seen), 2*each, err)
	}
}
