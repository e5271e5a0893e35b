package orchestration_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestRunIDsAreVersion7AndOrdered(t *testing.T) {
	var ids []string
	for ms := range int64(50) {
		id := orchestration.NewRunID(time.UnixMilli(1_700_000_000_000 + ms))
		u := uuid.UUID(id)
		if u.Version() != 7 || u.Variant() != uuid.RFC4122 {
			t.Fatalf("%v has version %d, variant %v", id, u.Version(), u.Variant())
		}
		if sec, nsec := u.Time().UnixTime(); time.Unix(sec, nsec).UnixMilli() != 1_700_000_000_000+ms {
			t.Errorf("%v says another time", id)
		}
		ids = append(ids, id.String())
	}
	if !slices.IsSorted(ids) {
		t.Error("later ids must sort later")
	}
	now := time.UnixMilli(1_700_000_000_000)
	if first := orchestration.NewRunID(now); first == orchestration.NewRunID(now) {
		t.Error("two ids of one moment are the same")
	}
}

func TestIDsInText(t *testing.T) {
	id := orchestration.NewRunID(time.Now())
	if got, err := orchestration.ParseRunID(id.String()); err != nil || got != id {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := orchestration.ParseRunID(""); err != nil || !got.IsZero() || got.String() != "" {
		t.Errorf("no run id: %v, %v", got, err)
	}
	if _, err := orchestration.ParseRunID("x"); err == nil {
		t.Error("x is no run id")
	}
	ns := orchestration.NamespaceID(uuid.New())
	if got, err := orchestration.ParseNamespaceID(ns.String()); err != nil || got != ns || got.IsZero() {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := orchestration.ParseNamespaceID(""); err == nil {
		t.Error("a namespace has an id")
	}
}

// TestShardsAreForEver: which shard a workflow belongs to is part of the storage format.
func TestShardsAreForEver(t *testing.T) {
	ns := orchestration.NamespaceID(uuid.MustParse("3f0c2a52-5a61-4e0a-9f3b-0d3b6a1f7c11"))
	for id, want := range map[string]orchestration.ShardID{"": 586, "transfer-1": 429, "transfer-2": 468, "ü": 747} {
		if got := (orchestration.WorkflowKey{Namespace: ns, WorkflowID: id}).Shard(); got != want {
			t.Errorf("workflow %q is on shard %d, was on %d", id, got, want)
		}
	}
}

func TestShardsAreEven(t *testing.T) {
	var hits [orchestration.Shards]int
	ns := orchestration.NamespaceID{1}
	const each = 100
	for i := range each * orchestration.Shards {
		hits[orchestration.ShardOf(ns, fmt.Sprintf("order-%d", i))]++
	}
	if fewest, most := slices.Min(hits[:]), slices.Max(hits[:]); fewest < each/2 || most > each*2 {
		t.Errorf("shards have between %d and %d of %d workflows", fewest, most, each)
	}
}

func TestCodeOf(t *testing.T) {
	err := orchestration.Errorf(orchestration.NotFound, "no run %q", "x")
	if err.Error() != `no run "x"` {
		t.Errorf("%v", err)
	}
	if got := orchestration.CodeOf(fmt.Errorf("while reading: %w", err)); got != orchestration.NotFound {
		t.Errorf("code %v of a wrapped error", got)
	}
	for _, other := range []error{nil, errors.New("plain")} {
		if got := orchestration.CodeOf(other); got != 0 {
			t.Errorf("code %v of %v", got, other)
		}
	}
}
