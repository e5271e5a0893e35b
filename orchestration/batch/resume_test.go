package batch

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestStopWhileAPageIsUnderWay: what was under way is counted, and nothing more is done.
func TestStopWhileAPageIsUnderWay(t *testing.T) {
	e := newRuns(250)
	reached, block := make(chan struct{}), make(chan struct{})
	var once sync.Once
	e.hook = func(key orchestration.RunKey) error {
		if key == runOf(100) {
			once.Do(func() { close(reached) })
			<-block
		}
		return nil
	}
	r := openRoom(t, openJobs(t), e)
	r.mustStart(t, request("job"))
	<-reached
	if err := r.Stop(t.Context(), namespace, "job", "enough"); err != nil {
		t.Fatal(err)
	}
	s, err := r.Describe(t.Context(), namespace, "job")
	if err != nil || s.State != failed || s.Reason != "enough" {
		t.Errorf("stopped: %+v, %v", s, err)
	}
	close(block)
	for s.Complete != 200 {
		if s, err = r.Describe(t.Context(), namespace, "job"); err != nil {
			t.Fatal(err)
		}
	}
	wantCounts(t, s, failed, 250, 200, 0)
	if err := r.Stop(t.Context(), namespace, "job", "again"); err != nil {
		t.Errorf("a second stop: %v", err)
	}
	if n := len(e.requests(runOf(200))); n != 0 {
		t.Error("the job went on")
	}
}

// TestJobGoesOnAfterARestart: at whichever order the room ends, the next one goes on from the last page, and each run sees the job once.
func TestJobGoesOnAfterARestart(t *testing.T) {
	for _, stopAt := range []int{0, 5, 9, 10, 11, 15, 19, 20, 24} {
		e := newRuns(250)
		jobs := openJobs(t)
		var mu sync.Mutex
		orders, crash := 0, make(chan struct{})
		e.hook = func(orchestration.RunKey) error {
			mu.Lock()
			defer mu.Unlock()
			if orders++; orders == stopAt*10+1 {
				close(crash)
			}
			return nil
		}
		first := openRoom(t, jobs, e)
		first.mustStart(t, request("job"))
		<-crash
		first.Close()
		second := openRoom(t, jobs, e)
		wantCounts(t, second.ended(t, "job"), completed, 250, 250, 0)
		second.Close()
		e.wantEachOnce(t)
	}
}

// TestTwoRunnersOfOneJob: two nodes that both believe to serve the job's shard count each run once between them.
func TestTwoRunnersOfOneJob(t *testing.T) {
	e := newRuns(250)
	jobs := openJobs(t)
	a := openRoom(t, jobs, e)
	b := openRoom(t, jobs, e)
	a.mustStart(t, request("job"))
	wantCounts(t, b.ended(t, "job"), completed, 250, 250, 0)
	e.wantEachOnce(t)
}

// TestJobFollowsItsShard: who does not serve the shard leaves the job alone, also in the middle of it.
func TestJobFollowsItsShard(t *testing.T) {
	shard := orchestration.ShardOf(namespace, "job")
	var mu sync.Mutex
	here := 0
	serves := func(node int) func(orchestration.ShardID) bool {
		return func(s orchestration.ShardID) bool {
			mu.Lock()
			defer mu.Unlock()
			return s == shard && here == node
		}
	}
	jobs := openJobs(t)
	old, heir := newRuns(250), newRuns(250)
	old.serve, heir.serve = serves(1), serves(2)
	old.hook = func(key orchestration.RunKey) error {
		if key == runOf(50) {
			mu.Lock()
			defer mu.Unlock()
			here = 2
		}
		return nil
	}
	a := openRoom(t, jobs, old)
	openRoom(t, jobs, heir)
	a.mustStart(t, request("job"))
	mu.Lock()
	here = 1
	mu.Unlock()
	wantCounts(t, a.ended(t, "job"), completed, 250, 250, 0)
	if len(old.done) != 100 || len(heir.done) < 150 { // the page that was under way may have been done by both
		t.Errorf("the first node has done %d runs, the second %d; want 100 and the others", len(old.done), len(heir.done))
	}
	for i := range 250 {
		if old, heir := old.requests(runOf(i)), heir.requests(runOf(i)); len(old)+len(heir) == 0 || len(old)*len(heir) > 0 && old[0] != heir[0] {
			t.Errorf("run %d has seen %v and %v", i, old, heir)
		}
	}
}

// jobStore gives the embedded field a name that is not a method's.
type jobStore = store.Jobs

// lossy is a store of jobs whose saves fail now and then: before they are stored, or after.
type lossy struct {
	jobStore
	mu    sync.Mutex
	saves int
}

func (l *lossy) SaveJob(ctx context.Context, j store.Job) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saves++
	if l.saves%3 == 1 {
		return store.ErrUnavailable
	}
	if err := l.jobStore.SaveJob(ctx, j); err != nil {
		return err
	}
	if l.saves%3 == 2 {
		return store.ErrUnavailable // the answer is lost
	}
	return nil
}

func TestSavesWhoseAnswerIsLost(t *testing.T) {
	e := newRuns(250)
	r := openRoom(t, &lossy{jobStore: openJobs(t)}, e)
	r.mustStart(t, request("job"))
	wantCounts(t, r.ended(t, "job"), completed, 250, 250, 0)
	for key, done := range e.done {
		if len(done) != 1 {
			t.Errorf("%s was done %d times", key.WorkflowID, len(done))
		}
	}
}

// TestUnreadableJob is left alone, and others go on.
func TestUnreadableJob(t *testing.T) {
	e := newRuns(3)
	jobs := openJobs(t)
	broken := store.Job{Namespace: orchestration.NamespaceID{9}, ID: "broken", Created: time.Now(), Open: true, Spec: []byte("no"), Progress: []byte("no")}
	if err := jobs.AddJob(t.Context(), broken, 1); err != nil {
		t.Fatal(err)
	}
	r := openRoom(t, jobs, e)
	r.mustStart(t, request("job"))
	wantCounts(t, r.ended(t, "job"), completed, 3, 3, 0)
	if _, err := r.Describe(t.Context(), broken.Namespace, "broken"); orchestration.CodeOf(err) != orchestration.DataLoss {
		t.Errorf("describe: %v", err)
	}
}
