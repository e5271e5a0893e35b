package engine

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	querypb "go.temporal.io/api/query/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

var (
	sentAt  = time.Date(2026, 5, 4, 3, 2, 1, 987654321, time.UTC)
	sentRun = orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{7}, WorkflowID: "w"}.Run(orchestration.NewRunID(sentAt))
	empty   = &commonpb.Payloads{}
	some    = &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte("x")}}}
)

func sentToken(kind orchestration.TaskKind) []byte {
	return orchestration.TaskToken{
		Kind: kind, Namespace: sentRun.Namespace, WorkflowID: sentRun.WorkflowID, RunID: sentRun.RunID, ScheduledEventID: 5, StartedEventID: 6, Attempt: 2, Nonce: 9,
	}.Encode()
}

// equal is reflect.DeepEqual, with messages compared as messages: what arrives has been decoded, and differs in what protobuf keeps for itself.
func equal(t *testing.T, got, want any) {
	t.Helper()
	if g, w := plain(reflect.ValueOf(got)), plain(reflect.ValueOf(want)); !reflect.DeepEqual(g, w) {
		t.Errorf("arrived as %v, sent was %v", g, w)
	}
}

// plain replaces messages by their encoding, nil ones by nil.
func plain(v reflect.Value) any {
	if !v.CanInterface() {
		return fmt.Sprint(v) // an unexported field
	}
	if m, ok := v.Interface().(proto.Message); ok {
		b, _ := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		return b
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return at
		}
		fields := map[string]any{}
		for i := range v.NumField() {
			fields[v.Type().Field(i).Name] = plain(v.Field(i))
		}
		return fields
	case reflect.Slice:
		if _, ok := v.Interface().([]byte); ok {
			return v.Interface()
		}
		var all []any
		for i := range v.Len() {
			all = append(all, plain(v.Index(i)))
		}
		return all
	case reflect.Map:
		all := map[any]any{}
		for _, k := range v.MapKeys() {
			all[k.Interface()] = plain(v.MapIndex(k))
		}
		return all
	}
	return v.Interface()
}

func sentWorkflowTask() *WorkflowTask {
	t := &WorkflowTask{
		Token: sentToken(orchestration.WorkflowTask), Run: sentRun, Type: "Transfer", Queue: "q", NextPageToken: []byte("more"), BacklogHint: 3,
		History: []*historypb.HistoryEvent{{EventId: 1, EventType: 1}, {EventId: 2}},
		Queries: map[string]*querypb.WorkflowQuery{"a": {QueryType: "state", QueryArgs: some}, "b": {}},
	}
	t.StartedWorkflowTask = history.StartedWorkflowTask{
		ScheduledEventID: 5, StartedEventID: 6, PreviousStarted: 3, Attempt: 2, ScheduledTime: sentAt, StartedTime: sentAt.Add(time.Second),
		Sticky: true, LastEventID: 6, HistoryBytes: 77, SuggestContinueAsNew: true, Nonce: 9,
		Messages: []*protocolpb.Message{{Id: "u/request", ProtocolInstanceId: "u"}, {Id: "v/request"}},
	}
	return t
}

func sentActivityTask() *ActivityTask {
	t := &ActivityTask{
		Token: sentToken(orchestration.ActivityTask), Run: sentRun, WorkflowType: "Transfer", Type: "Debit", Input: some,
		Header: &commonpb.Header{Fields: map[string]*commonpb.Payload{"h": {Data: []byte("y")}}},
	}
	t.StartedActivity = history.StartedActivity{
		ScheduledEventID: 5, ActivityID: "1", Attempt: 2, AttemptCount: 1, ScheduledTime: sentAt, AttemptScheduledTime: sentAt.Add(1), StartedTime: sentAt.Add(2),
		HeartbeatDetails: empty, RetryPolicy: &commonpb.RetryPolicy{InitialInterval: durationpb.New(5)}, ScheduleToClose: 11, StartToClose: 12, HeartbeatTimeout: 13,
		Priority: &commonpb.Priority{PriorityKey: 2},
	}
	return t
}

