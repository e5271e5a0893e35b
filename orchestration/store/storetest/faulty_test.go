package storetest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
	"github.com/tenuto-io/tenuto/platform/database"
)

func openMemory(t *testing.T) *sqlite.Store {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory, database.Migrations{Room: "engine", Files: sqlite.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	s := sqlite.New(db.Write, db.Read)
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// script is a faulty store with one run, whose version tells which commits were applied.
type script struct {
	*testing.T
	*storetest.Faulty
	fence store.Fence
	key   orchestration.RunKey
}

func newScript(t *testing.T) *script {
	s := &script{T: t, Faulty: storetest.NewFaulty(openMemory(t)), key: orchestration.RunKey{
		WorkflowKey: orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: "w"}, RunID: orchestration.RunID{1},
	}}
	var err error
	if s.fence, err = s.AcquireLane(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	return s
}

// write is the update from one version to the next.
func (s *script) write(expect orchestration.Version) []store.Write {
	return []store.Write{{Workflow: s.key.WorkflowKey, Runs: []store.RunWrite{{RunID: s.key.RunID, Expect: expect, Version: expect + 1, State: []byte("s")}}}}
}

// commit expects an error (nil: none) and then a version in the store.
func (s *script) commit(expect orchestration.Version, wantErr error, wantVersion orchestration.Version) {
	s.Helper()
	if err := s.Commit(s.Context(), s.fence, s.write(expect)); !errors.Is(err, wantErr) {
		s.Fatalf("got %v, want %v", err, wantErr)
	}
	s.stored(wantVersion)
}

func (s *script) stored(want orchestration.Version) {
	s.Helper()
	recs, err := s.LoadRuns(s.Context(), []orchestration.RunKey{s.key})
	if err != nil {
		s.Fatal(err)
	}
	var got orchestration.Version
	if len(recs) == 1 {
		got = recs[0].Version
	}
	if got != want {
		s.Fatalf("version %d is stored, want %d", got, want)
	}
}

func TestFaultyFails(t *testing.T) {
	s := newScript(t)
	s.FailBefore(2, store.ErrUnavailable)
	s.FailAfter(4, store.ErrUnknownOutcome)
	s.FailBefore(5, store.ErrUnknownOutcome)
	s.commit(0, nil, 1)
	s.commit(1, store.ErrUnavailable, 1)
	s.commit(1, nil, 2)
	s.commit(2, store.ErrUnknownOutcome, 3) // applied, but the answer was lost
	s.commit(3, store.ErrUnknownOutcome, 3) // lost on the way there
	s.commit(3, nil, 4)
	if s.Commits() != 6 {
		t.Fatalf("%d commits, want 6", s.Commits())
	}
	s.FailAfter(1, store.ErrUnknownOutcome)
	s.commit(3, store.ErrConflict, 4) // the store's own refusal comes first
}

func TestFaultyHolds(t *testing.T) {
	s := newScript(t)
	held := s.Hold(1)
	done := make(chan error)
	go func() { done <- s.Commit(s.Context(), s.fence, s.write(0)) }()
	<-held.Reached()
	s.stored(0)
	held.Release()
	held.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.stored(1)

	s.Hold(1).Release() // released before it begins
	s.commit(1, nil, 2)

	held = s.Hold(1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- s.Commit(ctx, s.fence, s.write(2)) }()
	<-held.Reached()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	s.stored(2)
}

func TestFaultyPoison(t *testing.T) {
	s := newScript(t)
	s.Poison(s.key.RunID)
	s.commit(0, storetest.ErrPoison, 0)
	other := s.write(0)
	other[0].Runs[0].RunID = orchestration.RunID{2}
	if err := s.Commit(s.Context(), s.fence, other); err != nil {
		t.Fatalf("a batch without the poisoned run: %v", err)
	}
	s.Cure(s.key.RunID)
	s.commit(0, nil, 1)
}

// A faulty store without faults is a store like any other.
func TestFaultyPassesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		s := openMemory(t)
		var o storetest.Opened
		o = storetest.Opened{
			Store: storetest.NewFaulty(s), Reader: s, Queues: s, Jobs: s, Usages: s, Traces: s,
			Durable: func(context.Context) error { return nil },
			Reopen:  func(*testing.T) storetest.Opened { return o }, // memory has nothing to reopen
		}
		return o
	})
}
