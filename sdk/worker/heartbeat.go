package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

const (
	// unboundedInterval is the time between heartbeats of an activity without a heartbeat timeout.
	unboundedInterval = 30 * time.Second
	// longestInterval bounds the time that a cancellation stays unheard.
	longestInterval = time.Minute
)

// heartbeats sends the heartbeats of one attempt: the first at once, later ones merged to one per interval.
type heartbeats struct {
	a        *attempt
	interval time.Duration
	// ctx ends with the attempt; cancel ends the attempt.
	ctx    context.Context
	quit   context.CancelFunc
	cancel context.CancelCauseFunc
	loops  sync.WaitGroup

	mu      sync.Mutex
	latest  []any
	dirty   bool // latest was not sent
	looping bool
	stopped bool
}

func newHeartbeats(ctx context.Context, a *attempt, cancel context.CancelCauseFunc) *heartbeats {
	h := &heartbeats{a: a, interval: heartbeatInterval(a.info.HeartbeatTimeout), cancel: cancel}
	h.ctx, h.quit = context.WithCancel(ctx)
	return h
}

func heartbeatInterval(timeout time.Duration) time.Duration {
	if timeout <= 0 {
		return unboundedInterval
	}
	return min(timeout*8/10, longestInterval)
}

// record notes the details, and starts to send unless that is going on.
func (h *heartbeats) record(details ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return
	}
	if details == nil {
		details = []any{}
	}
	h.latest, h.dirty = details, true
	if !h.looping {
		h.looping = true
		h.loops.Go(h.loop)
	}
}

// loop sends what is new, once per interval, and ends when nothing is.
func (h *heartbeats) loop() {
	for {
		details, fresh := h.next()
		if !fresh {
			return
		}
		h.send(details)
		rpc.Sleep(h.ctx, h.interval)
	}
}

func (h *heartbeats) next() (details []any, fresh bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.dirty || h.ctx.Err() != nil {
		h.looping = false
		return nil, false
	}
	h.dirty = false
	return h.latest, true
}

func (h *heartbeats) send(details []any) {
	payloads, err := h.a.half.w.encode(details...)
	if err != nil {
		h.a.logger.Warn("heartbeat details cannot be encoded", "error", err)
		return
	}
	ctx, cancel := context.WithTimeout(h.ctx, h.interval)
	defer cancel()
	response, err := h.a.half.w.service.RecordActivityTaskHeartbeat(ctx, &workflowservice.RecordActivityTaskHeartbeatRequest{
		Namespace: h.a.half.w.client.Namespace(),
		Identity:  h.a.half.w.options.Identity,
		TaskToken: h.a.task.GetTaskToken(),
		Details:   payloads,
	})
	if h.ctx.Err() != nil {
		return
	}
	h.heed(response, err)
}

// heed ends the attempt if the server says so.
func (h *heartbeats) heed(response *workflowservice.RecordActivityTaskHeartbeatResponse, err error) {
	var notFound *serviceerror.NotFound
	switch {
	case errors.As(err, &notFound):
		h.cancel(activity.ErrGone)
	case err != nil:
		h.a.logger.Warn("heartbeat failed", "error", err)
	case response.GetCancelRequested():
		h.cancel(sdk.NewCanceledError())
	case response.GetActivityReset():
		h.cancel(activity.ErrReset)
	case response.GetActivityPaused():
		h.cancel(activity.ErrPaused)
	}
}

// stop ends the sending. The context of the attempt is left alone.
func (h *heartbeats) stop() {
	h.mu.Lock()
	h.stopped = true
	h.mu.Unlock()
	h.quit()
	h.loops.Wait()
}

// last returns the latest details for the next attempt, nil if none were recorded. Call it after stop.
func (h *heartbeats) last() *commonpb.Payloads {
	if h.latest == nil {
		return nil
	}
	payloads, err := h.a.half.w.encode(h.latest...)
	if err != nil {
		return nil
	}
	return payloads
}