// TestTasksArriveWhole: every field that a worker sees, nil and empty told apart.
func TestTasksArriveWhole(t *testing.T) {
	for _, sent := range []*WorkflowTask{sentWorkflowTask(), {Token: sentToken(orchestration.WorkflowTask), Run: sentRun, StartedWorkflowTask: history.StartedWorkflowTask{
		ScheduledEventID: 5, StartedEventID: 6, Attempt: 2, Nonce: 9,
	}}} {
		got, err := decodeWorkflowTask(encodeWorkflowTask(sent))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, got, sent)
	}
	for _, sent := range []*ActivityTask{sentActivityTask(), {Token: sentToken(orchestration.ActivityTask), Run: sentRun, StartedActivity: history.StartedActivity{
		ScheduledEventID: 5, Attempt: 2, AttemptCount: 2,
	}}} {
		got, err := decodeActivityTask(encodeActivityTask(sent))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, got, sent)
	}
}

func TestRequestsArriveWhole(t *testing.T) {
	ref := matching.Reference{
		Run: sentRun, Shard: sentRun.Shard(), Key: matching.Key{Namespace: sentRun.Namespace, Name: "q", Kind: orchestration.ActivityTask},
		ScheduledEventID: 5, Attempt: 2, Backlog: 9,
	}
	p := history.Poller{Identity: "me", RequestID: "r", Stamp: &commonpb.WorkerVersionStamp{BuildId: "1"}}
	gotRef, gotPoller, err := decodeStart(encodeStart(ref, p))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, gotRef, ref)
	equal(t, gotPoller, p)
	key := matching.Key{Namespace: sentRun.Namespace, Name: "own", Kind: orchestration.WorkflowTask}
	d := &shard.QueryDelivery{
		Run: sentRun, Type: "Transfer", Queue: "q", ID: "id", Query: &querypb.WorkflowQuery{QueryType: "state"}, PreviousStarted: 3, Last: 4, StickyQueue: "own",
	}
	gotKey, gotQuery, err := decodeHand(encodeHand(key, d))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, gotKey, key)
	equal(t, gotQuery, d)
}

// TestLoansTravelWhole: what is sent about loans is what arrives; the node that lends is the sender.
func TestLoansTravelWhole(t *testing.T) {
	l := matching.Loan{
		Key: matching.Key{Namespace: sentRun.Namespace, Name: "q", Kind: orchestration.ActivityTask}, RequestID: "poll-1",
		Worker: matching.Worker{Identity: "me", InstanceKey: "process", Stamp: &commonpb.WorkerVersionStamp{BuildId: "1.0"}},
	}
	got, err := decodeLoan(encodeLoan(l))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, l)
	key, request, err := decodeRecall(encodeRecall(l.Key, l.RequestID))
	if err != nil || key != l.Key || request != l.RequestID {
		t.Errorf("recalled %v %q, %v", key, request, err)
	}
	key, request, task, err := decodeCarry(encodeCarry(l.Key, l.RequestID, []byte("task")))
	if err != nil || key != l.Key || request != l.RequestID || string(task) != "task" {
		t.Errorf("carried %v %q %q, %v", key, request, task, err)
	}
}

