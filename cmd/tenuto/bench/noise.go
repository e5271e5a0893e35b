package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Noise is what another namespace did beside a load.
type Noise struct {
	Namespace string  `json:"namespace"`
	Offered   float64 `json:"offered_per_second"` // starts
	Accepted  float64 `json:"accepted_per_second"`
	Refused   float64 `json:"refused_per_second"` // with RESOURCE_EXHAUSTED
}

// noise is a namespace that starts workflows at a rate, whatever the server says: it neither waits nor repeats. Nobody works on them.
type noise struct {
	namespace string
	rate      float64
	conn      *grpc.ClientConn // its own: it does not stand in the way of the load's calls
	service   workflowservice.WorkflowServiceClient

	begun              time.Time
	calls              atomic.Int64
	accepted, refused  atomic.Int64
	broken             atomic.Pointer[error] // the first error of another kind
	stop               context.CancelFunc
	pacing, unanswered sync.WaitGroup
}

const (
	noiseBeat     = 10 * time.Millisecond // how often due starts are looked for
	mostNoise     = 2000                  // starts that may be unanswered: a server that does not answer gets no more
	noiseKept     = 24 * time.Hour        // retention of the namespace, if it has to be founded
	noiseCallTime = 5 * time.Second
)

// newNoise prepares the noise of a configuration; nil when it has none. The namespace is founded if it is not there.
func newNoise(ctx context.Context, c config) (*noise, error) {
	if c.noise == "" {
		return nil, nil
	}
	conn, err := connect(c.addresses[0], c.credential)
	if err != nil {
		return nil, err
	}
	n := &noise{namespace: c.noise, rate: c.noiseRate, conn: conn, service: workflowservice.NewWorkflowServiceClient(conn)}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err = n.service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{Namespace: c.noise, WorkflowExecutionRetentionPeriod: durationpb.New(noiseKept)})
	if err != nil && status.Code(err) != codes.AlreadyExists {
		return nil, errors.Join(fmt.Errorf("found the noisy namespace: %w", err), conn.Close())
	}
	return n, nil
}

// begin makes noise until end. prefix makes its workflow ids unique.
func (n *noise) begin(ctx context.Context, prefix string) {
	ctx, n.stop = context.WithCancel(ctx)
	n.begun = time.Now()
	n.pacing.Go(func() {
		beat := time.NewTicker(noiseBeat)
		defer beat.Stop()
		room := make(chan struct{}, mostNoise)
		for {
			select {
			case <-beat.C:
			case <-ctx.Done():
				return
			}
			for float64(n.calls.Load()) < n.rate*time.Since(n.begun).Seconds() {
				id := fmt.Sprint(prefix, "-noise-", n.calls.Add(1))
				select {
				case room <- struct{}{}:
				default:
					continue // it counts as offered all the same
				}
				n.unanswered.Go(func() {
					n.start(ctx, id)
					<-room
				})
			}
		}
	})
}

func (n *noise) start(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, noiseCallTime)
	defer cancel()
	_, err := n.service.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
		Namespace: n.namespace, WorkflowId: id, RequestId: id, Identity: identity,
		WorkflowType: &commonpb.WorkflowType{Name: "noise"}, TaskQueue: place{n.namespace, "noise"}.normal(), Input: payload,
	})
	switch status.Code(err) {
	case codes.OK:
		n.accepted.Add(1)
	case codes.ResourceExhausted:
		n.refused.Add(1)
	case codes.Canceled, codes.DeadlineExceeded, codes.Unavailable: // the measurement is over, or the server is slow
	default:
		n.broken.CompareAndSwap(nil, &err)
	}
}

// end ends the noise and tells what it was. Errors: the first call that failed otherwise than by a refusal.
func (n *noise) end() (*Noise, error) {
	took := time.Since(n.begun).Seconds()
	n.stop()
	n.pacing.Wait()
	n.unanswered.Wait()
	if err := n.broken.Load(); err != nil {
		return nil, fmt.Errorf("noise: %w", *err)
	}
	return &Noise{
		Namespace: n.namespace, Offered: float64(n.calls.Load()) / took, Accepted: float64(n.accepted.Load()) / took, Refused: float64(n.refused.Load()) / took,
	}, nil
}

func (n *noise) close() error { return n.conn.Close() }
