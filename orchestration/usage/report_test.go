package usage

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// ledger is a store of usage that remembers every change.
type ledger struct {
	changes []change
	err     error
}

type change struct {
	at      time.Time
	actions orchestration.Actions
	stock   store.Stock
}

func (l *ledger) Usage(_ context.Context, _ orchestration.NamespaceID, from store.Hour) (out []store.UsageHour, held store.Stock, err error) {
	for _, c := range l.changes {
		held.Add(c.stock)
		h := store.HourOf(c.at)
		if h < from {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Hour != h {
			out = append(out, store.UsageHour{Hour: h})
		}
		out[len(out)-1].Count(c.actions, c.stock, h.Left(c.at))
	}
	return out, held, l.err
}

var (
	ns   = orchestration.NamespaceID{1}
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func (l *ledger) add(after time.Duration, n int64, s store.Stock) {
	l.changes = append(l.changes, change{noon.Add(after), orchestration.Actions{orchestration.TimerAction: n}, s})
}

func TestReadByTheHour(t *testing.T) {
	l := &ledger{}
	l.add(-10*time.Hour, 1, store.Stock{OpenRuns: 1, ActiveBytes: 1000})
	l.add(30*time.Minute, 2, store.Stock{ActiveBytes: 500})
	l.add(2*time.Hour+15*time.Minute, 3, store.Stock{OpenRuns: -1, ActiveBytes: -1500, RetainedBytes: 1600})
	now := noon.Add(2*time.Hour + 45*time.Minute)
	got, err := Read(t.Context(), l, ns, noon.Add(time.Minute), noon.Add(9*time.Hour), now)
	if err != nil {
		t.Fatal(err)
	}
	timers := func(n int64) orchestration.Actions { return orchestration.Actions{orchestration.TimerAction: n} }
	want := Report{
		Held: store.Stock{RetainedBytes: 1600},
		Hours: []Hour{
			{Start: noon, Actions: timers(2), ActiveByteSeconds: 1000*3600 + 500*1800, OpenRunSeconds: 3600},
			{Start: noon.Add(time.Hour), ActiveByteSeconds: 1500 * 3600, OpenRunSeconds: 3600},
			{Start: noon.Add(2 * time.Hour), Actions: timers(3), ActiveByteSeconds: 1500 * 900, RetainedByteSeconds: 1600 * 1800, OpenRunSeconds: 900},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if sum := got.Total(); !sum.Start.Equal(noon) || sum.Actions.Total() != 5 || sum.OpenRunSeconds != 8100 {
		t.Errorf("in total %+v", sum)
	}
}

// TestReadIsTheIntegral: whatever happened when, what was held is the area under the curve.
func TestReadIsTheIntegral(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	l := &ledger{}
	const span = 5 * 3600
	held, at := int64(0), int64(0)
	area := [5]int64{}
	for second := range int64(span) {
		for at <= second {
			n := random.Int64N(1000) - held%500
			l.add(time.Duration(second)*time.Second, 1, store.Stock{RetainedBytes: n})
			held += n
			at += random.Int64N(900)
		}
		area[second/3600] += held
	}
	got, err := Read(t.Context(), l, ns, noon, noon.Add(5*time.Hour), noon.Add(48*time.Hour))
	if err != nil || len(got.Hours) != 5 {
		t.Fatalf("%d hours, %v", len(got.Hours), err)
	}
	for i, h := range got.Hours {
		if h.RetainedByteSeconds != area[i] {
			t.Errorf("hour %d: %d byte-seconds, the curve has %d", i, h.RetainedByteSeconds, area[i])
		}
	}
}

func TestReadRefuses(t *testing.T) {
	if _, err := Read(t.Context(), &ledger{}, ns, noon, noon, noon); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("an empty range: %v", err)
	}
	broken := errors.New("broken")
	if _, err := Read(t.Context(), &ledger{err: broken}, ns, noon, noon.Add(1), noon); !errors.Is(err, broken) {
		t.Errorf("a broken store: %v", err)
	}
}

// TestReadWithinWhatIsKept: what was dropped is not made up.
func TestReadWithinWhatIsKept(t *testing.T) {
	got, err := Read(t.Context(), &ledger{}, ns, noon.Add(-9*Kept), noon, noon)
	if err != nil || len(got.Hours) != int(Kept/time.Hour) || !got.Hours[0].Start.Equal(noon.Add(-Kept)) {
		t.Errorf("%d hours, %v", len(got.Hours), err)
	}
	if got, err = Read(t.Context(), &ledger{}, ns, noon.Add(time.Hour), noon.Add(9*time.Hour), noon); err != nil || len(got.Hours) != 0 {
		t.Errorf("of the future: %v, %v", got, err)
	}
}

func TestCSV(t *testing.T) {
	l := &ledger{}
	l.add(0, 7, store.Stock{OpenRuns: 2, ActiveBytes: 3e9})
	l.add(30*time.Minute, 0, store.Stock{OpenRuns: -2, ActiveBytes: -3e9, RetainedBytes: 1e6})
	r, err := Read(t.Context(), l, ns, noon, noon.Add(2*time.Hour), noon.Add(9*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := WriteCSV(&out, "payments", r, true); err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(&out, "other", Report{Hours: r.Hours[1:]}, false); err != nil {
		t.Fatal(err)
	}
	want := `namespace,hour,actions,starts,resets,children,activities,timers,signals,updates,markers,upserts,active_gb_hours,retained_gb_hours,open_run_hours
payments,2026-03-01T12:00:00Z,7,0,0,0,0,7,0,0,0,0,1.500000,0.000500,1.000000
payments,2026-03-01T13:00:00Z,0,0,0,0,0,0,0,0,0,0,0.000000,0.001000,0.000000
other,2026-03-01T13:00:00Z,0,0,0,0,0,0,0,0,0,0,0.000000,0.001000,0.000000
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	if err := WriteCSV(failing{}, "payments", r, true); err == nil {
		t.Error("a writer that fails is not heard")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }
