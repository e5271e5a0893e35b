package storetest

import (
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// readersBesideWriter: while one owner commits, every read sees a whole commit and never an older one than a commit that has returned.
func readersBesideWriter(f *fixture) {
	const commits, readers = 200, 4
	a, b := f.key("a"), f.key("b")
	// Both runs change together in each commit; the item repeats the version.
	pair := func(v orchestration.Version) []store.Write {
		var batch []store.Write
		for _, key := range []orchestration.RunKey{a, b} {
			text := fmt.Appendf(nil, "%d", v)
			batch = append(batch, one(key, store.RunWrite{Expect: v - 1, Version: v, State: text, Items: []store.ItemWrite{{Kind: 1, ID: "v", Data: text}}}))
		}
		return batch
	}
	f.commit(pair(1)...)
	var mu sync.Mutex
	returned := orchestration.Version(1)
	done := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(done)
		for v := orchestration.Version(2); v <= commits; v++ {
			if err := f.Store.Commit(f.ctx, f.fence, pair(v)); err != nil {
				return err
			}
			mu.Lock()
			returned = v
			mu.Unlock()
		}
		return nil
	})
	for range readers {
		g.Go(func() error {
			for {
				select {
				case <-done:
					return nil
				default:
				}
				mu.Lock()
				atLeast := returned
				mu.Unlock()
				if err := f.wholeCommit([]orchestration.RunKey{a, b}, atLeast); err != nil {
					return err
				}
			}
		})
	}
	f.ok(g.Wait())
}

// wholeCommit reads runs that always change together.
func (f *fixture) wholeCommit(keys []orchestration.RunKey, atLeast orchestration.Version) error {
	recs, err := f.Store.LoadRuns(f.ctx, keys)
	if err != nil {
		return err
	}
	if len(recs) != len(keys) {
		return fmt.Errorf("%d records, want %d", len(recs), len(keys))
	}
	want := fmt.Sprint(recs[0].Version)
	for _, r := range recs {
		if r.Version < atLeast {
			return fmt.Errorf("read version %d after the commit of %d had returned", r.Version, atLeast)
		}
		if fmt.Sprint(r.Version) != want || string(r.State) != want || len(r.Items) != 1 || string(r.Items[0].Data) != want {
			return fmt.Errorf("read parts of several commits: %s", short(recs))
		}
	}
	return nil
}

// writersQueue: commits from many goroutines all go through, each whole.
func writersQueue(f *fixture) {
	const writers, each = 8, 20
	keys := make([]orchestration.RunKey, writers)
	for i := range keys {
		keys[i] = f.key(fmt.Sprint("transfer-", i))
	}
	var g errgroup.Group
	for _, key := range keys {
		g.Go(func() error {
			for v := orchestration.Version(0); v < each; v++ {
				w := one(key, store.RunWrite{Expect: v, Version: v + 1, State: []byte("s")})
				if err := f.Store.Commit(f.ctx, f.fence, []store.Write{w}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	f.ok(g.Wait())
	versions, err := f.Reader.Versions(f.ctx, keys)
	f.ok(err)
	for _, key := range keys {
		f.same("version", int(versions[key.RunID]), each)
	}
}
