package view

import (
	"testing"
	"time"
)

func hostileQueues() []Queue {
	return []Queue{
		{Name: script, Backlog: 1234567, Oldest: 90 * time.Minute, AddRate: 1234.4, DispatchRate: 0.04, AtOnce: new(0.999), LastPoll: noon.Add(-time.Hour)},
		{Name: rtl, Activities: true, Limit: new(2.5), LimitSet: true, Limited: true, LastPoll: noon, Pollers: []Poller{{Identity: attr, Last: noon.Add(-time.Second), Wish: 0.5}, {Identity: emoji, Last: noon}}},
		{Name: attr, Activities: true, Limit: new(7.0), Backlog: 1, Setting: QueueSetting{By: script, Reason: rtl, At: noon.Add(-time.Minute)}, Priorities: []PriorityRow{{Priority: 1, Backlog: 1}, {Priority: 5, AddRate: 9.96}}},
	}
}

func TestGoldenQueues(t *testing.T) {
	golden(t, "queues", Queues(QueueList{Frame: hostile, Queues: hostileQueues(), After: attr, Next: script}))
	golden(t, "queues_empty", Queues(QueueList{Frame: hostile, FirstPage: true, Server: "127.0.0.1:7233"}))
	golden(t, "queue", OneQueue(QueuePage{Frame: hostile, Name: attr, Kinds: hostileQueues()[:2], MayWrite: true, Form: LimitForm{Rate: script, Reason: attr, Refused: "not " + script}}))
	golden(t, "queue_read", OneQueue(QueuePage{Frame: hostile, Name: `a"\`, Kinds: hostileQueues()[2:]}))
}

func TestTroubleOfQueues(t *testing.T) {
	for want, q := range map[string]Queue{
		"": {Backlog: 1, LastPoll: noon.Add(-time.Minute)},
		"No worker has polled it since the server started.":      {Backlog: 1},
		"No worker has polled it since 2026-03-01 11:00:00 UTC.": {Backlog: 1, LastPoll: noon.Add(-time.Hour)},
		"Paused: its rate limit is 0 tasks a second.":            {Limit: new(0.0), Backlog: 1},
		"Tasks wait for its rate limit of 0.5 a second.":         {Limit: new(0.5), Limited: true, Backlog: 3, LastPoll: noon},
	} {
		if got := q.Trouble(noon); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := (Queue{}).Trouble(noon); got != "" {
		t.Errorf("nothing waits: %q", got)
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -12345: "-12,345", 1234567: "1,234,567"} {
		if got := whole(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	for f, want := range map[float64]string{0: "0", 0.04: "0", 0.25: "0.2", 2: "2", 9.96: "10", 1234.5: "1,235"} {
		if got := decimal(f); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
}
