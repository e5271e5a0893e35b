package usage

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// folder notes what it is asked, and has so many steps to fold.
type folder struct {
	steps int
	asked []store.Hour
	err   error
}

func (f *folder) FoldUsage(_ context.Context, before store.Hour, _ int) (bool, error) {
	f.asked = append(f.asked, before)
	f.steps--
	return f.steps > 0, f.err
}

func (f *folder) DropUsage(_ context.Context, before store.Hour, _ int) (bool, error) {
	f.asked = append(f.asked, -before)
	return false, f.err
}

func TestTidy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &folder{steps: 2}
		if err := Tidy(t.Context(), f, noon.Add(4*time.Minute)); err != nil {
			t.Fatal(err)
		}
		h := store.HourOf(noon)
		if want := []store.Hour{h - 1, h - 1, 400*24 - h}; !slices.Equal(f.asked, want) {
			t.Errorf("asked %v, want %v", f.asked, want)
		}
		f = &folder{err: errors.New("away")}
		if err := Tidy(t.Context(), f, noon); !errors.Is(err, f.err) || len(f.asked) != 1 {
			t.Errorf("a store that fails: %v after %d steps", err, len(f.asked))
		}
	})
}

func TestKeepGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := &folder{err: errors.New("away")}
		go Keep(ctx, f, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
		time.Sleep(2*keepEvery + 1)
		cancel()
		synctest.Wait()
		if len(f.asked) != 3 {
			t.Errorf("%d passes in two rounds", len(f.asked))
		}
	})
}
