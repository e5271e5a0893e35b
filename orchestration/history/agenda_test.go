package history

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// TestAgendaStaysSmall: entries of the past do not pile up, however often one item changes.
func TestAgendaStaysSmall(t *testing.T) {
	s := newStage(t)
	s.playAll("start\npoll\nrespond\n  activity a start-to-close=1h heartbeat=10s\n  timer t after=1h\npoll-activity a")
	for range 1000 {
		s.now = s.now.Add(time.Second)
		if _, _, err := s.run.Heartbeat(ActivityRef{ActivityID: "a"}, nil, "", s.now); err != nil {
			t.Fatal(err)
		}
		if want := s.now.Add(10 * time.Second); !s.run.NextTimer().Equal(want) || !s.run.Wake().Equal(want) {
			t.Fatalf("next timer %v, wake %v, want %v", s.run.NextTimer(), s.run.Wake(), want)
		}
	}
	if n := len(s.run.alarms.heap); n > 80 {
		t.Errorf("the agenda has %d entries for two items", n)
	}
}

// TestAgendaOrder: alarms of one moment come by rank, then by event.
func TestAgendaOrder(t *testing.T) {
	when := map[agendaKey]instant{
		{activityRank, 5}: 7, {timerRank, 9}: 7, {timerRank, 8}: 7, {timerRank, 3}: 9, {activityRank, 2}: 4, {activityRank, 1}: 0,
	}
	g := agenda{}
	for k := range when {
		g.touch(k.rank, k.id)
	}
	var got []orchestration.EventID
	for {
		a := g.first(func(k agendaKey) instant { return when[k] })
		if a.at == 0 {
			break
		}
		got = append(got, a.id)
		delete(when, agendaKey{a.rank, a.id})
	}
	for i, want := range []orchestration.EventID{2, 8, 9, 5, 3} {
		if i >= len(got) || got[i] != want {
			t.Fatalf("order is %v", got)
		}
	}
}