// FuzzWire: whatever another node sends, nothing breaks, and what is refused is InvalidArgument.
func FuzzWire(f *testing.F) {
	ref := matching.Reference{Run: sentRun, Key: matching.Key{Name: "q", Kind: orchestration.WorkflowTask}}
	loan := matching.Loan{Key: ref.Key, RequestID: "r"}
	for _, seed := range [][]byte{
		nil, {0xa0}, {0xbf}, encodeWorkflowTask(sentWorkflowTask()), encodeActivityTask(sentActivityTask()),
		encodeStart(ref, history.Poller{RequestID: "r"}), encodeHand(ref.Key, &shard.QueryDelivery{Run: sentRun, ID: "id"}),
		encodeLoan(loan), encodeRecall(loan.Key, "r"), encodeCarry(loan.Key, "r", []byte("task")),
		encode(queueMessage{Queue: "q"}), encode(queueAnswer{Pollers: []pollerAnswer{{Identity: "me"}}}), encode(goneMessage{TaskQueue: "q"}),
		encodeLook([]orchestration.RunKey{sentRun}), encodeLooks([]Look{{Queue: "q", Err: malformed}}), encode(recentMessage{}), encode(recentAnswer{Types: map[string]recentOutcome{"T": {}}, Minutes: []recentMinute{{Closed: map[int32]int64{2: 1}}}}), encode(queuesMessage{After: "q", Limit: 3}), encode(queuesAnswer{Queues: []namedQueue{{Name: "q", Known: queueAnswer{ByPriority: map[int32]statsAnswer{1: {}}}}}}),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, workflow := decodeWorkflowTask(b)
		_, activity := decodeActivityTask(b)
		_, _, started := decodeStart(b)
		_, _, handed := decodeHand(b)
		_, lent := decodeLoan(b)
		_, _, recalled := decodeRecall(b)
		_, _, _, carried := decodeCarry(b)
		_, looked := decodeLook(b)
		_, seen := decodeLooks(b, 1)
		_, counted := decodeRecent(b)
		for _, err := range []error{workflow, activity, started, handed, lent, recalled, carried, looked, seen, counted, decode(b, new(queueMessage)), decode(b, new(queueAnswer)), decode(b, new(queuesMessage)), decode(b, new(queuesAnswer)), decode(b, new(goneMessage))} {
			if err != nil && orchestration.CodeOf(err) != orchestration.InvalidArgument {
				t.Errorf("%v", err)
			}
		}
	})
}

// TestMerge: sums, the oldest, the limit that counts, and each worker as it was seen last.
func TestMerge(t *testing.T) {
	rate := func(r float64) *float64 { return &r }
	got := merge([]queueAnswer{
		{
			statsAnswer: statsAnswer{1, 5, 1, 2}, Pollers: []pollerAnswer{{"b", 10, 1}, {"a", 9, 2}},
			ByPriority: map[int32]statsAnswer{1: {1, 5, 1, 2}}, Limit: rate(9), Limited: true, SyncRate: 1, LastPoll: 10,
		},
		{
			statsAnswer: statsAnswer{3, 7, 3, 4}, Pollers: []pollerAnswer{{"a", 11, 3}, {"b", 8, 4}, {"c", 10, 0}},
			ByPriority: map[int32]statsAnswer{1: {1, 1, 1, 1}, 3: {2, 7, 2, 3}}, Limit: rate(7), SyncRate: 2, LastPoll: 11,
		},
		{},
	})
	want := queueAnswer{
		statsAnswer: statsAnswer{4, 7, 4, 6}, Pollers: []pollerAnswer{{"a", 11, 3}, {"b", 10, 1}, {"c", 10, 0}},
		ByPriority: map[int32]statsAnswer{1: {2, 5, 2, 3}, 3: {2, 7, 2, 3}}, Limit: rate(7), Limited: true, SyncRate: 3, LastPoll: 11,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	for _, set := range [][]queueAnswer{{{Limit: rate(7)}, {Limit: rate(50), LimitSet: true}, {}}, {{Limit: rate(50), LimitSet: true}, {Limit: rate(7)}}} {
		if got := merge(set); *got.Limit != 50 || !got.LimitSet {
			t.Errorf("an operator's limit gives way: %v, %v", *got.Limit, got.LimitSet)
		}
	}
	if got := merge([]queueAnswer{{}, {}}); got.Limit != nil {
		t.Errorf("no limit became %v", *got.Limit)
	}
}

// TestQueueAnswerOfAnEarlierRelease can be read: its sums are under the keys that they had.
func TestQueueAnswerOfAnEarlierRelease(t *testing.T) {
	old := encode(struct {
		Backlog      int64   `cbor:"2,keyasint"`
		Oldest       int64   `cbor:"3,keyasint"`
		AddRate      float64 `cbor:"4,keyasint"`
		DispatchRate float64 `cbor:"5,keyasint"`
	}{1, 2, 3, 4})
	var got queueAnswer
	if err := decode(old, &got); err != nil || got.statsAnswer != (statsAnswer{1, 2, 3, 4}) || got.Limit != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
