package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// job is an open job of the fixture's namespace.
func (f *fixture) job(id string) store.Job {
	f.tick++
	return store.Job{
		Namespace: f.ns, ID: id, Shard: orchestration.ShardOf(f.ns, id), Created: epoch.Add(time.Duration(f.tick) * time.Second), Version: 1, Open: true,
		Spec: []byte("spec of " + id), Progress: []byte("none"),
	}
}

// jobRead is a job as it comes back.
func jobRead(j store.Job) store.Job {
	j.Created = j.Created.Truncate(time.Microsecond)
	return j
}

func (f *fixture) add(j store.Job) {
	f.Helper()
	f.ok(f.Jobs.AddJob(f.ctx, j, 1000))
}

func (f *fixture) wantJob(j store.Job) {
	f.Helper()
	got, ok, err := f.Jobs.Job(f.ctx, j.Namespace, j.ID)
	f.ok(err)
	f.same("found", ok, true)
	f.same("job", got, jobRead(j))
}

func jobRoundTrip(f *fixture) {
	_, ok, err := f.Jobs.Job(f.ctx, f.ns, "a")
	f.ok(err)
	f.same("found", ok, false)
	full, bare := f.job("a"), f.job("b")
	bare.Spec, bare.Progress, bare.Open = []byte{0}, []byte{0}, false
	f.add(full)
	f.add(bare)
	f.wantJob(full)
	f.wantJob(bare)
	f.reopen()
	f.wantJob(full)
}

func jobConflict(f *fixture) {
	j := f.job("a")
	f.add(j)
	if err := f.Jobs.AddJob(f.ctx, j, 1000); !errors.Is(err, store.ErrJobExists) {
		f.Fatalf("adding it again: got %v, want ErrJobExists", err)
	}
	twin := j
	twin.Namespace = namespace()
	f.add(twin)
	j.Progress = []byte("half")
	f.ok(f.Jobs.SaveJob(f.ctx, j))
	if err := f.Jobs.SaveJob(f.ctx, j); !errors.Is(err, store.ErrConflict) {
		f.Fatalf("saving over another version: got %v, want ErrConflict", err)
	}
	j.Version, j.Open, j.Spec = 2, false, []byte("another")
	f.ok(f.Jobs.SaveJob(f.ctx, j))
	j.Version, j.Spec = 3, []byte("spec of a") // which never changes
	f.wantJob(j)
	f.wantJob(twin)
	if err := f.Jobs.SaveJob(f.ctx, f.job("missing")); !errors.Is(err, store.ErrConflict) {
		f.Fatalf("saving what is not there: got %v, want ErrConflict", err)
	}
}

// jobLimit: of many who add at once, as many succeed as may be open.
func jobLimit(f *fixture) {
	const most, tries = 2, 8
	errs := make([]error, tries)
	var wg sync.WaitGroup
	for i := range tries {
		j := f.job(fmt.Sprintf("job-%d", i))
		wg.Go(func() { errs[i] = f.Jobs.AddJob(f.ctx, j, most) })
	}
	wg.Wait()
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
		} else if !errors.Is(err, store.ErrTooManyJobs) {
			f.Fatalf("got %v, want ErrTooManyJobs", err)
		}
	}
	f.same("added", added, most)
	elsewhere := f.job("elsewhere")
	elsewhere.Namespace = namespace()
	f.ok(f.Jobs.AddJob(f.ctx, elsewhere, most))
	closed := f.job("closed")
	closed.Open = false
	f.ok(f.Jobs.AddJob(f.ctx, closed, most))
	open, err := f.Jobs.OpenJobs(f.ctx, nil)
	f.ok(err)
	for _, j := range open {
		if j.Namespace == f.ns {
			j.Open = false
			f.ok(f.Jobs.SaveJob(f.ctx, j))
			break
		}
	}
	f.ok(f.Jobs.AddJob(f.ctx, f.job("next"), most))
}

func jobPaging(f *fixture) {
	var want []store.Job
	for i := range 10 {
		j := f.job(fmt.Sprintf("job-%d", i))
		if i%2 == 1 {
			j.Created = want[0].Created // two of one moment: the id decides
		}
		j.Open = i%3 == 0
		f.add(j)
		want = append([]store.Job{jobRead(j)}, want...)
	}
	other := f.job("other")
	other.Namespace = namespace()
	f.add(other)
	var got []store.Job
	scan := store.JobScan{Namespace: f.ns, Limit: 3}
	for {
		page, err := f.Jobs.Jobs(f.ctx, scan)
		f.ok(err)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		scan.AfterCreated, scan.AfterID = page[len(page)-1].Created, page[len(page)-1].ID
	}
	f.same("jobs", got, want)
}

func jobsOfShards(f *fixture) {
	a, b, closed := f.job("a"), f.job("b"), f.job("closed")
	a.Shard, b.Shard, closed.Shard, closed.Open = 3, 1023, 3, false
	f.add(a)
	f.add(b)
	f.add(closed)
	for _, c := range []struct {
		shards []orchestration.ShardID
		want   int
	}{{nil, 2}, {[]orchestration.ShardID{3, 4}, 1}, {[]orchestration.ShardID{1023}, 1}, {[]orchestration.ShardID{}, 0}} {
		got, err := f.Jobs.OpenJobs(f.ctx, c.shards)
		f.ok(err)
		f.same(fmt.Sprint(c.shards), len(got), c.want)
	}
}

func jobsDropped(f *fixture) {
	old, running, young := f.job("old"), f.job("running"), f.job("young")
	old.Open, young.Open = false, false
	elsewhere := old
	elsewhere.Namespace = namespace()
	for _, j := range []store.Job{old, running, young, elsewhere} {
		f.add(j)
	}
	for _, want := range []int{1, 0} {
		n, err := f.Jobs.DropJobs(f.ctx, f.ns, young.Created, 10)
		f.ok(err)
		f.same("dropped", n, want)
	}
	_, ok, err := f.Jobs.Job(f.ctx, f.ns, "old")
	f.ok(err)
	f.same("found", ok, false)
	f.wantJob(running)
	f.wantJob(young)
	f.wantJob(elsewhere)
}
