package replay_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// crowd is several runs on one processor.
func crowd(t *testing.T, options replay.Options, n int, fn any) (*replay.Processor, []*rehearsal.Server) {
	t.Helper()
	servers := make([]*rehearsal.Server, n)
	for i := range servers {
		servers[i] = rehearsal.Start(rehearsal.WorkflowType, nil)
	}
	options.HistoryPage = rehearsal.Pages(servers...)
	p := replay.NewProcessor(options)
	if err := p.Register(replay.Registration{Name: rehearsal.WorkflowType, Fn: fn}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, servers
}

func step(t *testing.T, p *replay.Processor, s *rehearsal.Server) {
	t.Helper()
	reply, err := p.Handle(context.Background(), s.Task())
	if err != nil || reply.Completed == nil {
		t.Errorf("%v, %v", reply, err)
		return
	}
	s.Accept(reply.Completed)
}

func sleeper(ctx workflow.Context) error {
	for range 3 {
		if err := workflow.Sleep(ctx, time.Hour); err != nil {
			return err
		}
	}
	return nil
}

func TestBudgetEvictsTheLeastRecentlyUsed(t *testing.T) {
	evicted := make(map[string]bool)
	fn := func(ctx workflow.Context) error {
		id := workflow.GetInfo(ctx).RunID
		defer func() { evicted[id] = true }()
		return sleeper(ctx)
	}
	options := rehearsal.Sticky()
	p, servers := crowd(t, options, 1, fn)
	step(t, p, servers[0])
	_, one := p.CacheSize()

	options.CacheBytes = 2*one + one/2
	p, servers = crowd(t, options, 3, fn)
	step(t, p, servers[0])
	step(t, p, servers[1])
	servers[0].Advance(time.Hour)
	step(t, p, servers[0])
	clear(evicted)
	step(t, p, servers[2])
	if runs, bytes := p.CacheSize(); bytes > options.CacheBytes || runs != 2 {
		t.Errorf("%d runs, %d bytes of %d", runs, bytes, options.CacheBytes)
	}
	if !evicted[servers[1].RunID()] || len(evicted) != 1 {
		t.Errorf("evicted %v, want the second run", evicted)
	}
	for _, s := range servers {
		for !s.Closed() {
			if s.HasTask() {
				step(t, p, s)
			}
			s.Advance(time.Hour)
		}
	}
	if runs, bytes := p.CacheSize(); runs != 0 || bytes != 0 {
		t.Errorf("%d runs, %d bytes after all have closed", runs, bytes)
	}
}

func TestRunThatIsTooLargeIsNotKept(t *testing.T) {
	options := rehearsal.Sticky()
	options.CacheBytes = 1
	p, servers := crowd(t, options, 1, sleeper)
	for !servers[0].Closed() {
		step(t, p, servers[0])
		servers[0].Advance(time.Hour)
	}
	if runs, bytes := p.CacheSize(); runs != 0 || bytes != 0 {
		t.Errorf("%d runs, %d bytes", runs, bytes)
	}
}

func TestManyRunsAtOnce(t *testing.T) {
	options := rehearsal.Sticky()
	options.CacheBytes = 100 << 10
	p, servers := crowd(t, options, 40, sleeper)
	var group sync.WaitGroup
	for i, s := range servers {
		group.Go(func() {
			for !s.Closed() {
				if i%3 == 0 {
					p.Forget(s.RunID())
				}
				step(t, p, s)
				s.Advance(time.Hour)
			}
		})
	}
	group.Wait()
	if runs, bytes := p.CacheSize(); runs != 0 || bytes != 0 {
		t.Errorf("%d runs, %d bytes", runs, bytes)
	}
}

func TestOneRunsTasksWaitForEachOther(t *testing.T) {
	p, servers := crowd(t, rehearsal.Sticky(), 1, sleeper)
	task := servers[0].Task()
	replies := make([]string, 8)
	var group sync.WaitGroup
	for i := range replies {
		group.Go(func() {
			reply, err := p.Handle(context.Background(), task)
			if err != nil {
				t.Error(err)
			}
			replies[i] = fmt.Sprint(len(reply.Completed.GetCommands()), reply.Completed.GetCommands()[0].GetCommandType())
		})
	}
	group.Wait()
	for _, reply := range replies {
		if reply != replies[0] {
			t.Errorf("replies %v", replies)
		}
	}
	if runs, _ := p.CacheSize(); runs != 1 {
		t.Errorf("%d runs", runs)
	}
}

func TestClosedProcessorKeepsNothing(t *testing.T) {
	p, servers := crowd(t, rehearsal.Sticky(), 2, sleeper)
	step(t, p, servers[0])
	p.Close()
	step(t, p, servers[1])
	if runs, bytes := p.CacheSize(); runs != 0 || bytes != 0 {
		t.Errorf("%d runs, %d bytes", runs, bytes)
	}
}
