package history

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// TestPacking: a small run is one row; past 1.5 KB every item is a row of its own, and only changed ones are written; a large item always is.
func TestPacking(t *testing.T) {
	s := newStage(t)
	s.playAll("start\npoll\nrespond\n  activity a start-to-close=1m\n  timer t after=1h")
	if len(s.twin.rows) != 0 || len(s.twin.state) > 400 {
		t.Fatalf("a small run has %d rows and %d bytes", len(s.twin.rows), len(s.twin.state))
	}

	s.playAll("poll-activity a\nheartbeat a details=" + strings.Repeat("x", 2000))
	if len(s.twin.rows) != 1 || s.run.files.spilled {
		t.Fatalf("a large item makes %d rows, spilled %v", len(s.twin.rows), s.run.files.spilled)
	}
	s.playAll("heartbeat a details=x")
	if len(s.twin.rows) != 0 {
		t.Fatalf("an item that shrank left %d rows", len(s.twin.rows))
	}

	var more strings.Builder
	for i := range 20 {
		fmt.Fprintf(&more, "activity m%d start-to-close=1m\n", i)
	}
	s.playAll("signal s\npoll")
	s.complete(more.String())
	if len(s.twin.rows) != 22 || len(s.twin.state) > 400 {
		t.Fatalf("a run of 22 items has %d rows and %d bytes of state", len(s.twin.rows), len(s.twin.state))
	}
	s.run.SetBacklog(s.ready(orchestration.ActivityTask, s.scheduled("m7")), 1)
	if _, items, err := s.run.Save(); err != nil || len(items) != 1 {
		t.Fatalf("one change writes %d items, %v", len(items), err)
	}
	if _, items, err := s.run.Save(); err != nil || len(items) != 0 {
		t.Fatalf("no change writes %d items, %v", len(items), err)
	}

	s.play("terminate enough")
	if len(s.twin.rows) != 0 || len(s.twin.state) > 400 {
		t.Fatalf("a closed run has %d rows and %d bytes", len(s.twin.rows), len(s.twin.state))
	}
}

// TestClosedRunKeepsItsMemo, packed again when it fits.
func TestClosedRunKeepsItsMemo(t *testing.T) {
	s := newStage(t)
	s.playAll("start memo=a:" + strings.Repeat("x", 2000) + "\npoll\nrespond\n  memo b=2")
	if len(s.twin.rows) != 1 {
		t.Fatalf("%d rows", len(s.twin.rows))
	}
	s.playAll("signal s\npoll\nrespond\n  memo a=null\n  complete")
	loaded := s.twin.load(t, s.run)
	if len(s.twin.rows) != 0 || len(loaded.Memo().GetFields()) != 1 || string(loaded.Memo().Fields["b"].Data) != "2" {
		t.Errorf("%d rows, memo %v", len(s.twin.rows), loaded.Memo())
	}
}

// TestLoadRefusesDamage: damaged state is DataLoss, never a panic and never a run that breaks its invariants.
func TestLoadRefusesDamage(t *testing.T) {
	s := newStage(t)
	s.playAll("start memo=a:1\npoll\nrespond\n  activity a start-to-close=1m\n  timer t after=1h\nsignal s\npoll\nsignal buffered\nadvance 5s")
	rapid.Check(t, func(t *rapid.T) {
		damaged := append([]byte(nil), s.twin.state...)
		at := rapid.IntRange(0, len(damaged)-1).Draw(t, "at")
		if rapid.Bool().Draw(t, "cut") {
			damaged = damaged[:at]
		} else {
			damaged[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		}
		r, err := Load(testKey, damaged, nil)
		if err == nil {
			err = r.Check()
		} else if orchestration.CodeOf(err) != orchestration.DataLoss || r != nil {
			t.Fatalf("run %v, error %v", r, err)
		}
		if err != nil && r != nil {
			t.Fatal(err)
		}
	})
}

func TestLoadRefusesOthers(t *testing.T) {
	s := newStage(t)
	s.playAll("start")
	var stored storedState
	if err := cbor.Unmarshal(s.twin.state, &stored); err != nil {
		t.Fatal(err)
	}
	stored.Format++
	newer, err := cbor.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		state []byte
		items []Item
		want  string
	}{
		"empty":           {nil, nil, "state"},
		"a newer format":  {newer, nil, "format 2"},
		"an unknown item": {s.twin.state, []Item{{Kind: 99, ID: "x", Data: []byte{0xa0}}}, "unknown kind"},
		"a torn item":     {s.twin.state, []Item{{Kind: timerItem, ID: "5", Data: []byte{0xa1, 0x01}}}, `item 2 "5"`},
		"an empty buffer": {s.twin.state, []Item{{Kind: bufferItem, ID: "1", Data: []byte{0xa0}}}, "buffered events without"},
		"another's item":  {s.twin.state, []Item{{Kind: timerItem, ID: "5", Data: []byte{0xa0}}}, "kept as 5"},
	} {
		_, err := Load(testKey, c.state, c.items)
		if orchestration.CodeOf(err) != orchestration.DataLoss || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnknownFieldsAreKept apart: state written by a later version of the same format can be read.
func TestUnknownFieldsAreIgnored(t *testing.T) {
	s := newStage(t)
	s.playAll("start")
	var fields map[int]any
	if err := cbor.Unmarshal(s.twin.state, &fields); err != nil {
		t.Fatal(err)
	}
	fields[99] = "from the future"
	state, err := cbor.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(testKey, state, nil); err != nil {
		t.Error(err)
	}
}
